import { spawn } from "node:child_process";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Holder, holderOf } from "../../../src/runs/lock.ts";

/** A process that works on a run. */
export interface Worker {
  readonly ended: Promise<Ending>;
  signal(name: "SIGTERM" | "SIGKILL"): void;
}

interface Ending {
  /** Null where a signal has ended it, or nobody knows. */
  readonly code: number | null;
  /** The end of what it said on standard error. */
  readonly said: string;
}

/** Characters that are kept of what a process says. */
const kept = 2000;

/** Has a process of its own go on with the run of this folder, so that its faults are not ours, nor our end its. */
export function startWorker(folder: string): Worker {
  const words = ["resume", basename(folder), "--workspace", dirname(dirname(folder)), "--quiet"];
  const child = spawn(process.execPath, [process.argv[1] ?? "", ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    // a key that is pressed where the server was started is not meant for the run
    detached: true,
    // whatever the configuration may say by then, what a stranger has had written runs in a sandbox alone
    env: { ...process.env, METAGPT_SANDBOX: "require" },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-kept);
  });
  const ended = new Promise<Ending>((resolve) => {
    child.on("error", (error) => resolve({ code: null, said: error.message }));
    child.on("close", (code) => resolve({ code, said: said.trim() }));
  });
  return { ended, signal: (name) => void child.kill(name) };
}

/** Milliseconds between two looks at a process that somebody else has started. */
const interval = 500;

/** The process that has been found at work on the run of this folder; the signal ends the wait for its end. */
export function foundWorker(folder: string, { pid, file }: Holder, stop: AbortSignal): Worker {
  const goesOn = async () => (await holderOf(folder))?.file === file;
  const watch = async (): Promise<Ending> => {
    while (!stop.aborted && (await goesOn())) await sleep(interval, undefined, { signal: stop }).catch(() => {});
    return { code: null, said: "" };
  };
  return {
    ended: watch(),
    signal(name) {
      try {
        process.kill(pid, name);
      } catch {
        // it has ended, or is somebody else's
      }
    },
  };
}

/** Ends a process: it gets until this signal to end in order. */
export async function endWorker({ ended, signal }: Worker, until: AbortSignal): Promise<void> {
  const kill = () => signal("SIGKILL");
  signal("SIGTERM");
  if (until.aborted) kill();
  until.addEventListener("abort", kill, { once: true });
  await ended;
  until.removeEventListener("abort", kill);
}
