import { fold } from "./fold.ts";

export type Container = "{" | "[";

/** Where a string stands: the containers around it, outermost first, and the keys that may be expected. */
export interface Place {
  readonly text: string;
  readonly containers: readonly Container[];
  readonly known: ReadonlySet<string>;
}

/** A string as JSON. `lossy` where its end was guessed, `cut` where the text ended first. */
export interface TidyString {
  readonly json: string;
  readonly end: number;
  readonly lossy: boolean;
  readonly cut: boolean;
}

const closers: Readonly<Record<string, string>> = { '"': '"', "'": "'’", "`": "`", "“": '”“"', "‘": "’‘'" };
const special = /["'`“”‘’\\\p{Cc}]/gu;

/** Whether this character opens a string in some language or keyboard. */
export const isQuote = (char: string | undefined): boolean => char !== undefined && char in closers;

/**
 * Reads the string whose text begins at `from`, opened by `quote`. A quote ends it only where the structure can go on
 * behind it; any other quote is part of the text, as are raw line breaks and unknown escapes.
 */
export function tidyString(place: Place, from: number, quote: string): TidyString {
  const { text } = place;
  const ends = closers[quote] ?? quote;
  const pieces: string[] = [];
  let [begun, doubtful] = [from, false];
  const take = (upTo: number, instead: string, next: number) => {
    pieces.push(text.slice(begun, upTo), instead);
    begun = next;
  };
  const done = (end: number, { lossy = false, cut = false } = {}): TidyString => {
    return { json: `"${pieces.join("")}"`, end, lossy: lossy || cut, cut };
  };

  special.lastIndex = from;
  for (let match = special.exec(text); match; match = special.exec(text)) {
    const [char, at] = [match[0], match.index];
    if (char === "\\") {
      const escaped = tidyEscape(text, at);
      take(at, escaped.json, escaped.end);
      special.lastIndex = escaped.end;
    } else if (char < " ") {
      if (char === "\n" && keyLine(place, at)) {
        const line = text.slice(begun, at).trimEnd();
        take(begun, line.endsWith(",") ? line.slice(0, -1) : line, at);
        return done(at, { lossy: true });
      }
      if (char === "\n") doubtful = true;
      take(at, JSON.stringify(char).slice(1, -1), at + 1);
    } else if (ends.includes(char) && goesOn(place, at + 1, doubtful)) {
      take(at, "", at + 1);
      return done(at + 1);
    } else if (ends.includes(char) || char === '"') {
      doubtful = true;
      take(at, char === '"' ? '\\"' : char, at + 1);
    }
  }
  take(text.length, "", text.length);
  return done(text.length, { cut: true });
}

/** An escape as JSON knows it; an unknown one keeps its backslash as text, one cut off by the end is left out. */
function tidyEscape(text: string, at: number): { json: string; end: number } {
  const next = text[at + 1];
  if (next === undefined) return { json: "", end: at + 1 };
  if ('"\\/bfnrt'.includes(next)) return { json: `\\${next}`, end: at + 2 };
  if (next === "'" || next === "`") return { json: next, end: at + 2 };
  if (next === "\n") return { json: "", end: at + 1 };
  const code = text.slice(at, at + 6);
  if (/^\\u[\da-f]{4}$/i.test(code)) return { json: code, end: at + 6 };
  if (next === "u" && code.length < 6) return { json: "", end: text.length };
  return { json: "\\\\", end: at + 1 };
}

/** Whether the structure around a string can go on at `at`; after a doubtful stretch only a known key proves it. */
function goesOn({ text, containers, known }: Place, at: number, doubtful: boolean): boolean {
  let level = containers.length - 1;
  let next = lookPast(text, at);
  while (isCloser(text[next])) {
    next = lookPast(text, next + 1);
    if (--level < 0) return !doubtful || next >= text.length || "`~<[}]".includes(text[next] ?? "");
  }
  if (next >= text.length) return true;
  const comma = isComma(text[next]);
  if (!comma && next === at) return false;
  if (comma) next = lookPast(text, next + 1);
  if (next >= text.length || isCloser(text[next]) || isComma(text[next])) return true;
  if (comma && !doubtful && isPartial(text, next)) return true;
  if (containers[level] === "{")
    return keyAt(text, next, doubtful ? known : undefined) || (text[next] === "{" && !doubtful);
  return comma ? matches(value, text, next) : !doubtful && matches(openingValue, text, next);
}

const value = /["'`“‘{[｛［]|-?\d[\d.eE+-]{0,40}\s{0,20}[,，;\]}]|(?:true|false|null|True|False|None)\b/y;
const openingValue = /["“{[｛［]/y;
const key = /(?:"([^"\n]{1,80})"|[“'‘`]([^"'’”`\n]{1,80})["'’”`]|([\p{L}_$][\p{L}\w$-]{0,80}))\s{0,20}(?:[:：]|=>?)/uy;
const keyOnNextLine = /\s{0,200}["']([^"'\n]{1,80})["']\s{0,20}[:：]/y;

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Whether a key and its colon stand here; one of these, if given. */
export function keyAt(text: string, at: number, known?: ReadonlySet<string>): boolean {
  key.lastIndex = at;
  const match = key.exec(text);
  return match !== null && (!known?.size || known.has(fold(match[1] ?? match[2] ?? match[3] ?? "")));
}

/** Whether the text ends in the middle of the key or word that begins here. */
export const isPartial = (text: string, at: number): boolean =>
  text.length - at < 100 && /^["'`“‘]?[^"'`{}[\]\n]{0,80}["'`]?\s*$/.test(text.slice(at));

/** Whether the next line is a known member of the object around, so that a string ends here without its quote. */
function keyLine({ text, containers, known }: Place, at: number): boolean {
  if (containers.at(-1) !== "{") return false;
  keyOnNextLine.lastIndex = at;
  const match = keyOnNextLine.exec(text);
  return match !== null && known.has(fold(match[1] ?? ""));
}

export const isCloser = (char: string | undefined): boolean => char !== undefined && "}]｝］".includes(char);
export const isComma = (char: string | undefined): boolean => char !== undefined && ",，;；".includes(char);

const blank = /\s+|\/\/.*|#.*|\/\*[\s\S]{0,2000}?\*\//y;
const blankAhead = /\s+|(?:\/\/|#).{0,200}$|\/\*[\s\S]{0,200}?\*\//my;

/** The first place at or behind `at` that is neither white space nor a comment. */
export const skipBlank = (text: string, at: number): number => past(blank, text, at);

/** The same for looking ahead: long comments do not count, so that looking again and again stays cheap. */
export const lookPast = (text: string, at: number): number => past(blankAhead, text, at);

function past(pattern: RegExp, text: string, at: number): number {
  let end = at;
  for (pattern.lastIndex = at; pattern.test(text); pattern.lastIndex = end) end = pattern.lastIndex;
  return end;
}
