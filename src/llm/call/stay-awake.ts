let calls = 0;
let timer: NodeJS.Timeout | undefined;

/** Whatever is waited for, the program does not end as if all were done, until what it returns is called. */
export function stayAwake(): () => void {
  calls += 1;
  timer ??= setInterval(() => {}, 60_000);
  return () => {
    calls -= 1;
    if (calls > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
