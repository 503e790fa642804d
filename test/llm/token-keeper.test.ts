import { expect, it } from "vitest";
import { type Token, tokenKeeper } from "../../src/llm/token-keeper.ts";

/** A keeper whose tokens, `t1` and so on, last ten milliseconds; each fetch waits until it is let go. */
function keeper() {
  const fetches: { signal: AbortSignal; settle: (error?: Error) => void }[] = [];
  const clock = { now: 0 };
  const kept = tokenKeeper(
    (signal) => {
      const value = `t${fetches.length + 1}`;
      return new Promise<Token>((resolve, reject) => {
        fetches.push({
          signal,
          settle: (error) => (error ? reject(error) : resolve({ value, until: clock.now + 10 })),
        });
      });
    },
    () => clock.now,
  );
  return { ...kept, fetches, clock };
}

const forever = new AbortController().signal;

it("ten calls at once fetch one token, which is kept until its time", async () => {
  const { get, fetches, clock } = keeper();
  const ten = Array.from({ length: 10 }, () => get(forever));
  fetches[0]?.settle();
  expect(new Set(await Promise.all(ten))).toEqual(new Set(["t1"]));
  clock.now = 9;
  expect(await get(forever)).toBe("t1");
  clock.now = 10;
  const next = get(forever);
  fetches[1]?.settle();
  expect(await next).toBe("t2");
  expect(fetches.length).toBe(2);
});

it("a refused token is forgotten, a newer one is not", async () => {
  const { get, forget, fetches } = keeper();
  const first = get(forever);
  fetches[0]?.settle();
  forget(await first);
  const second = get(forever);
  fetches[1]?.settle();
  expect(await second).toBe("t2");
  forget("t1");
  expect(await get(forever)).toBe("t2");
  expect(fetches.length).toBe(2);
});

it("a failed fetch fails its calls and no later ones", async () => {
  const { get, fetches } = keeper();
  const both = [get(forever), get(forever)].map((call) => call.catch((error: unknown) => String(error)));
  fetches[0]?.settle(new Error("no"));
  expect(await Promise.all(both)).toEqual(["Error: no", "Error: no"]);
  const later = get(forever);
  fetches[1]?.settle();
  expect(await later).toBe("t2");
});

it("a call that ends leaves the fetch to the others, and the last one ends it", async () => {
  const { get, fetches } = keeper();
  const [first, second] = [new AbortController(), new AbortController()];
  const calls = [first, second].map(({ signal }) => get(signal).catch((error: unknown) => error));
  first.abort(new Error("first"));
  expect(await calls[0]).toEqual(new Error("first"));
  expect(fetches[0]?.signal.aborted).toBe(false);
  second.abort(new Error("second"));
  expect(await calls[1]).toEqual(new Error("second"));
  expect(fetches[0]?.signal.aborted).toBe(true);
  await expect(get(first.signal)).rejects.toThrow("first");
  expect(fetches.length).toBe(1);
});
