import { type Answer, footer, nameOf } from "./answer.ts";
import { columnWidth, sideBySide, wrapText } from "./columns.ts";
import type { View } from "./in-turn.ts";
import type { Paint } from "./paint.ts";
import { cutToWidth, displayWidth, harmless } from "./width.ts";

/** A terminal, or what behaves like one. */
interface Screen {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

interface Drawing {
  readonly stdout: Screen;
  readonly paint: Paint;
  /** Shows what was thought too. */
  readonly verbose: boolean;
  readonly now: () => number;
}

/** Milliseconds between two pictures. */
const beat = 100;

/**
 * Answers side by side. While they come, their last lines are redrawn in place, as many as the screen holds; in the end
 * they stand there whole. While a person types at this terminal nothing moves.
 */
export function liveColumns(answers: readonly Answer[], { stdout, paint, verbose, now }: Drawing): View {
  let drawn: readonly string[] = [];
  const timer = setInterval(draw, beat);
  timer.unref();
  draw();

  return {
    show: () => {},
    close() {
      clearInterval(timer);
      replace(picture());
      stdout.write("\n");
    },
  };

  function draw() {
    if (answers.some(({ typed }) => typed)) drawn = [];
    else replace(picture((stdout.rows || 24) - 1));
  }

  /** Names, texts, and how each stands; of long texts the end, where there is less room. */
  function picture(height = Number.POSITIVE_INFINITY): string[] {
    const width = columnWidth(answers.length, screenWidth());
    const feet = answers.map((answer) => footer(answer, { paint, width, now: now() }).slice(0, height));
    const room = height - Math.max(...feet.map(({ length }) => length)) - 2;
    return [
      ...sideBySide(
        answers.map((answer) => [paint.bold(cutToWidth(nameOf(answer), width))]),
        width,
      ),
      ...sideBySide(
        answers.map((answer) => bodyOf(answer, width, room)),
        width,
      ),
      "",
      ...sideBySide(feet, width),
    ];
  }

  function bodyOf(answer: Answer, width: number, most: number): string[] {
    const said = linesOf(answer.text, width, most);
    const thought = verbose ? linesOf(answer.reasoning, width, most - said.length) : [];
    return [...thought.map((line) => paint.dim(line)), ...said];
  }

  /** Writes over the picture before in one go, so that nothing flickers. */
  function replace(lines: readonly string[]) {
    if (lines.length === drawn.length && lines.every((line, row) => line === drawn[row])) return;
    const up = rowsOf(drawn, stdout.columns || usual) - 1;
    const start = drawn.length === 0 ? "" : `${up > 0 ? `\u001b[${up}A` : ""}\u001b[1G`;
    stdout.write(`${start}${lines.map((line) => `${line}\u001b[K`).join("\n")}\u001b[J`);
    drawn = lines;
  }

  /** One column stays free: some terminals wrap a line that fills the last one. */
  function screenWidth(): number {
    return (stdout.columns || usual) - 1;
  }
}

const usual = 80;

function linesOf(text: string, width: number, most: number): string[] {
  const shown = harmless(text).replace(/^\n+/, "").trimEnd();
  return shown === "" ? [] : wrapText(shown, width, Math.max(0, most));
}

/** How many rows the lines take; a screen made narrower has folded them. */
const rowsOf = (lines: readonly string[], columns: number) =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
