import type { Place } from "./find.ts";

/** So many lines of a file are shown to whoever has to look again. */
const most = 12;

/** The lines of the file that have most in common with the search text, rare words counting more; empty if nothing has. */
export function nearestLines(lines: readonly string[], search: readonly string[]): string {
  const wanted = new Set(search.flatMap(wordsOf));
  const shared = lines.map((line) => [...new Set(wordsOf(line))].filter((word) => wanted.has(word)));
  const counts = new Map<string, number>();
  for (const word of shared.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const scores = shared.map((words) => words.reduce((sum, word) => sum + weight(word) / (counts.get(word) ?? 1), 0));
  if (!scores.some((score) => score > 0)) return "";

  const length = Math.min(most, Math.max(1, search.length));
  let score = 0;
  let best = { start: 0, score: 0 };
  for (const [at, one] of scores.entries()) {
    score += one - (scores[at - length] ?? 0);
    // sums of fractions drift, and the first of equal windows is to win
    if (score > best.score + 1e-9) best = { start: Math.max(0, at - length + 1), score };
  }
  const around = Math.min(2, Math.floor((most - length) / 2));
  return numbered(lines, best.start - around, best.start + length + around);
}

/** The first lines of several places with what stands around them, so that they can be told apart. */
export function linesAround(lines: readonly string[], places: readonly Place[]): string {
  return places
    .slice(0, 3)
    .map(({ start }) => numbered(lines, start - 2, start + 2))
    .join("\n...\n");
}

/** Words, and single marks; scripts without spaces count by the character. */
const wordsOf = (line: string): string[] =>
  line
    .slice(0, longest)
    .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

const weight = (word: string) => (/[\p{L}\p{N}]/u.test(word) ? 1 : 0.1);

const longest = 400;

const numbered = (lines: readonly string[], from: number, to: number) =>
  lines
    .slice(Math.max(0, from), to)
    .map((line, index) => {
      const shown = line.length > longest ? `${line.slice(0, longest)}…` : line;
      return `${Math.max(0, from) + index + 1}: ${shown}`;
    })
    .join("\n");
