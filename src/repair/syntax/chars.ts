/** Characters that open a text in some language or keyboard, with all that may close it. */
export const closersOf: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'’",
  "`": "`",
  "“": '”“"',
  "”": '”"',
  "‘": "’‘'",
  "„": '“”"',
  "«": "»",
  "「": "」",
  "『": "』",
  "＂": '＂"',
  "＇": "＇'",
};

// Asked at nearly every character, so each class is one bit in a table.
const classes = new Uint8Array(0x10000);
const [quoteBit, openerBit, closerBit, commaBit] = [1, 2, 4, 8];
const isIn = (char: string | undefined, bit: number): boolean =>
  char !== undefined && ((classes[char.charCodeAt(0)] ?? 0) & bit) !== 0;

export const isQuote = (char: string | undefined): boolean => isIn(char, quoteBit);

/** Brackets of any width as JSON's own; a round one as a list's. */
export const bracketOf: Readonly<Record<string, "{" | "[" | "}" | "]">> = {
  "{": "{",
  "[": "[",
  "}": "}",
  "]": "]",
  "｛": "{",
  "［": "[",
  "｝": "}",
  "］": "]",
  "【": "[",
  "】": "]",
  "(": "[",
  ")": "]",
};

export const isOpener = (char: string | undefined): boolean => isIn(char, openerBit);

export const isCloser = (char: string | undefined): boolean => isIn(char, closerBit);

export const isComma = (char: string | undefined): boolean => isIn(char, commaBit);

function classify(chars: Iterable<string>, bit: number): void {
  for (const char of chars) classes[char.charCodeAt(0)] = (classes[char.charCodeAt(0)] ?? 0) | bit;
}
classify(Object.keys(closersOf), quoteBit);
classify(",，;；、", commaBit);
for (const [char, bracket] of Object.entries(bracketOf)) classify(char, "{[".includes(bracket) ? openerBit : closerBit);

/** Whether a character separates and is none that JSON or a keyboard's half-width set knows. */
export const isFullWidth = (char: string): boolean => char.charCodeAt(0) > 127;

/** White space of JSON, of other languages, and characters without a width. */
export function isBlank(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  if (code < 160) return false;
  return (
    code === 160 ||
    code === 0xad ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200f) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x2060 ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** The first place from `at` on that is not blank. */
export function skipBlanks(text: string, at: number, end: number): number {
  let next = at;
  while (next < end) {
    const code = text.charCodeAt(next);
    if (isBlank(code)) next++;
    else if (code === 92 && isEscapedBlank(text, next)) next += 2;
    else break;
  }
  return next;
}

const escapedBlank = /(?:\\[nrt])+(?=[\s"'{}[\],:]|$)/y;

/** Whether a line break stands here as JSON writes it within a text: `\n`. */
function isEscapedBlank(text: string, at: number): boolean {
  escapedBlank.lastIndex = at;
  return escapedBlank.test(text);
}

const commentStart = /\/\/|#|\/\*|<!--|--(?=\s)/y;

/**
 * The end of the comment that begins here; undefined where none does. One that never ends is none when looking ahead
 * (`bound` characters at most), and reaches to the end when reading.
 */
export function commentEnd(
  text: string,
  at: number,
  end: number,
  bound = Number.POSITIVE_INFINITY,
): number | undefined {
  const char = text.charCodeAt(at);
  // / # < -
  if (char !== 47 && char !== 35 && char !== 60 && char !== 45) return undefined;
  commentStart.lastIndex = at;
  const opening = commentStart.exec(text)?.[0];
  if (opening === undefined) return undefined;
  const close = opening === "/*" ? "*/" : opening === "<!--" ? "-->" : "\n";
  const limit = Math.min(end, at + bound);
  const found = indexWithin(text, close, at + opening.length, limit);
  if (found !== undefined) return close === "\n" ? found : found + close.length;
  return limit < end ? undefined : end;
}

/** The place of a short text between `from` and `end`; looks no further. */
function indexWithin(text: string, wanted: string, from: number, end: number): number | undefined {
  const first = wanted.charCodeAt(0);
  for (let at = from; at + wanted.length <= end; at++) {
    if (text.charCodeAt(at) === first && (wanted.length === 1 || text.startsWith(wanted, at))) return at;
  }
  return undefined;
}

const lookAhead = 200;

/** The first place from `at` on that is neither blank nor a short comment. */
export function lookPast(text: string, at: number, end: number): number {
  let next = skipBlanks(text, at, end);
  for (let round = 0; round < 4; round++) {
    const after = commentEnd(text, next, end, lookAhead);
    if (after === undefined) return next;
    next = skipBlanks(text, after, end);
  }
  return next;
}
