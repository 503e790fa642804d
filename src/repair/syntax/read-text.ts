import { closersOf, isBlank, isCloser, skipBlanks } from "./chars.ts";
import { decode } from "./escapes.ts";
import { closingMark, goesOn, isApostrophe, keyAhead } from "./lookahead.ts";
import { fits, ownerOf, type Place } from "./place.ts";
import type { Mend, TextTree } from "./tree.ts";

/** Where the content of a text ends, and where the reader goes on. */
interface Ending {
  readonly to: number;
  readonly next: number;
  /** How it was found: by its quotation mark, by what follows where that is missing, or by the end of all. */
  readonly by: "quote" | "guess" | "cut";
  readonly rawQuotes: number;
  readonly rawLines: boolean;
}

/** Reads the text whose opening quotation mark stands at `at`, as a value. */
export function readText(place: Place, at: number): TextTree {
  const { text } = place;
  const quote = text[at] ?? '"';
  const triple = quote.repeat(3);
  if (`"'\``.includes(quote) && text.startsWith(triple, at)) {
    const found = readTriple(place, at, triple);
    if (found) return found;
  }
  const doubled = text[at + 1] === quote && isDoubled(place, at, quote);
  const from = doubled || (text[at + 1] === quote && isExtra(place, at)) ? at + 2 : at + 1;
  const ending = endOf(place, from, quote, doubled);
  const mends: Mend[] = [];
  if (quote !== '"' || from > at + 1) mends.push({ kind: "quote", start: at, end: from, lossy: false });
  return finished(place, at, from, ending, mends, quote);
}

/** Whether both marks of a text are doubled: `""text""`. */
function isDoubled(place: Place, at: number, quote: string): boolean {
  const { text, end } = place;
  if (quote === "`" || goesOn(place, at + 2, false)) return false;
  const close = text.indexOf(quote, at + 2);
  return close > 0 && close < end - 1 && text[close + 1] === quote;
}

/** Whether the mark at `at` is one too many, since the text that the next one opens ends as texts end. */
function isExtra(place: Place, at: number): boolean {
  const { text, end } = place;
  if (text[at] === "`" || goesOn(place, at + 2, false)) return false;
  const close = closingMark(text, at + 1, end);
  return close !== undefined && close > at + 2 && goesOn(place, close + 1, false);
}

/** Reads a text that came without its opening quotation mark and has the closing one at `to`. */
export function textUpTo(place: Place, at: number, to: number): TextTree {
  const ending: Ending = { to, next: to + 1, by: "quote", rawQuotes: 0, rawLines: false };
  return finished(place, at, at, ending, [{ kind: "quote", start: at, end: at, lossy: false }], '"');
}

function finished(place: Place, at: number, from: number, ending: Ending, mends: Mend[], quote: string): TextTree {
  const { text } = place;
  const { to, next, by, rawQuotes, rawLines } = ending;
  // What holds raw line breaks and raw quotation marks was pasted as it is.
  const raw = rawQuotes > 0 && rawLines && !text.slice(from, to).includes('\\"');
  const decoded = decode(text, from, to, { raw, foreign: quote === '"' ? "" : quote }, mends);
  // Half of a character that was still on its way.
  const value = by === "cut" ? decoded.replace(/[\ud800-\udbff]$/, "") : decoded;
  if (rawQuotes > 0) mends.push({ kind: "quote", start: at, end: next, lossy: false });
  if (by === "guess") mends.push({ kind: "quote", start: to, end: to, lossy: true, note: "its end was guessed" });
  const tree: TextTree = { type: "text", text: value, start: at, end: next };
  if (mends.length > 0) tree.mends = mends;
  if (by === "cut") tree.cut = true;
  return tree;
}

