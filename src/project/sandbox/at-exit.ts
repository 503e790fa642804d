const duties: (() => void)[] = [];

/** Does something when this process ends, last come, first done; gives the way to call it off. */
export function atExit(duty: () => void): () => void {
  if (duties.length === 0) process.on("exit", doAll);
  duties.push(duty);
  return () => {
    duties.splice(duties.indexOf(duty), 1);
    if (duties.length === 0) process.off("exit", doAll);
  };
}

function doAll() {
  for (const duty of duties.toReversed()) duty();
}
