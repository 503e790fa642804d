import type { Call, Done, Operation, Store } from "./steps.ts";

/** Runs every call in this process and remembers nothing beyond it. Effects are made true in order, one by one. */
export function memoryStore(operations: Readonly<Record<string, Operation>>, signal: AbortSignal): Store {
  const running = new Set<Promise<void>>();
  const arrived: (Done | { failure: unknown })[] = [];
  let wake: (() => void) | undefined;

  const arrive = (done: Done | { failure: unknown }) => {
    arrived.push(done);
    wake?.();
  };
  const run = async ({ key, operation, input, lane }: Call) => {
    const body = operations[operation];
    if (!body) throw new Error(`no operation is registered under the name ${operation}`);
    return { key, answer: await body(input, { key, lane, signal }) };
  };

  return {
    async begin(call) {
      const task = run(call)
        .then(arrive, (failure: unknown) => arrive({ failure }))
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
    async apply(effect) {
      await run(effect);
    },
    async close() {
      await Promise.all(running);
    },
  };
}
