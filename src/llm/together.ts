import type { Delta } from "./provider.ts";

/**
 * Makes one piece of pieces of text that follow each other: what came at once is passed on at once, which costs a busy
 * server a fraction. What came before an error comes before it still.
 */
export function* together(deltas: Iterable<Delta>): Generator<Delta> {
  let held: Delta | undefined;
  try {
    for (const delta of deltas) {
      if (held && held.type !== "tool-call" && held.type === delta.type) {
        held = { type: held.type, text: held.text + delta.text };
        continue;
      }
      if (held) yield held;
      held = delta;
    }
  } catch (error) {
    if (held) yield held;
    throw error;
  }
  if (held) yield held;
}
