/** A part of an answer as it is read: decoded where the whole of it was encoded, with the way back to the original. */
export interface Source {
  readonly text: string;
  /** The part of `text` that is read. */
  readonly start: number;
  readonly end: number;
  /** Where a character of `text` stands in the original. */
  place(at: number): number;
  readonly decoded?: "entities" | "escaped" | "quoted";
}

/** A part of the text as it stands there. */
export const sourceOf = (text: string, start: number, end: number): Source => ({ text, start, end, place: (at) => at });

const escapedOpening = /[{[](?:\s|\\[nrt]|[{[])*\\"/y;
const entityOpening = /[{[](?:\s|[{[])*&(?:quot|#34|#x22);/iy;

/** The same part decoded, if the bracket at `start` shows that all of it was escaped once too often or holds entities. */
export function decodedSource(text: string, start: number, end: number): Source | undefined {
  escapedOpening.lastIndex = start;
  if (escapedOpening.test(text)) return decoded(text, start, end, escapes, "escaped");
  entityOpening.lastIndex = start;
  return entityOpening.test(text) ? decoded(text, start, end, entity, "entities") : undefined;
}

/** A text whose every line is quoted as in Markdown, without these marks; undefined for any other. */
export function quotedSource(text: string): Source | undefined {
  if (!/^\s*> ?/.test(text.slice(0, 200)) || /^[ \t]*[^>\s]/m.test(text)) return undefined;
  return decoded(text, 0, text.length, quoteMark, "quoted");
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

function decoded(
  text: string,
  start: number,
  end: number,
  pattern: RegExp,
  kind: "escaped" | "entities" | "quoted",
): Source {
  const pieces: string[] = [];
  // At each change: how far the decoded text and the original had come.
  const marks: [number, number][] = [[0, start]];
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
    const char = kind === "quoted" ? "" : kind === "escaped" ? unescaped(match) : unentitied(match);
    const kept = text.slice(begun, index);
    pieces.push(kept, char);
    length += kept.length + char.length;
    begun = index + found.length;
    marks.push([length, begun]);
  }
  pieces.push(text.slice(begun, Math.max(begun, stop)));
  const whole = pieces.join("");
  return { text: whole, start: 0, end: whole.length, place: (at) => placeIn(marks, at), decoded: kind };
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

function placeIn(marks: readonly [number, number][], at: number): number {
  let [low, high] = [0, marks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle]?.[0] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const [decodedAt, originalAt] = marks[low] ?? [0, 0];
  return originalAt + (at - decodedAt);
}
