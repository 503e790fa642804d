import { cutToWidth, displayWidth, foldToWidth, padToWidth } from "./width.ts";

/** A text column never gets narrower than this; a table that still does not fit is shown row by row. */
const narrowest = 10;
const gap = "  ";

/**
 * Aligned columns in at most that many columns of the screen, without a line at the end. Long text columns are cut;
 * where that is not enough each row becomes a few lines of its own and nothing is left out.
 */
export function renderTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  {
    columns,
    right = [],
    paintHeader = (line) => line,
  }: {
    readonly columns: number;
    /** The headers of the columns that are aligned on the right, and never cut: numbers. */
    readonly right?: readonly string[];
    readonly paintHeader?: (line: string) => string;
  },
): string {
  const widths = widthsOf(headers, rows, { columns, right });
  if (!widths) return rows.map((row) => recordOf(headers, row, columns)).join("\n");
  const line = (cells: readonly string[]) =>
    headers
      .map((header, index) => {
        const width = widths[index] ?? 0;
        return padToWidth(cutToWidth(cells[index] ?? "", width), width, right.includes(header) ? "left" : "right");
      })
      .join(gap)
      .trimEnd();
  return [paintHeader(line(headers)), ...rows.map(line)].join("\n");
}

/** The width of each column; takes from the widest text column until all fit, or answers undefined. */
function widthsOf(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, right }: { columns: number; right: readonly string[] },
): number[] | undefined {
  const widths = headers.map((header, index) =>
    Math.max(displayWidth(header), ...rows.map((row) => displayWidth(row[index] ?? ""))),
  );
  const room = columns - gap.length * (headers.length - 1);
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const texts = widths.map((width, index) => (right.includes(headers[index] ?? "") ? 0 : width));
    const widest = texts.indexOf(Math.max(...texts));
    if ((texts[widest] ?? 0) <= narrowest) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** One row by itself: its first cell, and below it the others with their names. */
function recordOf(headers: readonly string[], row: readonly string[], columns: number): string {
  const facts = row.flatMap((cell, index) => (index > 0 && cell !== "" ? [`${headers[index]} ${cell}`] : []));
  const below = foldToWidth(facts.join(", "), columns - gap.length);
  return [cutToWidth(row[0] ?? "", columns), ...below.map((line) => gap + line)].join("\n");
}
