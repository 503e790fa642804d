import { nearest } from "../../text.ts";

/** `a, b and c`, at most `limit` of them. */
export function listed(names: readonly string[], limit = 8): string {
  const shown = names.slice(0, limit);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}` : (shown[0] ?? "nothing");
}

/** Of many names the one that was probably meant: as a slip of the pen makes it, of nearly the same length. */
export function meant(word: string, known: Iterable<string>): string | undefined {
  if (word.length > 80) return undefined;
  const alike = [...known].filter(({ length }) => Math.abs(length - word.length) <= 3);
  return nearest(word, alike.slice(0, 300));
}
