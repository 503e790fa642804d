import { describe, expect, it } from "vitest";
import { execute } from "../../src/engine/execute.ts";
import { memoryStore } from "../../src/engine/memory-store.ts";
import type { Call, Done, Flow, Json, Store } from "../../src/engine/steps.ts";

const signal = new AbortController().signal;

/** A store whose answers arrive in a given order, whatever was asked first; it remembers what the flow asked. */
function orderedStore(order: readonly string[]) {
  const log: string[] = [];
  const asked = new Map<string, Call>();
  const left = [...order];
  const store: Store = {
    async begin(call) {
      log.push(`begin ${call.key}`);
      asked.set(call.key, call);
    },
    async next(): Promise<Done> {
      const key = left.shift() ?? "";
      expect([...asked.keys()]).toContain(key);
      log.push(`answer ${key}`);
      return { key, answer: `answer to ${key}` };
    },
    async apply({ key }) {
      log.push(`apply ${key}`);
    },
    async close() {
      log.push("close");
    },
  };
  return { store, log };
}

const twoChains: Flow<Json, Json> = async (steps) => {
  const chain = async (name: string) => {
    const first = await steps.call(`${name}/1`, "echo", null);
    steps.apply(`${name}/written`, "write", first);
    return steps.call(`${name}/2`, "echo", null);
  };
  return Promise.all([chain("a"), chain("b")]);
};

describe("execute", () => {
  it("hands out one answer at a time and lets the flow ask before the next", async () => {
    const { store, log } = orderedStore(["b/1", "a/1", "a/2", "b/2"]);
    expect(await execute(twoChains, null, store)).toEqual(["answer to a/2", "answer to b/2"]);
    expect(log).toEqual([
      "begin a/1",
      "begin b/1",
      "answer b/1",
      "apply b/written",
      "begin b/2",
      "answer a/1",
      "apply a/written",
      "begin a/2",
      "answer a/2",
      "answer b/2",
      "close",
    ]);
  });

  it("makes the last effects true before it ends", async () => {
    const { store, log } = orderedStore([]);
    await execute(async (steps) => steps.apply("last", "write", null), null, store);
    expect(log).toEqual(["apply last", "close"]);
  });

  it("refuses a key that was used before", async () => {
    const { store } = orderedStore(["x"]);
    const flow: Flow<Json, Json> = async (steps) => [
      await steps.call("x", "echo", 1),
      await steps.call("x", "echo", 2),
    ];
    await expect(execute(flow, null, store)).rejects.toThrow("the key x was used twice in one run");
  });

  it("notices a flow that waits for anything else", async () => {
    const { store } = orderedStore([]);
    await expect(execute(() => new Promise(() => {}), null, store)).rejects.toThrow("not one of its steps");
  });

  it("throws what the flow throws, after the calls under way are done", async () => {
    const { store, log } = orderedStore([]);
    const flow: Flow<Json, Json> = async (steps) => {
      void steps.call("slow", "echo", null);
      throw new Error("a bug");
    };
    await expect(execute(flow, null, store)).rejects.toThrow("a bug");
    expect(log).toEqual(["begin slow", "close"]);
  });
});

describe("memoryStore", () => {
  it("runs calls at once, effects in order, and passes key, lane and input", async () => {
    const seen: string[] = [];
    const operations = {
      async echo(input: Json, { key, lane }: { key: string; lane: string }) {
        seen.push(`${key} on ${lane}`);
        return { echoed: input };
      },
      async write(input: Json) {
        seen.push(`wrote ${String(input)}`);
        return null;
      },
    };
    const flow: Flow<Json, Json> = async (steps) => {
      const both = Promise.all([steps.call("a", "echo", 1, "fast"), steps.call("b", "echo", 2, "slow")]);
      steps.apply("w1", "write", "one");
      steps.apply("w2", "write", "two");
      return both;
    };
    expect(await execute(flow, null, memoryStore({ operations }, signal))).toEqual([{ echoed: 1 }, { echoed: 2 }]);
    expect(seen).toEqual(["a on fast", "b on slow", "wrote one", "wrote two"]);
  });

  it("ends the run when an operation throws, because that is a bug", async () => {
    const broken = async () => {
      throw new TypeError("undefined is not a function");
    };
    const flow: Flow<Json, Json> = (steps) => steps.call("a", "broken", null);
    await expect(execute(flow, null, memoryStore({ operations: { broken } }, signal))).rejects.toThrow(TypeError);
    await expect(execute(flow, null, memoryStore({ operations: {} }, signal))).rejects.toThrow(
      "no operation is registered under the name broken",
    );
  });

  it("lets a call wait for the effects before it, unless it is independent of them", async () => {
    const seen: string[] = [];
    const operations = {
      async ask(_: Json, { key }: { key: string }) {
        seen.push(key);
        return null;
      },
      async look(_: Json, { key }: { key: string }) {
        seen.push(key);
        return null;
      },
      async write(input: Json) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(`wrote ${String(input)}`);
        return null;
      },
    };
    const flow: Flow<Json, Json> = async (steps) => {
      steps.apply("w1", "write", "one");
      const looked = steps.call("look", "look", null);
      await steps.call("ask", "ask", null);
      await looked;
      steps.apply("w2", "write", "two");
      return "done";
    };
    const traits = { ask: { independent: true } };
    expect(await execute(flow, null, memoryStore({ operations, traits }, signal))).toBe("done");
    expect(seen).toEqual(["ask", "wrote one", "look", "wrote two"]);
  });

  it("ends the run when an effect fails, with nothing made after it, be it the last thing of a run", async () => {
    const made: Json[] = [];
    const operations = {
      async write(input: Json) {
        if (input === "bad") throw new Error("the disk is full");
        made.push(input);
        return null;
      },
      ask: () => new Promise<Json>((resolve) => setTimeout(() => resolve("answer"), 20)),
    };
    const traits = { ask: { independent: true } };
    const flow = (ask: boolean): Flow<Json, Json> => {
      return async (steps) => {
        for (const input of ["good", "bad", "never"]) steps.apply(input, "write", input);
        return ask ? steps.call("ask", "ask", null) : null;
      };
    };
    for (const ask of [true, false]) {
      const run = execute(flow(ask), null, memoryStore({ operations, traits }, signal));
      await expect(run).rejects.toThrow("the disk is full");
    }
    expect(made).toEqual(["good", "good"]);
  });
});
