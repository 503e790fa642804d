/** Removes the common indentation and the outer blank lines of a template; inserted text keeps its own lines. */
export function dedent(strings: TemplateStringsArray, ...values: unknown[]): string {
  const margin = Math.min(
    ...strings
      .join("")
      .split("\n")
      .slice(1)
      .filter((line) => line.trim() !== "")
      .map((line) => line.length - line.trimStart().length),
  );
  const outdent = (text: string) =>
    text.replace(new RegExp(`\n {0,${Number.isFinite(margin) ? margin : 0}}`, "g"), "\n");
  return strings
    .map((text, index) => outdent(text) + (index < values.length ? String(values[index]) : ""))
    .join("")
    .trim();
}

/** How many edits (insert, delete, replace, swap) turn one word into the other. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const at = (y: number, x: number) => (y === i ? row[x] : rows[y]?.[x]) ?? 0;
      let best = Math.min(at(i, j - 1) + 1, at(i - 1, j) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/** The known word that was probably meant, if one is near enough: one edit for short words, up to three for long ones. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const [best] = [...known]
    .map((name) => ({ name, edits: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.min(3, Math.ceil(word.length / 3)) ? best.name : undefined;
}

/** How many characters at the end of a text may be the beginning of the word. */
export function begunAtEnd(text: string, word: string): number {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(word.slice(0, length))) return length;
  }
  return 0;
}

/** A moment in ISO 8601 for people: 2026-01-31 23:59 UTC. */
export const minuteOf = (time: string): string => `${time.slice(0, 16).replace("T", " ")} UTC`;
