import type { Call, Done, Operation, Store, Traits } from "./steps.ts";

/** What a store runs. */
export interface Operations {
  readonly operations: Readonly<Record<string, Operation>>;
  /** The same for effects, where they are made in another way than calls. */
  readonly effects?: Readonly<Record<string, Operation>>;
  readonly traits?: Readonly<Record<string, Traits>>;
}

/** Runs every call in this process and remembers nothing beyond it. Effects are made true in order, one by one. */
export function memoryStore({ operations, effects = operations, traits = {} }: Operations, signal: AbortSignal): Store {
  const running = new Set<Promise<void>>();
  const arrived: (Done | { failure: unknown })[] = [];
  let made: Promise<unknown> = Promise.resolve();
  let wake: (() => void) | undefined;

  const arrive = (done: Done | { failure: unknown }) => {
    arrived.push(done);
    wake?.();
  };
  const fail = (failure: unknown) => arrive({ failure });
  const bodyOf = (of: Readonly<Record<string, Operation>>, operation: string) => {
    const body = of[operation];
    if (!body) throw new Error(`no operation is registered under the name ${operation}`);
    return body;
  };
  const run = async ({ key, operation, input, lane }: Call) => {
    const body = bodyOf(operations, operation);
    if (!traits[operation]?.independent) await made;
    return { key, answer: await body(input, { key, lane, signal }) };
  };

  return {
    async begin(call) {
      const task = run(call)
        .then(arrive, fail)
        .finally(() => running.delete(task));
      running.add(task);
    },
    async next() {
      while (arrived.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const done = arrived.shift() as Done | { failure: unknown };
      if ("failure" in done) throw done.failure;
      return done;
    },
    async apply({ key, operation, input, lane }) {
      made = made.then(() => bodyOf(effects, operation)(input, { key, lane, signal }));
      made.catch(fail);
    },
    async close() {
      await Promise.all(running);
      await made;
    },
  };
}
