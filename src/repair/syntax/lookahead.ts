import { bracketOf, closersOf, isBlank, isCloser, isComma, isOpener, isQuote, lookPast, skipBlanks } from "./chars.ts";
import { awaits, type Frame, fits, isOpen, namedLater, nameIn, ownerOf, type Place } from "./place.ts";

/** A key with its colon. */
export interface KeyAhead {
  readonly key: string;
  readonly quoted: boolean;
}

const quotedKey =
  /(?:\*\*|__)?(?:\\?"([^"\\\n]{1,100})\\"[\s\u00ad\u200b-\u200f\u2060]{0,20}[:：]|(?:""((?:[^"\\\n]|\\.){1,100})""|""([\p{L}_$][^"\\\n]{0,100})"|["“”„＂]((?:[^"“”„＂\\\n]|\\.){1,100})["“”＂])(?:\*\*|__)?[\s\u00ad\u200b-\u200f\u2060]{0,20}(?:[:：]|=>?(?!=))|['‘`]((?:[^'‘’`\\\n]|\\.){1,100})['’`][\s\u00ad\u200b-\u200f\u2060]{0,20}(?:[:：]|=>?(?!=))|["'“‘]([\p{L}_$][^"'“”‘’\n\\:：]{0,80})["'”’][\s\u00ad\u200b-\u200f\u2060]{0,20}[:：]|[「『]([^「」『』\n]{1,100})[」』][\s\u00ad\u200b-\u200f\u2060]{0,20}[:：])/uy;
const bareKey =
  /([\p{L}_$][\p{L}\p{N}_$]{0,60}(?:[ .\-/][\p{L}\p{N}_$]{1,40}){0,6})["”']?[ \t]{0,20}(?:[:：](?!\/\/)|=>)/uy;

/** The key that stands here with its colon, if one does. */
export function keyAhead(text: string, at: number, end: number): KeyAhead | undefined {
  if (at >= end) return undefined;
  if (isQuote(text[at]) || text[at] === "*" || text.startsWith('__"', at) || text.startsWith('\\"', at)) {
    quotedKey.lastIndex = at;
    const match = quotedKey.exec(text);
    if (!match || quotedKey.lastIndex > end) return undefined;
    return { key: match.slice(1).find((key) => key !== undefined) ?? "", quoted: true };
  }
  bareKey.lastIndex = at;
  const match = bareKey.exec(text);
  if (!match || bareKey.lastIndex > end) return undefined;
  return { key: match[1] ?? "", quoted: false };
}

const brokenKey =
  /(?:\*\*|__)?(?:["“]([^"“”\n]{1,100})["”]|'([^'\n]{1,100})'|["'“]([^"'“\n:：]{1,60})[:：])(?:\*\*|__)?[\s\u00ad\u200b-\u200f\u2060]{0,20}(?=["'“[{\d]|true|false|null)/y;

/** The key here, also one that has lost its colon or its closing mark, if the object at a level waits for it. */
export const keyFor = (place: Place, level: number, at: number): KeyAhead | undefined =>
  keyAhead(place.text, at, place.end) ?? keyWithoutColon(place, level, at);

function keyWithoutColon(place: Place, level: number, at: number): KeyAhead | undefined {
  brokenKey.lastIndex = at;
  const match = brokenKey.exec(place.text);
  const key = match?.[1] ?? match?.[2] ?? match?.[3];
  return key !== undefined && awaits(place.frames[level], key) ? { key, quoted: true } : undefined;
}

/** Whether the text ends in the middle of the key or word that begins here. */
export const isPartial = (text: string, at: number, end: number): boolean =>
  end - at < 100 && /^["'`“‘]?[^"'`{}[\]\n]{0,80}["'`]?\s*$/.test(text.slice(at, end));

/** Whether a fence or a closing tag begins here, so that the value around has ended. */
export function isStop(text: string, at: number): boolean {
  const char = text.charCodeAt(at);
  if (char === 96 || char === 126) return text.startsWith("```", at) || text.startsWith("~~~", at);
  if (char === 91)
    return /^\[[ \t]{0,3}\/[ \t]{0,3}\w{1,20}[ \t]{0,3}\]|^\[[ \t]{0,3}content[ \t]{0,3}\]/i.test(
      text.slice(at, at + 30),
    );
  return char === 60 && /^<(?:\/\w{1,20}|\|[\w ]{1,30}\||end_of_\w{1,20}|eos)\s{0,3}>/.test(text.slice(at, at + 30));
}

/**
 * Whether the structure can go on at `at`, behind a quotation mark: with a closing bracket, a comma and what may follow
 * it here, or a comma left out. After a doubtful stretch only a key that is waited for proves it; `odd`: one more mark
 * came within than closed, so that the one at hand may close it.
 */
export function goesOn(place: Place, at: number, doubtful: boolean, odd = doubtful): boolean {
  const { text, end, frames } = place;
  let level = frames.length - 1;
  let next = lookPast(text, at, end);
  for (let closed = 0; next < end && isCloser(text[next]); closed++) {
    if (text[next] === ")" && frames[level]?.closer !== ")") break;
    if (doubtful && !fits(place, level, text[next]) && closed === 0) return false;
    if (closed > 40) return true;
    level--;
    next = lookPast(text, next + 1, end);
  }
  if (next >= end || isStop(text, next)) return true;
  if (level < 0) return endsAll(place, at, next, doubtful);
  const frame = frames[level];
  if (!frame) return true;
  if (isComma(text[next]))
    return afterComma(place, level, lookPast(text, next + 1, end), { doubtful, odd, closed: next > at });
  return withoutComma(place, { frame, level, at, next, doubtful });
}

/** Whether the outermost bracket can have closed, with `next` behind it. */
function endsAll(place: Place, at: number, next: number, doubtful: boolean): boolean {
  const { text } = place;
  if (!doubtful && isQuote(text[next]) && !isBlank(text.charCodeAt(next - 1))) return closesAround(place, next + 1);
  if (!doubtful) return true;
  return !namedLater(place, at) && (text[next] === "}" || text[next] === "]" || text.slice(at, next).includes("\n"));
}

/** Whether a mark that ends at `at` closes a text all around: nothing follows it on its line. */
function closesAround({ text, end }: Place, at: number): boolean {
  const next = lookPast(text, at, end);
  return next >= end || isStop(text, next) || text.slice(at, next).includes("\n");
}

function afterComma(
  place: Place,
  level: number,
  next: number,
  { doubtful, odd, closed }: { doubtful: boolean; odd: boolean; closed: boolean },
): boolean {
  const { text, end, frames } = place;
  const frame = frames[level];
  if (next >= end || !frame) return true;
  if (isStop(text, next)) return true;
  if (isCloser(text[next]))
    return doubtful ? goesOn(place, next, true, odd) : text[next] !== ")" || frame.closer === ")";
  if (isComma(text[next])) return !doubtful;
  if (!doubtful && isPartial(text, next, end)) return true;
  const ahead = keyFor(place, level, next);
  if (frame.tree.type === "object") {
    if (ahead) return provenKey(place, level, ahead, doubtful);
    if (!doubtful && closed && isQuote(text[next]) && isWholeText(text, next, end)) return true;
    return !doubtful && (text[next] === "{" || text.startsWith("...", next));
  }
  if (ahead?.quoted && ownerOf(place, level, ahead.key) !== undefined) return true;
  return startsItem(place, frame, next, doubtful, odd);
}

/** Whether a key proves that the structure goes on at a level: by its looks, after a doubtful stretch by being awaited. */
function provenKey(place: Place, level: number, { key, quoted }: KeyAhead, doubtful: boolean): boolean {
  const frame = place.frames[level];
  if (ownerOf(place, level, key) !== undefined) return true;
  if (!frame || doubtful) return frame !== undefined && isOpen(frame) && quoted && frame.wanted.keys.length === 0;
  return quoted || nameIn(frame, key) !== undefined || /^[\p{L}\p{N}_$]+$/u.test(key);
}

const scalarItem =
  /-?\d[\d.eE+-]{0,40}[\s\u00ad\u200b-\u200f\u2060]{0,20}[,，;\]}]|(?:true|false|null|True|False|None)\b/y;

