import type { Json } from "./engine/steps.ts";
import type { Message } from "./message.ts";

/** The documents of a run as they stand: by kind and subject, the newest of each. */
export interface Memory {
  remember(message: Message): void;
  /** Every subject of a kind, in the order in which the subjects first appeared. */
  all(kind: string): Record<string, Json>;
  everything(): Record<string, Record<string, Json>>;
}

/** An empty memory. */
export function createMemory(): Memory {
  const shelves = new Map<string, Map<string, Json>>();
  return {
    remember({ kind, subject, document }) {
      const shelf = shelves.get(kind) ?? new Map<string, Json>();
      shelves.set(kind, shelf.set(subject, document));
    },
    all: (kind) => Object.fromEntries(shelves.get(kind) ?? []),
    everything: () => Object.fromEntries([...shelves].map(([kind, shelf]) => [kind, Object.fromEntries(shelf)])),
  };
}
