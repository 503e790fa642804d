import { type Answer, footer, nameOf, standing } from "./answer.ts";
import type { Terminal } from "./live.ts";
import type { Paint } from "./paint.ts";
import { cutToWidth, harmless, oneLine } from "./width.ts";

/** Shows answers while they come. */
export interface View {
  /** Something about an answer has changed. */
  show(answer: Answer): void;
  /** Shows what is left, and takes down what moves. */
  close(): void;
}

interface Writing {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: Terminal;
  /** For the names of the answers. */
  readonly paint: Paint;
  /** For all that is said about them. */
  readonly aside: Paint;
  readonly columns: number;
  /** Writes a text as it comes. Otherwise it is written once it is whole, because a try that breaks off cannot be taken back. */
  readonly streaming: boolean;
  /** Shows on the standard error that something is under way. */
  readonly live: boolean;
  /** Shows what was thought too. */
  readonly verbose: boolean;
  readonly now: () => number;
}

/**
 * Answers one below the other in their order: the first as it comes, the others when those before them are complete. The
 * texts go to stdout, with a line before each if there are several, and all else to stderr.
 */
export async function inTurn(answers: readonly Answer[], writing: Writing): Promise<View> {
  const { stdout, stderr, paint, aside, columns, streaming, live, verbose, now } = writing;
  const waiting = live ? await createWaiting(stderr, now) : undefined;
  const several = answers.length > 1;
  let turn = 0;
  let page = emptyPage;

  show();
  return { show, close: () => waiting?.stop() };

  function show() {
    if (answers.some(({ typed }) => typed)) return void waiting?.stop();
    for (let answer = answers[turn]; answer; answer = answers[turn]) {
      if (answer.remark !== page.remark) remark(answer);
      if (streaming || answer.end) write(answer);
      if (!answer.end) return void (page.last === "" && waiting?.show(answer));
      if (page.last !== "" && page.last !== "\n") out("\n");
      say(footer(answer, { paint: aside, width: columns, now: now(), title: several ? `${nameOf(answer)}: ` : "" }));
      turn += 1;
      page = emptyPage;
    }
  }

  function remark({ remark, llm }: Answer) {
    if (remark !== "") say([aside.dim(`· ${several ? `${oneLine(llm)}: ` : ""}${remark}`)]);
    page = { ...page, remark };
  }

  /** What has come since it was last written; all of it where a try has begun anew. */
  function write(answer: Answer) {
    if (answer.tries !== page.tries) {
      if (page.last !== "") out("\n");
      page = { ...emptyPage, headed: page.headed, remark: page.remark, tries: answer.tries };
    }
    if (several && !page.headed) out(`${turn > 0 ? "\n" : ""}${paint.bold(`=== ${nameOf(answer)} ===`)}\n`);
    page = { ...page, headed: true };
    if (verbose) think(whole(answer.reasoning.slice(page.thought)));
    const text = whole(answer.text.slice(page.said));
    const shown = page.last === "" ? harmless(text).replace(/^\n+/, "") : harmless(text);
    if (shown !== "") out(shown);
    page = { ...page, said: page.said + text.length, last: shown.at(-1) ?? page.last };
  }

  function think(text: string) {
    if (text === "") return;
    aloud(aside.dim(harmless(text)));
    page = { ...page, thought: page.thought + text.length, thinking: true };
  }

  function say(lines: readonly string[]) {
    thoughtOut();
    aloud(lines.map((line) => `${line}\n`).join(""));
  }

  function aloud(text: string) {
    waiting?.stop();
    stderr.write(text);
  }

  /** Ends the line of what was thought. */
  function thoughtOut() {
    if (page.thinking) aloud("\n");
    page = { ...page, thinking: false };
  }

  function out(text: string) {
    thoughtOut();
    waiting?.stop();
    stdout.write(text);
  }
}

/** What is written of the answer whose turn it is: so many characters that were thought and said. `last` is the last one shown. */
const emptyPage = { headed: false, remark: "", tries: 1, thought: 0, thinking: false, said: 0, last: "" };

/** Half of a character waits for its other half. */
const whole = (text: string) => text.replace(/[\ud800-\udbff]$/, "");

/** A spinner with the name of an answer and how it stands. */
async function createWaiting(stream: Terminal, now: () => number) {
  const { default: ora } = await import("ora");
  const spinner = ora({ stream, color: false, discardStdin: false, isEnabled: true });
  let timer: NodeJS.Timeout | undefined;

  return {
    show(answer: Answer) {
      if (spinner.isSpinning) return;
      const draw = () => {
        spinner.text = cutToWidth(`${nameOf(answer)}  ${standing(answer, now())}`, (stream.columns || 80) - 3);
      };
      draw();
      spinner.start();
      timer = setInterval(draw, 250);
      timer.unref();
    },
    stop() {
      // One that stands still would take the cursor to the beginning of a line under way.
      if (!spinner.isSpinning) return;
      clearInterval(timer);
      spinner.stop();
    },
  };
}
