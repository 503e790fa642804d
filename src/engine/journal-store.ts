import type { Journal } from "./journal.ts";
import { memoryStore } from "./memory-store.ts";
import { recallFrom, requestOf, sentOf } from "./recall.ts";
import type { Operation, Store, Traits } from "./steps.ts";

interface Circumstances {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly traits: Readonly<Record<string, Traits>>;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

/**
 * Runs every call in this process and writes its answer into a journal before the flow sees it. What the journal holds
 * is answered from there, so that a run that was killed goes on where it was.
 */
export function journalStore({ operations, traits, journal, signal }: Circumstances): Store {
  const recall = recallFrom(journal.records, traits);
  const each = (wrapped: (name: string, run: Operation) => Operation) =>
    Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, wrapped(name, run)]));
  const store = memoryStore({ operations: each(remembered), effects: each(once), traits }, signal);
  return {
    ...store,
    async close() {
      try {
        await store.close();
      } finally {
        await journal.close();
      }
    },
  };

  /** The operation as it is answered from the journal, or else done and written down. */
  function remembered(operation: string, run: Operation): Operation {
    const { about = () => null, settles = () => true, recalled } = traits[operation] ?? {};
    return async (input, circumstances) => {
      const { key, lane } = circumstances;
      const call = { key, operation, input, lane };
      const request = requestOf(input, traits[operation]);
      const known = recall.answerTo(call, request);
      if (known !== undefined) {
        await recalled?.(call, known);
        return known;
      }
      const answer = await run(input, circumstances);
      await journal.append({
        ...{ at: now(), key, operation, lane, request, sent: sentOf(call) },
        ...{ settled: settles(answer, input), about: about(input), answer },
      });
      return answer;
    };
  }

  /** The effect, made and noted down unless it was before. */
  function once(operation: string, run: Operation): Operation {
    return async (input, circumstances) => {
      const { key } = circumstances;
      const request = requestOf(input, traits[operation]);
      const done = recall.isDone(key, request);
      if (done && !traits[operation]?.again) return null;
      const made = await run(input, circumstances);
      if (!done) await journal.note({ at: now(), key, effect: operation, request });
      return made;
    };
  }
}

const now = () => new Date().toISOString();
