import { closersOf } from "./chars.ts";
import type { Mend } from "./tree.ts";

const simple: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
// A backslash before these is Markdown's or another language's way to write the character itself.
const needless = "'`_\n";
// Below 128 it is more likely meant for the code that is quoted.
const braced = /^\\(?:u\{([\da-fA-F]{1,6})\}|x([89a-fA-F][\da-fA-F]))/;
const special = /[\\\p{Cc}]/u;
const control = /(?![\x7f-\x9f])\p{Cc}/u;
const path = /(?<![A-Za-z])[A-Za-z]:\\(?!\\)[^\s"'<>|]{0,200}|\\\\\\\\[\w.-]+\\[\w$.-]+/g;

interface Decoding {
  /** The quotation mark of another language, which has escapes of its own: `\x41`. */
  readonly foreign: string;
  /** Backslashes mean themselves. */
  readonly raw: boolean;
}

/**
 * The text that stands between two quotation marks: JSON's escapes are read, needless ones lose their backslash, others
 * keep it, and so do those in a Windows path that is plainly not escaped.
 */
export function decode(text: string, from: number, to: number, { foreign, raw }: Decoding, mends: Mend[]): string {
  const written = text.slice(from, to);
  if (!special.test(written)) return written;
  const isControl = written.search(control);
  if (isControl >= 0) mends.push({ kind: "control", start: from + isControl, end: from + isControl + 1, lossy: false });
  if (raw || !written.includes("\\")) return written;
  const paths = plainPaths(written);
  const pieces: string[] = [];
  let begun = 0;
  let lastEscape = -1;
  for (let at = written.indexOf("\\"); at >= 0; at = written.indexOf("\\", begun)) {
    const found = paths.some(([start, end]) => start <= at && at < end)
      ? { text: "\\", length: 1, known: false }
      : readEscape(written, at, foreign);
    if (!found.known && lastEscape < 0) lastEscape = at;
    pieces.push(written.slice(begun, at), found.text);
    begun = at + found.length;
  }
  if (lastEscape >= 0) {
    const start = from + lastEscape;
    mends.push({ kind: "escape", start, end: Math.min(start + 2, to), lossy: false });
  }
  pieces.push(written.slice(begun));
  return pieces.join("");
}

function readEscape(text: string, at: number, foreign: string): { text: string; length: number; known: boolean } {
  const next = text[at + 1];
  if (next === undefined) return { text: "", length: 1, known: false };
  const known = simple[next];
  if (known !== undefined) return { text: known, length: 2, known: true };
  if (needless.includes(next) || (foreign !== "" && (closersOf[foreign]?.includes(next) || next === foreign)))
    return { text: next === "\n" ? "" : next, length: 2, known: false };
  const code = /^\\u([\da-fA-F]{4})/.exec(text.slice(at, at + 6));
  if (code) return { text: String.fromCharCode(Number.parseInt(code[1] ?? "", 16)), length: 6, known: true };
  if (next === "u" && text.length - at < 6) return { text: "", length: text.length - at, known: false };
  if ((foreign === "`" || (next === "$" && text.includes("\\`"))) && "$#".includes(next))
    return { text: next, length: 2, known: false };
  const pattern = foreign === "" ? braced : /^\\(?:u\{([\da-fA-F]{1,6})\}|x([\da-fA-F]{2})|U([\da-fA-F]{8}))/;
  const other = pattern.exec(text.slice(at, at + 12));
  const point = other ? Number.parseInt(other[1] ?? other[2] ?? other[3] ?? "", 16) : Number.NaN;
  if (other && point <= 0x10ffff) return { text: String.fromCodePoint(point), length: other[0].length, known: false };
  return { text: "\\", length: 1, known: false };
}

/** The stretches of Windows paths, if at least one backslash in the text begins no escape that JSON knows. */
function plainPaths(text: string): [number, number][] {
  if (!/(?:^|[^\\])(?:\\\\)*\\[^"\\/bfnrtu]/.test(text)) return [];
  return [...text.matchAll(path)]
    .filter(([found]) => /\\[^"\\/bfnrtu]/.test(found))
    .map(({ index, 0: found }) => [index, index + found.length]);
}
