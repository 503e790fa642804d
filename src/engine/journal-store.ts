import type { Journal } from "./journal.ts";
import { memoryStore } from "./memory-store.ts";
import { recallFrom, requestOf, sentOf } from "./recall.ts";
import type { Call, Operation, Remembering, Store } from "./steps.ts";

interface Circumstances {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly remembering: Readonly<Record<string, Remembering>>;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

/**
 * Runs every call in this process and writes its answer into a journal before the flow sees it. What the journal holds
 * is answered from there, so that a run that was killed goes on where it was.
 */
export function journalStore({ operations, remembering, journal, signal }: Circumstances): Store {
  const recall = recallFrom(journal.records, remembering);
  const kept = Object.entries(operations).map(([name, run]) => [name, remembered(name, run)] as const);
  const calls = memoryStore(Object.fromEntries(kept), signal);
  const effects = memoryStore(operations, signal);

  return {
    begin: calls.begin,
    next: calls.next,
    async apply(effect) {
      const remembered = rememberedAs(effect);
      const request = requestOf(effect, remembered);
      const done = recall.isDone(effect.key, request);
      if (done && !remembered.again) return;
      await effects.apply(effect);
      if (done) return;
      await journal.note({ at: now(), key: effect.key, effect: effect.operation, request });
    },
    async close() {
      try {
        await calls.close();
      } finally {
        await journal.close();
      }
    },
  };

  function rememberedAs({ operation }: Pick<Call, "operation">): Remembering {
    return remembering[operation] ?? {};
  }

  /** The operation as it is answered from the journal, or else done and written down. */
  function remembered(operation: string, run: Operation): Operation {
    const { about = () => null, settles = () => true, recalled } = rememberedAs({ operation });
    return async (input, circumstances) => {
      const { key, lane } = circumstances;
      const call = { key, operation, input, lane };
      const request = requestOf(call, rememberedAs(call));
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
}

const now = () => new Date().toISOString();
