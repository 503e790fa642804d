import { pathText, type Reading, type Repair } from "../src/repair/index.ts";
import type { Paint } from "./paint.ts";
import { oneLine } from "./width.ts";

/** So many lossy repairs are named without being asked for. */
const most = 20;

/** What a reader of an answer should know, a line each: how much was repaired, what was lost, or what is wrong. */
export function repairReport(
  reading: Reading<unknown>,
  text: string,
  { paint, verbose }: { readonly paint: Paint; readonly verbose: boolean },
): string {
  const lines = reading.ok
    ? repairLines(reading, text, { paint, verbose })
    : reading.problems.map(({ message }) => `${paint.red("✗")} ${oneLine(message)}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** The repairs that lost something, or all; and how many there were of each kind. */
function repairLines(
  { repairs }: Reading<unknown> & { ok: true },
  text: string,
  { paint, verbose }: { readonly paint: Paint; readonly verbose: boolean },
): string[] {
  if (repairs.length === 0) return [`${paint.green("✓")} nothing to repair`];
  const wanted = repairs.filter(({ lossy }) => lossy || verbose);
  const shown = verbose ? wanted : wanted.slice(0, most);
  const place = placesIn(text);
  const counts = new Map<string, number>();
  for (const { kind } of repairs) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} ${count}`);
  const lossy = repairs.filter((one) => one.lossy).length;
  return [
    ...shown.map((one) => `${one.lossy ? paint.yellow("!") : "·"} ${repairLine(one, place)}`),
    ...(shown.length < wanted.length ? [`· and ${wanted.length - shown.length} more; --verbose shows all`] : []),
    `${paint.green("✓")} repaired ${repairs.length}: ${kinds.join(", ")}${lossy > 0 ? `; ${lossy} lossy` : ""}`,
  ];
}

/** As in the log of a run, with its place in the text. */
function repairLine({ kind, path, span, lossy, note }: Repair, place: (at: number) => string): string {
  const where = path.length > 0 ? ` ${oneLine(pathText(path))}` : "";
  const why = note === undefined ? "" : `: ${oneLine(note)}`;
  return `repair_${kind.replaceAll("-", "_")}${where} at ${place(span[0])}${lossy ? " (lossy)" : ""}${why}`;
}

/** Says where in a text a place is, as an editor does. */
function placesIn(text: string): (at: number) => string {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (at) => {
    let [line, behind] = [0, starts.length];
    while (behind - line > 1) {
      const middle = (line + behind) >> 1;
      if ((starts[middle] ?? 0) <= at) line = middle;
      else behind = middle;
    }
    return `line ${line + 1}, column ${at - (starts[line] ?? 0) + 1}`;
  };
}
