interface Pair {
  readonly wanted: string;
  readonly there: string;
}

type Shift = (line: string) => string;

/**
 * How lines move so that their indentation becomes that of the file: all by the same, from spaces to tabs or from tabs to
 * spaces if need be. Undefined where the lines are not indented alike.
 */
export function shiftOf(pairs: readonly Pair[]): Shift | undefined {
  const indents = pairs
    .filter(({ wanted }) => wanted.trim() !== "")
    .map(({ wanted, there }) => ({ wanted: indentOf(wanted), there: indentOf(there) }));
  return tabbed(indents) ?? spaced(indents) ?? moved(indents);
}

const indentOf = (line: string) => /^[ \t]*/.exec(line)?.[0] ?? "";
const widths = [4, 2, 8, 3];

/** The file has tabs where the block has spaces. */
function tabbed(indents: readonly Pair[]): Shift | undefined {
  if (!indents.some(({ there }) => there !== "") || !indents.some(({ wanted }) => wanted !== "")) return undefined;
  if (!indents.every(({ wanted, there }) => /^ *$/.test(wanted) && /^\t*$/.test(there))) return undefined;
  const more = (width: number) => constant(indents.map(({ wanted, there }) => there.length - wanted.length / width));
  const width = widths.find((one) => more(one) === 0) ?? widths.find((one) => Number.isInteger(more(one)));
  if (width === undefined) return undefined;
  const by = more(width) ?? 0;
  return (line) => {
    const spaces = /^ */.exec(line)?.[0].length ?? 0;
    const tabs = Math.max(0, Math.floor(spaces / width) + by);
    return line.trim() === "" ? line : "\t".repeat(tabs) + " ".repeat(spaces % width) + line.slice(spaces);
  };
}

/** The file has spaces where the block has tabs. */
function spaced(indents: readonly Pair[]): Shift | undefined {
  if (!indents.some(({ wanted }) => wanted !== "")) return undefined;
  if (!indents.every(({ wanted, there }) => /^\t*$/.test(wanted) && /^ *$/.test(there))) return undefined;
  const more = (width: number) => constant(indents.map(({ wanted, there }) => there.length - wanted.length * width));
  const width = widths.find((one) => more(one) === 0) ?? widths.find((one) => more(one) !== undefined);
  if (width === undefined) return undefined;
  const by = more(width) ?? 0;
  return (line) => {
    const tabs = /^\t*/.exec(line)?.[0].length ?? 0;
    return line.trim() === "" ? line : " ".repeat(Math.max(0, tabs * width + by)) + line.slice(tabs);
  };
}

/** The same blanks more, or fewer, in front of every line. */
function moved(indents: readonly Pair[]): Shift | undefined {
  const [first] = indents;
  if (!first) return undefined;
  const { wanted, there } = first;
  let same = 0;
  while (same < Math.min(wanted.length, there.length) && wanted.at(-1 - same) === there.at(-1 - same)) same++;
  const from = wanted.slice(0, wanted.length - same);
  const to = there.slice(0, there.length - same);
  const alike = (pair: Pair) => pair.wanted.startsWith(from) && pair.there === to + pair.wanted.slice(from.length);
  if (!indents.every(alike)) return undefined;
  return (line) => {
    if (line.trim() === "") return line;
    return to + (line.startsWith(from) ? line.slice(from.length) : line.trimStart());
  };
}

/** The one number they all are. */
const constant = (numbers: readonly number[]): number | undefined =>
  numbers.every((number) => number === numbers[0]) ? numbers[0] : undefined;
