/** The words of a text that could be identifiers, at most 5,000. */
export function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const [word] of text.matchAll(/[\p{ID_Start}_$][\p{ID_Continue}$]{0,79}/gu)) {
    if (words.size === 5_000) break;
    words.add(word);
  }
  return words;
}

/** A stretch of code on one line, at most `limit` characters long. */
export function oneLine(code: string, limit = 160): string {
  const line = code
    .slice(0, limit * 4)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** Tells the line, counted from 1, of a place in a text; places may be asked for in any order. */
export function lineFinder(text: string): (place: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (place) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** Whether brackets stand within each other deeper than any person writes them, so that a parser would take forever. */
export function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[([{)\]}]/g)) {
    depth = bracket === "(" || bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    if (depth > 400) return true;
  }
  return /(?:<[^;{}<>\n]{0,80}){400}/.test(text);
}
