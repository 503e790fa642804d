/** A part of an answer as it is read: decoded where the whole of it was encoded, with the way back to the original. */
export interface Source {
  readonly text: string;
  /** The part of `text` that is read. */
  readonly start: number;
  readonly end: number;
  /** Where a character of `text` stands in the original. */
  place(at: number): number;
  readonly decoded?: "entities" | "escaped" | "quoted";
  /** Decoding stopped early, at a mark that should have been encoded. */
  readonly stopped?: boolean;
}

/** A part of the text as it stands there. */
export const sourceOf = (text: string, start: number, end: number): Source => ({ text, start, end, place: (at) => at });

const escapedOpening = /[{[](?:[\s\u200b-\u200f\u2060]|\\[nrt]|[{[])*\\"/y;
const entityOpening =
  /[{[](?:[\s\u200b-\u200f\u2060]|[{[])*(?:['"]?[\w -]{1,60}['"]?\s{0,5}:\s{0,5})?&(?:quot|apos|#34|#39|#x22|#x27);/iy;

/** Decodes the parts of one text; what was decoded once is used again for what begins further on. */
export class Decoder {
  private readonly text: string;
  private last:
    | { readonly source: Source; readonly start: number; readonly end: number; index(place: number): number }
    | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The part decoded, if the bracket at `start` shows that all of it was escaped once too often or holds entities. */
  from(start: number, end: number): Source | undefined {
    const kind = matchesAt(escapedOpening, this.text, start)
      ? "escaped"
      : matchesAt(entityOpening, this.text, start)
        ? "entities"
        : undefined;
    if (kind === undefined) return undefined;
    const { last } = this;
    const again = last && last.source.decoded === kind && last.start <= start && start < last.end && end >= last.end;
    if (again) return { ...last.source, start: last.index(start) };
    this.last = decoded(this.text, start, end, kind);
    return this.last.source;
  }
}

/** Whether a sticky pattern matches at a place. */
export function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** A text whose every line is quoted as in Markdown, without these marks; undefined for any other. */
export function quotedSource(text: string): Source | undefined {
  if (!/^\s*> ?/.test(text.slice(0, 200)) || /^[ \t]*[^>\s]/m.test(text)) return undefined;
  return decoded(text, 0, text.length, "quoted").source;
}

const quoteMark = /^[ \t]*> ?/gm;
const escapes = /\\(?:u([\da-fA-F]{4})|([\s\S]))|"/g;
const entity =
  /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(quot|apos|amp|lt|gt|nbsp|ldquo|rdquo|lsquo|rsquo|hellip|mdash|ndash));/g;
const letters: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
const entities: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  amp: "&",
  lt: "<",
  gt: ">",
  nbsp: "\u00a0",
  ldquo: "“",
  rdquo: "”",
  lsquo: "‘",
  rsquo: "’",
  hellip: "…",
  mdash: "—",
  ndash: "–",
};

function decoded(text: string, start: number, end: number, kind: NonNullable<Source["decoded"]>) {
  const pieces: string[] = [];
  // At each change: how far the decoded text and the original had come.
  const marks: [number, number][] = [[0, start]];
  const { pattern, read } = codes[kind];
  let length = 0;
  let begun = start;
  let stop = end;
  pattern.lastIndex = start;
  for (let match = pattern.exec(text); match && match.index < end; match = pattern.exec(text)) {
    const { index, 0: found } = match;
    if (found === '"') {
      // The mark that closes the text all this was written into.
      stop = index;
      break;
    }
    const char = read(match);
    const kept = text.slice(begun, index);
    pieces.push(kept, char);
    length += kept.length + char.length;
    begun = index + found.length;
    marks.push([length, begun]);
  }
  stop = Math.max(begun, stop);
  pieces.push(text.slice(begun, stop));
  const whole = pieces.join("");
  const source: Source = {
    text: whole,
    start: 0,
    end: whole.length,
    place: (at) => across(marks, at, 0, 1),
    decoded: kind,
    stopped: stop < end,
  };
  return { source, start, end: stop, index: (place: number) => across(marks, place, 1, 0) };
}

function unescaped([found, code, char = ""]: RegExpExecArray): string {
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  return letters[char] ?? ('"\\/'.includes(char) ? char : found);
}

function unentitied([found, decimal, hex, name]: RegExpExecArray): string {
  if (name !== undefined) return entities[name] ?? found;
  const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : found;
}

/** The place in one of two texts that belongs to a place in the other. */
function across(marks: readonly [number, number][], at: number, from: 0 | 1, to: 0 | 1): number {
  let [low, high] = [0, marks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle]?.[from] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const mark = marks[low] ?? [0, 0];
  return mark[to] + (at - mark[from]);
}

const codes: Record<NonNullable<Source["decoded"]>, { pattern: RegExp; read(match: RegExpExecArray): string }> = {
  escaped: { pattern: escapes, read: unescaped },
  entities: { pattern: entity, read: unentitied },
  quoted: { pattern: quoteMark, read: () => "" },
};
