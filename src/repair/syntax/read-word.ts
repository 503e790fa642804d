import type { Wanted } from "../wanted.ts";
import { commentEnd, isBlank, isCloser, isComma, isQuote, lookPast, skipBlanks } from "./chars.ts";
import { decode } from "./escapes.ts";
import { goesOn, isStop, keyAhead } from "./lookahead.ts";
import type { Place } from "./place.ts";
import { textUpTo } from "./read-text.ts";
import type { Mend, Tree } from "./tree.ts";

const literals: Readonly<Record<string, boolean | null>> = {
  true: true,
  false: false,
  null: null,
  none: null,
  nil: null,
  undefined: null,
};
const letters = /[+-]?[A-Za-z]{2,10}/y;
const digits =
  /[+-]?(?:0[xX][\da-fA-F]+|0[bB][01]+|(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d+)?)[nLfF]?/y;
const grouped = /[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?/y;
const wideDigits = /[+-]?[０-９]+(?:[.．][０-９]+)?/y;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const call = /(?:new\s+)?[A-Za-z_$][\w$.]{0,40}\(\s*(?:(["'])((?:(?!\1)[^\\\n]|\\.){0,500})\1|(-?\d+(?:\.\d+)?))\s*\)/y;

/**
 * Reads what begins without a quotation mark: a number, a literal, or a text. Undefined where nothing is.
 */
export function readWord(place: Place, at: number, wanted: Wanted): Tree | undefined {
  return readLiteral(place, at, wanted) ?? readNumber(place, at) ?? readCall(place, at) ?? readBare(place, at);
}

/** Whether a word that ends at `at` is whole: what follows separates. */
function delimited({ text, end, frames }: Place, at: number): boolean {
  if (at >= end) return true;
  if (skipBlanks(text, at, end) > at) {
    const next = lookPast(text, at, end);
    if (frames.at(-1)?.tree.type === "list" && /[\d{[-]/.test(text[next] ?? "")) return true;
    return (
      next >= end ||
      isComma(text[next]) ||
      isCloser(text[next]) ||
      isQuote(text[next]) ||
      text.slice(at, next).includes("\n")
    );
  }
  if (isQuote(text[at]) && keyAhead(text, at, end)) return true;
  return isComma(text[at]) || isCloser(text[at]) || commentEnd(text, at, end) !== undefined || isStop(text, at);
}

function readLiteral(place: Place, at: number, wanted: Wanted): Tree | undefined {
  letters.lastIndex = at;
  const word = letters.exec(place.text)?.[0];
  if (word === undefined || !delimited(place, at + word.length)) return undefined;
  const end = at + word.length;
  if (end >= place.end && place.truncated) return undefined;
  const value = literals[word.toLowerCase()];
  const known = word === "true" || word === "false" || word === "null";
  if (value !== undefined)
    return { type: "literal", value, start: at, end, ...(known ? {} : { mends: [changed("literal", at, end)] }) };
  if (word !== "NaN" || wanted.type === "string") return undefined;
  return { type: "literal", value: null, start: at, end, mends: [changed("literal", at, end, true)] };
}

const changed = (kind: Mend["kind"], start: number, end: number, lossy = false): Mend => ({ kind, start, end, lossy });

function readNumber(place: Place, at: number): Tree | undefined {
  const { text, frames } = place;
  const inObject = frames.at(-1)?.tree.type === "object";
  const written =
    (inObject ? wholeNumber(place, grouped, at) : undefined) ??
    wholeNumber(place, digits, at) ??
    wholeNumber(place, wideDigits, at);
  if (written === undefined) return undefined;
  const end = at + written.length;
  // More digits may have been on their way.
  if (end >= place.end && (place.truncated || frames.length > 0)) return cutWord(at, end);
  if (jsonNumber.test(written)) return { type: "number", source: written, start: at, end };
  const source = asJson(written);
  if (source === undefined)
    return {
      type: "text",
      text: text.slice(at, end),
      bare: true,
      start: at,
      end,
      mends: [changed("unquoted", at, end)],
    };
  return { type: "number", source, written, start: at, end, mends: [changed("number", at, end)] };
}

/** What the end of the text cut, so that it cannot be told what it was to be. */
const cutWord = (start: number, end: number): Tree => ({ type: "text", text: "", bare: true, start, end, cut: true });

function wholeNumber(place: Place, pattern: RegExp, at: number): string | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(place.text)?.[0];
  return found !== undefined && at + found.length <= place.end && delimited(place, at + found.length)
    ? found
    : undefined;
}

/** A number of another language as JSON spells it; undefined where digits would be lost, as in 007. */
function asJson(written: string): string | undefined {
  const plain = written.normalize("NFKC").replace(/[_,]/g, "").replace(/^\+/, "");
  if (/^-?0[xXbB]/.test(plain)) return String(Number(plain));
  const full = plain
    .replace(/[nLfF]$/, "")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.(?=$|e)/i, "");
  return jsonNumber.test(full) ? full : undefined;
}

/** A value in a call, as databases print them: `ObjectId("...")`. */
function readCall(place: Place, at: number): Tree | undefined {
  call.lastIndex = at;
  const match = call.exec(place.text);
  if (!match || !goesOn(place, call.lastIndex, true)) return undefined;
  const mends: Mend[] = [changed("wrapper", at, call.lastIndex)];
  const span = { start: at, end: call.lastIndex, mends };
  if (match[3] !== undefined) return { type: "number", source: match[3], ...span };
  const [, , inner = ""] = match;
  return {
    type: "text",
    text: decode(inner, 0, inner.length, { foreign: match[1] === "'" ? "'" : "", raw: false }, []),
    ...span,
  };
}

/** A text without quotation marks, or one whose opening mark alone is missing. */
function readBare(place: Place, at: number): Tree | undefined {
  const { text, end } = place;
  let next = at;
  for (; next < end; next++) {
    const code = text.charCodeAt(next);
    if (code === 10 && endsBareLine(place, next)) break;
    if (code > 127 || code < 97) {
      const char = text[next] ?? "";
      if (isComma(char) && endsBare(place, next)) break;
      if (isQuote(char) && (char === '"' || char === "”") && next > at && goesOn(place, next + 1, false))
        return textUpTo(place, at, next);
      if (
        (char === "#" || char === "/") &&
        isBlank(text.charCodeAt(next - 1)) &&
        next > at &&
        commentEnd(text, next, end) !== undefined &&
        !/"[ \t]*[,，}\]]*[ \t]*$/.test(text.slice(next, Math.min(end, next + 300)).split("\n", 1)[0] ?? "")
      )
        break;
    }
    if (isCloser(text[next]) && goesOn(place, next, false)) break;
  }
  let to = next;
  while (to > at && isBlank(text.charCodeAt(to - 1))) to--;
  if (to === at) return undefined;
  if (next >= end && place.frames.length > 0 && (place.truncated || isPartialLiteral(text.slice(at, to))))
    return cutWord(at, end);
  return {
    type: "text",
    text: text.slice(at, to),
    bare: true,
    start: at,
    end: to,
    mends: [changed("unquoted", at, to)],
  };
}

const isPartialLiteral = (word: string): boolean =>
  word.length > 0 && ["true", "false", "null", "True", "False", "None"].some((whole) => whole.startsWith(word));

function endsBareLine(place: Place, at: number): boolean {
  const { text, end, frames } = place;
  const next = lookPast(text, at, end);
  if (next >= end || isCloser(text[next]) || isStop(text, next)) return true;
  if (frames.at(-1)?.tree.type === "list") return true;
  const ahead = keyAhead(text, next, end);
  return ahead !== undefined;
}

/** Whether a comma in a text without quotation marks ends it. */
function endsBare(place: Place, at: number): boolean {
  const { text, end, frames } = place;
  const next = lookPast(text, at + 1, end);
  const wide = text.charCodeAt(at) > 127;
  if (next >= end || isCloser(text[next]) || isComma(text[next])) return true;
  const ahead = keyAhead(text, next, end);
  if (ahead?.quoted) return true;
  if (frames.at(-1)?.tree.type === "object") return ahead !== undefined && !wide;
  if (isQuote(text[next])) return true;
  return !wide && !endsWithMark(place, next);
}

/** Whether the words that go on here end in a quotation mark that closes them. */
function endsWithMark({ text, end }: Place, at: number): boolean {
  const limit = Math.min(end, at + 300);
  for (let next = at; next < limit; next++) {
    if (text[next] === "\n") return false;
    if (text[next] !== '"') continue;
    const after = skipBlanks(text, next + 1, end);
    return (
      !isBlank(text.charCodeAt(next - 1)) && !isComma(text[next - 1]) && (isComma(text[after]) || isCloser(text[after]))
    );
  }
  return false;
}
