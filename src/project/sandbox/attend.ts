import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { atExit } from "./at-exit.ts";
import { ask, kill, sweep } from "./ending.ts";
import { forPeople, keepEnds } from "./output.ts";
import { followProcesses } from "./processes.ts";
import type { Command, Ran } from "./sandbox.ts";
import { watch } from "./watch.ts";
import type { Wrapper } from "./wrapper.ts";

/** Between being asked to end and being made to. */
const grace = 1000;

/** How much may be written to standard output and error together before it counts as endless. */
const outputLimit = 4 * 1024 ** 2;

type Ending = Pick<Ran, "ended" | "reason">;

interface Attended {
  readonly wrapper: Wrapper;
  readonly command: Command;
  readonly mark: string;
  readonly folders: readonly string[];
}

/** Stays with a process until it and all it has started are gone; ends it where it goes beyond its limits. */
export async function attend(child: ChildProcess, { wrapper, command, mark, folders }: Attended): Promise<Ran> {
  const began = performance.now();
  const processes = followProcesses(child.pid ?? -1, mark);
  const hold = { child, wrapper, mark, processes };
  const { seconds = 60, signal } = command;
  let ending: Ending | undefined;
  let killing: NodeJS.Timeout | undefined;

  const stop = (how: Ending, { atOnce = false } = {}) => {
    if (ending) return;
    ending = how;
    if (!atOnce) ask(hold);
    killing = setTimeout(
      () => {
        kill(hold);
        // what the system cannot end does not hold us up
        killing = setTimeout(() => child.emit("exit", null, "SIGKILL"), 5 * grace);
      },
      atOnce ? 0 : grace,
    );
  };
  const output = collect(child, () => stop({ ended: "output", reason: "it wrote without end" }));
  const timer = setTimeout(
    () => stop({ ended: "timeout", reason: `it took longer than ${seconds} s` }),
    seconds * 1000,
  );
  const calledOff = () => stop({ ended: "stopped", reason: "it was called off" });
  signal?.addEventListener("abort", calledOff, { once: true });
  const guard = watch({
    command,
    folders,
    processes,
    stop: (reason) => stop({ ended: "stopped", reason }, { atOnce: true }),
  });
  const forget = atExit(() => kill(hold));
  try {
    const { code, signal: died } = await exited(child);
    const took = (performance.now() - began) / 1000;
    const result = outcome(code, died, ending);
    guard.end();
    await sweep(hold);
    await Promise.race([output.closed, delay(500, undefined, { ref: false })]);
    return { ...result, ...output.texts(), seconds: Math.round(took * 1000) / 1000 };
  } finally {
    guard.end();
    forget();
    clearTimeout(timer);
    clearTimeout(killing);
    signal?.removeEventListener("abort", calledOff);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function exited(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

function outcome(code: number | null, died: NodeJS.Signals | null, ending: Ending | undefined) {
  if (ending) return { code: null, ...ending };
  const status = code ?? 128 + (died ? constants.signals[died] : 0);
  const signal = died ?? deadly.get(status);
  return { code: status, ended: status === 127 ? ("missing" as const) : ("exit" as const), ...(signal && { signal }) };
}

/** What shells and sandboxes make of a signal. */
const deadly = new Map(
  (["SIGILL", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGSEGV", "SIGTERM", "SIGXCPU", "SIGXFSZ"] as const).map(
    (name) => [128 + constants.signals[name], name],
  ),
);

function collect(child: ChildProcess, tooMuch: () => void) {
  const stdout = keepEnds(64_000);
  const stderr = keepEnds(64_000);
  const both = keepEnds(15_900);
  let length = 0;
  const listen = (stream: ChildProcess["stdout"], own: typeof stdout) => {
    stream?.setEncoding("utf8");
    stream?.on("error", () => undefined);
    stream?.on("data", (text: string) => {
      if (length > outputLimit) return;
      length += text.length;
      own.add(text);
      both.add(text);
      if (length > outputLimit) tooMuch();
    });
    return new Promise<void>((resolve) => stream?.once("close", resolve));
  };
  return {
    closed: Promise.all([listen(child.stdout, stdout), listen(child.stderr, stderr)]),
    texts: () => ({ stdout: stdout.text(), stderr: stderr.text(), output: forPeople(both.text()) }),
  };
}
