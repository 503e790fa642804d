import { shiftOf } from "./shift.ts";

/** Lines of a file, `start` up to `end`, and what stands there after the edit. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
  /** Whether the search text stands there only if something is overlooked. */
  readonly tolerated: boolean;
}

export type Find = (search: readonly string[], replace: readonly string[]) => readonly Place[];

/** Whether any line says something. */
export const significant = (lines: readonly string[]): boolean => lines.some((line) => line.trim() !== "");

/** Finds the places of a search text in these lines: with the least tolerance that finds any. Linear in the lines. */
export function finder(lines: readonly string[]): Find {
  const views = new Map<Tolerance, View>();
  const viewOf = (tolerance: Tolerance) => {
    const view = views.get(tolerance) ?? viewed(lines, tolerance);
    views.set(tolerance, view);
    return view;
  };
  return (search, replace) => {
    for (const tolerance of significant(search) ? tolerances : tolerances.slice(0, 1)) {
      const wanted = viewed(search, tolerance);
      const view = viewOf(tolerance);
      const starts = occurrences(view, wanted.keys);
      const places = starts
        .slice(0, Math.max(2, Math.floor(mostCompared / search.length)))
        .flatMap((start) => placeAt({ lines, view, start, search, wanted, replace, tolerance }) ?? []);
      if (places.length > 0) return places;
    }
    return [];
  };
}

interface Tolerance {
  readonly key: (line: string) => string;
  readonly shifted: boolean;
  readonly blankLines: boolean;
  readonly quotes: boolean;
}

const exact: Tolerance = { key: (line) => line, shifted: false, blankLines: false, quotes: false };
const trimmed: Tolerance = { ...exact, key: (line) => line.trim(), shifted: true };
const tolerances: readonly Tolerance[] = [
  exact,
  { ...exact, key: (line) => line.trimEnd() },
  trimmed,
  { ...trimmed, blankLines: true },
  { ...trimmed, blankLines: true, quotes: true, key: (line) => straight(line.trim()) },
];

/** Lines compared for their indentation, over all the places of one block. */
const mostCompared = 1_000_000;

/** The lines as one tolerance sees them, and where each stands. */
interface View {
  readonly keys: readonly string[];
  readonly at: readonly number[];
  readonly known: ReadonlySet<string>;
}

function viewed(lines: readonly string[], { key, blankLines }: Tolerance): View {
  const keys: string[] = [];
  const at: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (blankLines && line.trim() === "") continue;
    keys.push(key(line));
    at.push(index);
  }
  return { keys, at, known: new Set(keys) };
}

/** Where a row of keys begins in the view, by the method of Knuth, Morris and Pratt. */
function occurrences({ keys, known }: View, wanted: readonly string[]): number[] {
  if (wanted.length === 0 || wanted.some((key) => !known.has(key))) return [];
  const borders = [0];
  for (let at = 1, border = 0; at < wanted.length; at++) {
    while (border > 0 && wanted[at] !== wanted[border]) border = borders[border - 1] ?? 0;
    if (wanted[at] === wanted[border]) border++;
    borders.push(border);
  }
  const found: number[] = [];
  let matched = 0;
  for (const [at, key] of keys.entries()) {
    while (matched > 0 && key !== wanted[matched]) matched = borders[matched - 1] ?? 0;
    if (key === wanted[matched]) matched++;
    if (matched < wanted.length) continue;
    found.push(at - matched + 1);
    matched = borders[matched - 1] ?? 0;
  }
  return found;
}

interface Match {
  readonly lines: readonly string[];
  readonly view: View;
  readonly start: number;
  readonly search: readonly string[];
  readonly wanted: View;
  readonly replace: readonly string[];
  readonly tolerance: Tolerance;
}

function placeAt({ lines, view, start, search, wanted, replace, tolerance }: Match): Place | undefined {
  const first = view.at[start] ?? 0;
  const end = (view.at[start + wanted.at.length - 1] ?? first) + 1;
  const place = (now: readonly string[]) =>
    narrowed({ start: first, end, lines: now, tolerated: tolerance !== exact }, lines);
  if (tolerance === exact) return place(replace);

  const pairs = wanted.at.map((at, index) => ({
    wanted: search[at] ?? "",
    there: lines[view.at[start + index] ?? 0] ?? "",
  }));
  const shift = tolerance.shifted ? shiftOf(pairs) : (line: string) => line;
  if (shift === undefined) return undefined;
  const curly = !tolerance.quotes || pairs.some(({ there }) => there !== straight(there));
  const kept = keeper(pairs);
  const body = tolerance.blankLines ? withoutOuterBlanks(replace, search) : replace;
  return place(body.map((line) => kept(line) ?? shift(curly ? line : straight(line))));
}

/** Gives the line of the file for a line that the edit leaves as it was; each once, in order. */
function keeper(pairs: readonly { readonly wanted: string; readonly there: string }[]) {
  const places = new Map<string, number[]>();
  for (const [index, { wanted }] of pairs.entries()) {
    const list = places.get(wanted);
    if (list) list.push(index);
    else places.set(wanted, [index]);
  }
  for (const list of places.values()) list.reverse();
  let next = 0;
  return (line: string): string | undefined => {
    const list = places.get(line) ?? [];
    while ((list.at(-1) ?? next) < next) list.pop();
    const index = list.pop();
    if (index === undefined) return undefined;
    next = index + 1;
    return pairs[index]?.there;
  };
}

/** Blank lines around the search text that the file lacks are not put in by the edit. */
function withoutOuterBlanks(replace: readonly string[], search: readonly string[]): readonly string[] {
  const before = Math.min(blanksBefore(search), blanksBefore(replace));
  const after = Math.min(blanksBefore(search.toReversed()), blanksBefore(replace.toReversed()));
  return replace.slice(before, Math.max(before, replace.length - after));
}

function blanksBefore(lines: readonly string[]): number {
  const first = lines.findIndex((line) => line.trim() !== "");
  return first < 0 ? lines.length : first;
}

/** The same edit without the lines at both ends that stay as they are, so that blocks may share them. */
function narrowed(place: Place, source: readonly string[]): Place {
  const { lines } = place;
  let { start, end } = place;
  let [from, to] = [0, lines.length];
  for (; start < end && from < to && source[start] === lines[from]; start++) from++;
  for (; end > start && to > from && source[end - 1] === lines[to - 1]; end--) to--;
  return { ...place, start, end, lines: lines.slice(from, to) };
}

/** Typographic quotation marks as those of a keyboard. */
const straight = (line: string) => line.replace(/[“”„‟″]/g, '"').replace(/[‘’‚‛′]/g, "'");
