import { writeSync } from "node:fs";
import { exitCodes } from "../src/errors.ts";

const signals = { SIGINT: exitCodes.interrupt, SIGTERM: exitCodes.terminate, SIGHUP: exitCodes.hangup } as const;

/** A signal that wants the program to end. */
export type EndingSignal = keyof typeof signals;

export const endingSignals = Object.keys(signals) as readonly EndingSignal[];

/** What the program ends with where such a signal ends it. */
export const exitCodeOf = (name: EndingSignal): number => signals[name];

export interface Interrupt {
  /** Aborted by the first signal: nothing new is begun. */
  readonly stop: AbortSignal;
  /** Aborted a little later: calls under way end. */
  readonly abort: AbortSignal;
  /** The exit code of the signal that came, or of an interrupt if none did. */
  readonly exitCode: number;
  release(): void;
}

/**
 * Turns signals into an orderly end: after the first, calls under way get `grace` milliseconds to finish, and the second
 * ends the program at once, with the last words.
 */
export function onInterrupt(say: (message: string) => void, { lastWords = "", grace = 3_000 } = {}): Interrupt {
  const stop = new AbortController();
  const abort = new AbortController();
  let exitCode: number = exitCodes.interrupt;
  let timer: NodeJS.Timeout | undefined;
  const hear = (name: EndingSignal) => {
    // a shell that is closed says so more than once
    if (stop.signal.aborted && name === "SIGHUP") return;
    if (stop.signal.aborted) {
      if (lastWords !== "") writeSync(process.stderr.fd, `\n${lastWords}\n`);
      process.exit(exitCodeOf(name));
    }
    exitCode = exitCodeOf(name);
    say(`stopping: calls under way get ${grace / 1000} s; once more stops at once`);
    stop.abort();
    timer = setTimeout(() => abort.abort(), grace);
  };
  for (const name of endingSignals) process.on(name, hear);
  return {
    stop: stop.signal,
    abort: abort.signal,
    get exitCode() {
      return exitCode;
    },
    release() {
      clearTimeout(timer);
      for (const name of endingSignals) process.off(name, hear);
    },
  };
}
