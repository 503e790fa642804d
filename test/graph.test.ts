import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breakCycles, runGraph, withIndirect } from "../src/graph.ts";

/** A node's body that is finished by hand, so that a test decides the order. */
function byHand() {
  const open = new Map<string, (value: string) => void>();
  const fail = new Map<string, (error: Error) => void>();
  const seen: Record<string, Record<string, string>> = {};
  const node = (id: string, needed: Record<string, string>) => {
    seen[id] = needed;
    return new Promise<string>((resolve, reject) => {
      open.set(id, resolve);
      fail.set(id, reject);
    });
  };
  const settle = async (act: () => void) => {
    act();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    node,
    seen,
    running: () => [...open.keys()],
    finish: (id: string) =>
      settle(() => {
        open.get(id)?.(id.toUpperCase());
        open.delete(id);
      }),
    fail: (id: string) =>
      settle(() => {
        fail.get(id)?.(new Error(`no ${id}`));
        open.delete(id);
      }),
  };
}

describe("runGraph", () => {
  it("starts a node as soon as all it needs is done, and shows it nothing else", async () => {
    const hand = byHand();
    const run = runGraph({ needs: { a: [], b: [], c: ["a"], d: ["a", "b"] }, node: hand.node });
    expect(hand.running()).toEqual(["a", "b"]);
    await hand.finish("a");
    expect(hand.running()).toEqual(["b", "c"]);
    await hand.finish("b");
    expect(hand.running()).toEqual(["c", "d"]);
    await hand.finish("d");
    await hand.finish("c");
    expect(await run).toEqual({ results: { a: "A", b: "B", c: "C", d: "D" }, failed: {}, skipped: {} });
    expect(hand.seen).toEqual({ a: {}, b: {}, c: { a: "A" }, d: { a: "A", b: "B" } });
  });

  it("runs no more than the limit at once, the longest chain first", async () => {
    const hand = byHand();
    const run = runGraph({
      needs: { lone: [], end: ["middle"], middle: ["start"], start: [] },
      limit: 1,
      node: hand.node,
    });
    const order: string[] = [];
    for (let i = 0; i < 4; i++) {
      const [id = ""] = hand.running();
      expect(hand.running()).toHaveLength(1);
      order.push(id);
      await hand.finish(id);
    }
    await run;
    expect(order).toEqual(["start", "middle", "lone", "end"]);
  });

  it("goes on with what does not depend on a failure and says what was skipped for what", async () => {
    const hand = byHand();
    const run = runGraph({ needs: { a: [], b: ["a"], c: ["b"], d: [] }, node: hand.node });
    await hand.fail("a");
    await hand.finish("d");
    const { results, failed, skipped } = await run;
    expect(results).toEqual({ d: "D" });
    expect(failed).toEqual({ a: new Error("no a") });
    expect(skipped).toEqual({ b: "a", c: "b" });
  });

  it("reports each level once, in order, when everything up to it is settled", async () => {
    const hand = byHand();
    const waves: [number, string[]][] = [];
    const run = runGraph({
      needs: { a: [], b: [], c: ["a"], d: ["b"] },
      node: hand.node,
      wave: (results, level) => void waves.push([level, Object.keys(results)]),
    });
    await hand.finish("a");
    await hand.finish("c");
    expect(waves).toEqual([]);
    await hand.finish("b");
    expect(waves).toEqual([[0, ["a", "b"]]]);
    await hand.fail("d");
    await run;
    expect(waves).toEqual([
      [0, ["a", "b"]],
      [1, ["c"]],
    ]);
  });

  it("rejects when a level's report throws", async () => {
    const failing = () => {
      throw new Error("disk full");
    };
    await expect(runGraph({ needs: { a: [] }, node: async (id) => id, wave: failing })).rejects.toThrow("disk full");
  });

  it("ends at once when there is nothing to do", async () => {
    expect(await runGraph({ needs: {}, node: async (id) => id })).toEqual({ results: {}, failed: {}, skipped: {} });
  });

  it("is not confused by nodes named like members of every object", async () => {
    const { results } = await runGraph({
      needs: { constructor: [], toString: ["constructor"] },
      node: async (id) => id,
    });
    expect(Object.keys(results)).toEqual(["constructor", "toString"]);
  });
});

describe("breakCycles", () => {
  const cases: [string, Record<string, string[]>, Record<string, string[]>, { from: string; to: string }[]][] = [
    ["keeps a graph without circles", { a: ["b"], b: [] }, { a: ["b"], b: [] }, []],
    ["gives up one side of a pair", { a: ["b"], b: ["a"] }, { a: ["b"], b: [] }, [{ from: "b", to: "a" }]],
    [
      "gives up one edge of a ring",
      { a: ["b"], b: ["c"], c: ["a"] },
      { a: ["b"], b: ["c"], c: [] },
      [{ from: "c", to: "a" }],
    ],
    ["drops itself and the unknown silently", { a: ["a", "x"] }, { a: [] }, []],
    ["names a dependency once", { a: ["b", "b"], b: [] }, { a: ["b"], b: [] }, []],
  ];
  it.each(cases)("%s", (_name, needs, kept, broken) => {
    expect(breakCycles(needs)).toEqual({ needs: kept, broken });
  });

  it("leaves a graph that always runs to its end, in an order that respects it", async () => {
    const ids = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const graphs = fc.dictionary(ids, fc.array(ids, { maxLength: 4 }), { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 3 }), async (wild, limit) => {
        const { needs } = breakCycles(wild);
        const done: string[] = [];
        const node = async (id: string) => void done.push(id);
        await runGraph({ needs, limit, node });
        expect(done.toSorted()).toEqual(Object.keys(wild).toSorted());
        for (const [id, wanted] of Object.entries(needs)) {
          for (const need of wanted) expect(done.indexOf(need)).toBeLessThan(done.indexOf(id));
        }
      }),
      { numRuns: 200 },
    );
  });
});

it("knows what a node needs through others, each once", () => {
  expect(withIndirect({ a: [], b: ["a"], c: ["b"], d: ["c", "a"] })).toEqual({
    a: [],
    b: ["a"],
    c: ["a", "b"],
    d: ["a", "b", "c"],
  });
});
