import type { Call, Flow, Json, Steps, Store } from "./steps.ts";

/**
 * Runs a flow over a store. The flow gets one answer at a time and comes to rest in between, so the order of
 * its calls follows from the order of answers alone: replaying by key and replaying by order are both exact.
 */
export async function execute<I, O>(flow: Flow<I, O>, input: I, store: Store): Promise<O> {
  const claimed = new Set<string>();
  const waiting = new Map<string, (answer: Json) => void>();
  let asked: { call: Call; effect: boolean }[] = [];

  const claim = (call: Call, effect: boolean) => {
    if (claimed.has(call.key)) throw new Error(`the key ${call.key} was used twice in one run`);
    claimed.add(call.key);
    asked.push({ call, effect });
  };
  const steps: Steps = {
    call(key, operation, input, lane = "") {
      claim({ key, operation, input, lane }, false);
      return new Promise((resolve) => waiting.set(key, resolve));
    },
    apply(key, operation, input) {
      claim({ key, operation, input, lane: "" }, true);
    },
  };

  let outcome: { value: O } | { error: unknown } | undefined;
  flow(steps, input).then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  try {
    for (;;) {
      await rest();
      for (const { call, effect } of drain()) await (effect ? store.apply(call) : store.begin(call));
      if (outcome) break;
      if (waiting.size === 0) throw new Error("the flow waits for something that is not one of its steps");
      const done = await store.next();
      waiting.get(done.key)?.(done.answer);
      waiting.delete(done.key);
    }
  } finally {
    await store.close();
  }
  if ("error" in outcome) throw outcome.error;
  return outcome.value;

  function drain() {
    const batch = asked;
    asked = [];
    return batch;
  }
}

/** Lets every microtask run: afterwards the flow can only be waiting for a step. */
const rest = () => new Promise<void>((resolve) => setImmediate(resolve));