/** A text between tripled quotation marks; undefined where they are an empty text and the start of another. */
function readTriple(place: Place, at: number, triple: string): TextTree | undefined {
  const { text, end } = place;
  let close = text.indexOf(triple, at + 3);
  while (close >= 0 && close < end && !goesOn(place, close + 3, false)) close = text.indexOf(triple, close + 1);
  if (close < 0 || close >= end) return undefined;
  const mends: Mend[] = [{ kind: "quote", start: at, end: at + 3, lossy: false }];
  const info = triple === "```" ? (/^[\w+#.-]{0,30}[ \t]*\n/.exec(text.slice(at + 3, at + 40))?.[0].length ?? 0) : 0;
  const from = at + 3 + info;
  const read = decode(text, from, close, { raw: triple === "```", foreign: "`" }, mends);
  const value = info > 0 ? read.replace(/\n[ \t]*$/, "") : read;
  return { type: "text", text: value, start: at, end: close + 3, mends };
}

// Everything that can end a text, or raise doubt about where it ends.
const special: Readonly<Record<string, RegExp>> = {
  '"': /["”“\\\n]/g,
  "'": /['’"\\\n]/g,
  "`": /[`\\\n]/g,
  "“": /["”“\\\n]/g,
};
const anyQuote = /["'`“”‘’„«»「」『』＂＇\\\n]/g;

function endOf(place: Place, from: number, quote: string, doubled: boolean): Ending {
  const { text, end } = place;
  const closers = closersOf[quote] ?? quote;
  const pattern = special[quote] ?? anyQuote;
  let doubtful = false;
  let rawQuotes = 0;
  let lines = 0;
  let curly = 0;
  let fallback: number | undefined;
  const ending = (to: number, next: number, by: Ending["by"]): Ending => ({
    to,
    next,
    by,
    rawQuotes,
    rawLines: lines > 0,
  });

  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match && match.index < end; match = pattern.exec(text)) {
    const [char, at] = [match[0], match.index];
    if (char === "\\") {
      pattern.lastIndex = at + 2;
      continue;
    }
    if (char === "\n") {
      if (lines++ === 0 && !doubtful) {
        const line = endsWithLine(place, from, at);
        if (line === "yes") return withoutQuote(place, from, at, ending);
        if (line === "perhaps") fallback = at;
      }
      continue;
    }
    if (quote === '"' && char !== '"') {
      // A curly mark closes what one opened within; alone it may stand for the plain one.
      if (char === "“") curly++;
      else if (curly > 0) curly--;
      else if (!doubtful && goesOn(place, at + 1, true)) return ending(at, at + 1, "quote");
      continue;
    }
    if (!closers.includes(char)) {
      // A text that `'` opened may be closed by a plain mark, where an awaited key proves it.
      const mixed =
        quote === "'" && char === '"' && !doubtful && /[,}\]]/.test(text[skipBlanks(text, at + 1, end)] ?? "");
      if (mixed && goesOn(place, at + 1, true, true)) return ending(at, at + 1, "quote");
      if (char === '"') rawQuotes++;
      continue;
    }
    if (isApostrophe(text, at)) {
      rawQuotes++;
      continue;
    }
    if (doubled && text[at + 1] === char && goesOn(place, at + 2, doubtful)) return ending(at, at + 2, "quote");
    if (goesOn(place, at + 1, doubtful, rawQuotes % 2 === 1)) return ending(at, at + 1, "quote");
    // One mark too many at the end.
    if (text[at + 1] === char && text[at + 2] !== char && !doubtful && at > from && closesTwice(place, at, from, char))
      return ending(at, at + 2, "quote");
    const before = doubtful ? undefined : endsBefore(place, from, at);
    if (before !== undefined) return ending(stripMark(text, from, before), before, "guess");
    if (char === quote) rawQuotes++;
    doubtful = true;
  }
  return atTheEnd(place, from, fallback, ending);
}

/** Two marks end a text that holds none of its own. */
const closesTwice = (place: Place, at: number, from: number, char: string): boolean =>
  goesOn(place, at + 2, false) &&
  !place.text
    .slice(Math.max(from, at - 200), at)
    .replace(/\\./g, "")
    .includes(char) &&
  /[\p{L}\p{N}.。"]/u.test(place.text[at - 1] ?? "");

/** Of a text whose closing mark is missing: whether it ends with the line, since the next one begins with structure. */
function endsWithLine(place: Place, from: number, at: number): "yes" | "perhaps" | "no" {
  const { text, end, frames } = place;
  const next = skipBlanks(text, at, end);
  if (next >= end) return "no";
  const frame = frames.at(-1);
  const comma = /[,，]\s*$/.test(text.slice(Math.max(from, at - 10), at));
  const ahead = keyAhead(text, next, end);
  if (ahead) {
    const level = ownerOf(place, frames.length - 1, ahead.key);
    if (level !== undefined && (ahead.quoted || comma)) return "yes";
    if (ahead.quoted && frame?.tree.type === "object" && comma)
      return frame.wanted.keys.length === 0 ? "yes" : "perhaps";
    return ahead.quoted ? "perhaps" : "no";
  }
  if (frame?.tree.type === "list" && comma && text[next] === text[from - 1] && isWholeLine(text, next, end))
    return "yes";
  if (!isCloser(text[next])) return text.startsWith("```", next) ? "perhaps" : "no";
  return goesOn(place, at, true) && !/[{[]/.test(text.slice(from, at)) && !/[;{]\s*$/.test(text.slice(from, at))
    ? "yes"
    : "perhaps";
}

/** Whether the line that begins here is one whole text with the comma or bracket behind it. */
const isWholeLine = (text: string, at: number, end: number): boolean =>
  /^(["'“])(?:(?!\1)[^\n\\]|\\.)*["'”]?\s*[,，]?\s*(?:\n|$|[\]}])/.test(text.slice(at, Math.min(end, at + 1000)));

/** The end of a text at the end of its line, without the comma that stands there. */
function withoutQuote(
  { text }: Place,
  from: number,
  at: number,
  ending: (to: number, next: number, by: Ending["by"]) => Ending,
): Ending {
  let to = at;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  if (/[,，]/.test(text[to - 1] ?? "")) to--;
  return ending(stripMark(text, from, to), to, "guess");
}

const tail = /\s*(?:[}\]｝］]\s*)*[,，]\s*[{[]{0,2}\s*$/;

/**
 * Where a text ended whose closing mark is missing, if the mark at `at` plainly opens what comes after it: a key that is
 * waited for, or the next item of a list.
 */
function endsBefore(place: Place, from: number, at: number): number | undefined {
  const { text, end, frames } = place;
  const frame = frames.at(-1);
  const start = Math.max(from, at - 60);
  const found = tail.exec(text.slice(start, at));
  if (!found) return undefined;
  const before = start + found.index;
  const ahead = keyAhead(text, at, end);
  if (ahead) {
    if (found[0].includes("{")) return keyOfItem(place, ahead.key) ? before : undefined;
    const level = ownerOf(place, frames.length - 1, ahead.key);
    const structured = /[}\]]/.test(found[0]);
    if (level !== undefined && (structured || level === frames.length - 1 || frame?.tree.type === "list"))
      return before;
    return frame?.tree.type === "object" && frame.wanted.keys.length === 0 ? before : undefined;
  }
  if (frame?.tree.type !== "list" || /[{}\]]/.test(found[0]) || isBlank(text.charCodeAt(at + 1))) return undefined;
  return hasOddMarks(text, from - 1, end, text[at] ?? '"') ? before : undefined;
}

/** Whether an object that begins in a list around could have this key. */
function keyOfItem({ frames }: Place, key: string): boolean {
  for (let level = frames.length - 1; level >= Math.max(0, frames.length - 4); level--) {
    const frame = frames[level];
    if (frame?.tree.type !== "list") continue;
    const item = frame.wanted.item(0);
    return (
      item.keys.length === 0 || [...item.options].some(({ names }) => names.has(key.toLowerCase()) || names.size === 0)
    );
  }
  return false;
}

/** Whether the marks from here to the end of the list, or of the line, do not come in pairs. */
function hasOddMarks(text: string, from: number, end: number, quote: string): boolean {
  const stretch = text.slice(from, Math.min(end, from + 800));
  const stop = /["'”]\s*\]/.exec(stretch);
  const newline = stretch.indexOf("\n");
  const within = stop ? stretch.slice(0, stop.index + 1) : newline < 0 ? stretch : stretch.slice(0, newline);
  let marks = 0;
  for (let at = 0; at < within.length; at++) {
    if (within[at] === "\\") at++;
    else if (within[at] === quote) marks++;
  }
  return marks % 2 === 1;
}

/** A closing mark of another kind at the very end belongs to the syntax. */
function stripMark(text: string, from: number, to: number): number {
  // The mark was escaped by mistake.
  if (text[to - 1] === '"' && text[to - 2] === "\\" && to - 2 >= from) return to - 2;
  const last = text[to - 1] ?? "";
  return to - 1 > from &&
    "'”’`".includes(last) &&
    !text.slice(from, to - 1).includes(last) &&
    !(last === "”" && text.slice(from, to).includes("“"))
    ? to - 1
    : to;
}

/** The text ran into the end of all: its mark is missing before the last brackets, or it was cut. */
function atTheEnd(
  place: Place,
  from: number,
  fallback: number | undefined,
  ending: (to: number, next: number, by: Ending["by"]) => Ending,
): Ending {
  const { text, end, frames, truncated } = place;
  if (truncated) return ending(end, end, "cut");
  const closing = closersAtEnd(place, from);
  if (closing !== undefined) return ending(stripMark(text, from, closing), closing, "guess");
  if (fallback !== undefined && place.second > 0 && frames.length > 0) {
    place.second--;
    return withoutQuote(place, from, fallback, ending);
  }
  return ending(end, end, "cut");
}

/** Where the closing brackets at the end of the text begin, if they are exactly those that are missing. */
function closersAtEnd(place: Place, from: number): number | undefined {
  const { text, end, frames } = place;
  let at = end;
  const found: string[] = [];
  while (at > from && found.length <= frames.length) {
    const char = text[at - 1] ?? "";
    if (isCloser(char)) found.unshift(char);
    else if (!isBlank(char.charCodeAt(0))) break;
    at--;
  }
  if (found.length !== frames.length || found.length === 0) return undefined;
  return found.every((closer, index) => fits(place, frames.length - 1 - index, closer)) ? at : undefined;
}