/** Whether an item of a list can begin here. */
function startsItem(place: Place, frame: Frame, next: number, doubtful: boolean, odd: boolean): boolean {
  const { text, end } = place;
  const char = text[next];
  if (isQuote(char)) return !odd || isWholeText(text, next, end);
  if (isOpener(char)) {
    if (!doubtful) return true;
    const ahead = keyAhead(text, skipBlanks(text, next + 1, end), end);
    const item = frame.wanted.item(0);
    if (bracketOf[char ?? ""] === "{") return ahead !== undefined && (item.keys.length === 0 || item.names.size > 0);
    return item.type !== "text";
  }
  scalarItem.lastIndex = next;
  return scalarItem.test(text) || !doubtful;
}

/** Whether the quotation mark here opens a text that ends as texts end, within a few hundred characters. */
export function isWholeText(text: string, at: number, end: number): boolean {
  const close = closingMark(text, at, end);
  if (close === undefined) return true;
  const after = lookPast(text, close + 1, end);
  return after >= end || isComma(text[after]) || isCloser(text[after]) || isQuote(text[after]) || text[after] === ":";
}

/** The first mark that may close the text which opens here, on its line and within a few hundred characters. */
export function closingMark(text: string, at: number, end: number): number | undefined {
  const quote = text[at] ?? '"';
  const closers = quote === '"' ? '"”' : (closersOf[quote] ?? quote);
  const limit = Math.min(end, at + 400);
  let curly = 0;
  for (let next = at + 1; next < limit; next++) {
    const char = text[next] ?? "";
    if (char === "\\") next++;
    else if (char === "\n") return undefined;
    else if (isApostrophe(text, next)) continue;
    else if (quote === '"' && char === "“") curly++;
    else if (char === "”" && curly > 0) curly--;
    else if (closers.includes(char)) return next;
  }
  return undefined;
}

