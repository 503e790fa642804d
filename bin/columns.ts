import { displayWidth, padToWidth } from "./width.ts";

/** A column narrower than this is not worth reading. */
export const narrowest = 36;
const gap = "   ";

/** How wide each of so many columns is on a screen. */
export const columnWidth = (count: number, screen: number): number =>
  Math.max(1, Math.floor((screen - gap.length * (count - 1)) / count));

/** Columns of lines that fit their width, as the lines of a screen. */
export function sideBySide(columns: readonly (readonly string[])[], width: number): string[] {
  const height = Math.max(0, ...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .map((lines) => padToWidth(lines[row] ?? "", width))
      .join(gap)
      .trimEnd(),
  );
}

/**
 * The text as lines of at most that many columns: indented as it was, broken between words, and inside those too long.
 * Where only the last lines are wanted, only they are made.
 */
export function wrapText(text: string, width: number, most = Number.POSITIVE_INFINITY): string[] {
  const wrapped: string[][] = [];
  let height = 0;
  for (const line of text.split("\n").reverse()) {
    if (height >= most) break;
    const lines = wrapLine(line.replaceAll("\t", "    "), width);
    height += lines.length;
    wrapped.push(lines);
  }
  return wrapped
    .reverse()
    .flat()
    .slice(Math.max(0, height - most));
}

/** What a person sees as one character: a flag, a letter with its accents. */
const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let row = "";
  let taken = 0;
  /** Where the row may be broken; 0: nowhere. */
  let seam = 0;
  let before = { sign: "", columns: 0 };
  for (const { segment: sign } of characters.segment(line)) {
    const next = { sign, columns: displayWidth(sign) };
    if (row.trim() !== "" && isSeam(before, next)) seam = row.length;
    while (row !== "" && sign !== " " && taken + next.columns > width) {
      lines.push(row.slice(0, seam || undefined).trimEnd());
      row = seam > 0 ? row.slice(seam) : "";
      taken = displayWidth(row);
      seam = 0;
    }
    row += sign;
    taken += next.columns;
    before = next;
  }
  return [...lines, row.trimEnd()];
}

interface Sign {
  readonly sign: string;
  readonly columns: number;
}

/** Between words, and beside wide characters unless that parts a mark from what it belongs to. */
function isSeam(before: Sign, after: Sign): boolean {
  if (after.sign === " ") return false;
  if (before.sign === " ") return true;
  return (before.columns > 1 || after.columns > 1) && !closing.test(after.sign) && !opening.test(before.sign);
}

const closing = /^[\p{Pe}\p{Pf}，。、；：？！…·,.;:?!%]/u;
const opening = /^[\p{Ps}\p{Pi}]/u;
