import { stripVTControlCharacters } from "node:util";

/** Keeps the beginning and the end of a text that arrives in pieces, within a number of characters. */
export function keepEnds(limit: number): { add(piece: string): void; text(): string } {
  const half = Math.floor(limit / 2);
  let head = "";
  let tail = "";
  let length = 0;
  return {
    add(piece) {
      length += piece.length;
      const room = half - head.length;
      head += piece.slice(0, room);
      if (piece.length > room) tail = (tail + piece.slice(room)).slice(-half);
    },
    text: () =>
      length <= head.length + tail.length
        ? head + tail
        : `${head}\n[... ${length - head.length - tail.length} characters left out ...]\n${tail}`,
  };
}

/** What a terminal would show at the end: without colours, control characters and lines that were written over. */
export function forPeople(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1))
    .join("\n")
    .replace(unseen, "");
}

/** Controls, halves of characters, and marks that turn the direction of what follows. */
const unseen = /[^\P{Cc}\n\t]|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/gu;
