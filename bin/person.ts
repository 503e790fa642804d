import { createInterface, type Interface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a person reads and types. */
export interface Seat {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

const ownSeat = (): Seat => ({ input: process.stdin, output: process.stderr });

/** Whether somebody sits at the terminal who can be asked. */
export const somebodyIsHere = ({ input, output }: Seat = ownSeat()): boolean =>
  input.isTTY === true && output.isTTY === true;

/** One line from the person at the terminal; empty if the input ends or the question is withdrawn. */
export async function askPerson(question: string, signal?: AbortSignal): Promise<string> {
  const talk = talkWith(ownSeat(), signal);
  try {
    return (await talk.ask(question)) ?? "";
  } finally {
    talk.leave();
  }
}

/** Several questions to the same person. */
export interface Talk {
  /**
   * What is typed until Enter, trimmed: one line, or several where each but the last ends with a backslash or all of them
   * were pasted. Undefined if the input ends or the question is withdrawn.
   */
  ask(question: string): Promise<string | undefined>;
  /** Gives the terminal back, at the end or for another program; the next question takes it again. */
  leave(): void;
}

/** Milliseconds within which the next line must have been pasted, not typed. */
const pasting = 20;

/** Talks with a person until `signal` is aborted. Ctrl-C at a question is an interrupt of the program as everywhere. */
export function talkWith({ input, output }: Seat, signal?: AbortSignal): Talk {
  let reader: Interface | undefined;
  let ended = false;

  return { ask, leave };

  function leave() {
    const left = reader;
    reader = undefined;
    left?.close();
  }

  function open(): Interface {
    const opened = createInterface({ input, output, terminal: output.isTTY === true, historySize: 0 });
    opened.on("SIGINT", () => {
      output.write("\n");
      process.kill(process.pid, "SIGINT");
    });
    opened.on("error", () => opened.close());
    opened.on("close", () => {
      if (reader === opened) ended = true;
    });
    return opened;
  }

  function ask(question: string): Promise<string | undefined> {
    if (ended || signal?.aborted) return Promise.resolve(undefined);
    reader ??= open();
    const current = reader;
    return new Promise((resolve) => {
      const lines: string[] = [];
      let goesOn = false;
      let pause: NodeJS.Timeout | undefined;
      const settle = (answer: string | undefined) => {
        clearTimeout(pause);
        current.off("line", take).off("close", end);
        signal?.removeEventListener("abort", withdraw);
        resolve(answer);
      };
      const said = () => lines.join("\n").trim();
      const withdraw = () => {
        output.write("\n");
        settle(undefined);
        leave();
      };
      const end = () => {
        output.write("\n");
        settle(said() || undefined);
      };
      const take = (line: string) => {
        goesOn = line.endsWith("\\");
        lines.push(goesOn ? line.slice(0, -1) : line);
        clearTimeout(pause);
        pause = setTimeout(finish, pasting);
      };
      const finish = () => {
        if (goesOn) show("… ");
        // a pasted line without its Enter waits for it
        else if (current.line === "") settle(said());
      };
      const show = (prompt: string) => {
        current.setPrompt(prompt);
        current.prompt(true);
      };

      signal?.addEventListener("abort", withdraw);
      current.on("line", take).on("close", end);
      show(question);
    });
  }
}

/** Throws away what was typed before now: nobody can have meant it for what is shown only afterwards. */
export async function forgetTyped({ input }: Seat): Promise<void> {
  const ignore = () => {};
  input.on("data", ignore).resume();
  await sleep(50);
  input.off("data", ignore);
  input.pause();
}
