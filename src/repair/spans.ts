/** A stretch of text that may be a JSON object or list; `closed` is false where the text ended first. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly closed: boolean;
  /** For a stretch without an end: whether the text ended within a string. */
  readonly inString: boolean;
}

// What can follow the bracket that opens an object or a list, so that a bracket in a sentence is not taken for one.
const opening =
  /(?:\{[\s\u200b-\u200f\u2060]{0,200}(?:["'`“‘„「＂{[}｛,\\#]|\/[/*]|&(?:quot|apos|#34|#39|#x22|#x27);|\*\*|\.\.\.|[\p{L}_$][\p{L}\p{N}_$ .-]{0,80}["']?\s{0,20}(?:[:：]|=>?)|<!--|\\[nrt])|\[[\s\u200b-\u200f\u2060]{0,200}(?:["'`“‘„「＂{[\](｛\\#]|\/[/*]|&quot;|[-+.]?\d|(?:true|false|null|True|False|None)\b)|[｛［])/iuy;

/** Whether a JSON object or list can begin here. */
export function opensJson(text: string, at: number): boolean {
  opening.lastIndex = at;
  return opening.test(text);
}

const special = /["\\{}[\]｛｝［］]/g;

/** The outermost bracketed stretches of a text, found in one pass; brackets within strings do not count. */
export function jsonSpans(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  let depth = 0;
  let inString = false;
  special.lastIndex = 0;
  for (let match = special.exec(text); match; match = special.exec(text)) {
    const [char] = match;
    if (depth === 0) {
      if (!opensJson(text, match.index)) continue;
      start = match.index;
      depth = 1;
    } else if (char === "\\") {
      if (inString) special.lastIndex++;
    } else if (char === '"') inString = !inString;
    else if (inString) continue;
    else if ("{[｛［".includes(char)) depth++;
    else if (--depth === 0) spans.push({ start, end: match.index + 1, closed: true, inString: false });
  }
  if (depth > 0) spans.push({ start, end: text.length, closed: false, inString });
  return spans;
}
