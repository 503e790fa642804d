import { createInterface } from "node:readline";
import { ProviderError } from "../provider.ts";

interface Streams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

type Ask = (question: string, signal: AbortSignal, turn?: () => void) => Promise<string>;

/**
 * Asks one question after the other at a terminal; questions that come meanwhile wait for their turn, which `turn`
 * announces before anything is printed.
 */
export function terminal(streams: Streams): Ask {
  let last: Promise<unknown> = Promise.resolve();
  return (question, signal, turn) => {
    if (!streams.input.isTTY) return Promise.reject(nobody());
    const answered = last.then(() => {
      if (!signal.aborted) turn?.();
      return ask(streams, question, signal);
    });
    last = answered.catch(() => {});
    return answered;
  };
}

const manual = "Type your answer; a line with only a dot ends it. `exit` as its first line ends the run.";

/** One answer: its lines until a lone dot or the end of the input. An empty one is not taken. */
function ask({ input, output }: Streams, question: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(aborted("the question was withdrawn"));
    output.write(`\n${harmless(question)}\n\n---- ${manual} ----\n`);
    // With its own line editing, because a terminal's cuts lines at 4096 bytes.
    const reader = createInterface({ input, output, terminal: output.isTTY === true, historySize: 0 });
    const withdraw = () => end(() => reject(aborted("the question was withdrawn")));
    const end = (settle: () => void) => {
      settle();
      signal.removeEventListener("abort", withdraw);
      reader.close();
    };
    const said = () => lines.some((line) => line.trim() !== "");
    const answer = () => resolve(lines.join("\n"));

    signal.addEventListener("abort", withdraw);
    reader.on("line", (line) => {
      if (lines.length === 0 && /^(exit|quit)$/i.test(line.trim())) end(() => reject(aborted("the run was left")));
      else if (line.trim() !== ".") lines.push(line);
      else if (said()) end(answer);
    });
    reader.on("close", () => end(said() ? answer : () => reject(aborted("the input has ended"))));
    reader.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  });
}

/** Without what could drive the terminal: a prompt can hold what a model wrote. */
const harmless = (text: string) => text.replace(/[^\P{Cc}\n\t]/gu, "");

const aborted = (what: string) => new ProviderError(`${what} at the terminal`, { kind: "aborted" });

const nobody = () =>
  new ProviderError("nobody can be asked: the standard input is no terminal", {
    kind: "request",
    hint: "Set `folder:` of the human LLM, where prompts are laid down as files and answers are read.",
  });