/** Whether an apostrophe stands here within a word. */
export const isApostrophe = (text: string, at: number): boolean =>
  (text[at] === "'" || text[at] === "’") &&
  /[\p{L}\p{N}]/u.test(text[at - 1] ?? "") &&
  /\p{L}/u.test(text[at + 1] ?? "");

/** Whether prose begins here behind an empty line. */
export const isProse = (text: string, from: number, at: number): boolean =>
  /\n\s*\n/.test(text.slice(from, at)) && /^[\p{Lu}\p{Lo}][^:：{}[\]"\n]{10}/u.test(text.slice(at, at + 40));

interface Gap {
  readonly frame: Frame;
  readonly level: number;
  readonly at: number;
  readonly next: number;
  readonly doubtful: boolean;
}

/** Whether the structure goes on although no comma stands here. */
function withoutComma(place: Place, { frame, level, at, next, doubtful }: Gap): boolean {
  const { text, end, frames } = place;
  if (text[next] === "+") return isQuote(text[lookPast(text, next + 1, end)]);
  const apart = next > at;
  const ahead = keyAhead(text, next, end);
  if (ahead?.quoted && ownerOf(place, level, ahead.key) !== undefined) return apart || awaits(frame, ahead.key);
  if (!apart) return false;
  if (!doubtful && level === 0 && isProse(text, at, next)) return true;
  if (frame.tree.type === "object") {
    if (ahead) return (!doubtful && ahead.quoted) || (awaits(frame, ahead.key) && text.slice(at, next).includes("\n"));
    // Adjacent texts are one, as in Python.
    return !doubtful && level === frames.length - 1 && isQuote(text[next]) && isWholeText(text, next, end);
  }
  if (doubtful) return false;
  return (
    (isQuote(text[next]) && isWholeText(text, next, end)) ||
    text[next] === "{" ||
    text[next] === "[" ||
    text.startsWith("...", next)
  );
}
