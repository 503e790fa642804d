import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Process } from "./processes.ts";
import type { Wrapper } from "./wrapper.ts";

/** What it takes to end a run. */
interface Hold {
  readonly child: ChildProcess;
  readonly wrapper: Wrapper;
  readonly mark: string;
  readonly processes: () => Process[];
}

/** Asks the command and all it has started to end, not the sandbox around it. */
export function ask({ child, wrapper, processes }: Hold) {
  const { pid = -1 } = child;
  const all = processes();
  if (all.length === 0) return signalGroup(pid, "SIGTERM");
  const outer = (process: Process) => wrapper.layers > 0 && (process.pid === pid || process.parent === pid);
  for (const process of all) if (!outer(process)) send(process.pid, "SIGTERM");
}

/** Ends it all at once. */
export function kill({ child, wrapper, mark, processes }: Hold) {
  const [program, ...words] = wrapper.kill?.(mark) ?? [];
  if (program)
    spawn(program, words, { stdio: "ignore", detached: true })
      .on("error", () => undefined)
      .unref();
  signalGroup(child.pid ?? -1, "SIGKILL");
  for (const { pid } of processes()) send(pid, "SIGKILL");
}

/** Ends what is left when the command itself is gone; waits until it is. */
export async function sweep({ child, processes }: Hold) {
  const until = performance.now() + 5000;
  do {
    signalGroup(child.pid ?? -1, "SIGKILL");
    const alive = processes().filter(({ dead }) => !dead);
    if (alive.length === 0) return;
    for (const { pid } of alive) send(pid, "SIGKILL");
    await delay(5);
  } while (performance.now() < until);
}

function signalGroup(pid: number, signal: NodeJS.Signals) {
  if (pid < 2) return;
  if (process.platform === "win32") spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" });
  else send(-pid, signal);
}

function send(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch {
    // it is gone already
  }
}
