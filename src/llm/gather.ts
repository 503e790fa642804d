import type { Delta } from "./provider.ts";

/**
 * Collects pieces that come together, and makes one of those of a text that follow each other: what came at once is passed
 * on at once, which costs a busy server a fraction.
 */
export function gatherPieces(): { add(deltas: readonly Delta[]): void; readonly all: readonly Delta[] } {
  const all: Delta[] = [];
  const add = (delta: Delta) => {
    const last = all.at(-1);
    if (last && last.type !== "tool-call" && last.type === delta.type)
      all[all.length - 1] = { type: last.type, text: last.text + delta.text };
    else all.push(delta);
  };
  return { add: (deltas) => deltas.forEach(add), all };
}
