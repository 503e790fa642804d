import { describe, expect, it } from "vitest";
import { createLimits, type Leave } from "../../../src/llm/call/limits.ts";
import type { RateLimits } from "../../../src/llm/deployment.ts";

/** Time that passes when a test says so. */
function fakeTime() {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const alarms = new Set<{ at: number; ring: () => void }>();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    alarms,
    settled,
    clock: () => now,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const ring = () => {
          alarms.delete(alarm);
          resolve();
        };
        const alarm = { at: now + ms, ring };
        alarms.add(alarm);
        signal.addEventListener("abort", ring, { once: true });
      }),
    async pass(seconds: number) {
      const end = now + seconds * 1000;
      for (;;) {
        const [next] = [...alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        now = Math.max(now, next.at);
        next.ring();
        await settled();
      }
      now = end;
      await settled();
    },
  };
}

/** A deployment and the calls that have been let in, by name. */
function open(options: RateLimits) {
  const time = fakeTime();
  const limits = createLimits(options, time);
  const entered: string[] = [];
  const leaves = new Map<string, Leave>();
  const call = async (name: string, tokens = 0, signal = new AbortController().signal) => {
    const leave = await limits.enter(tokens, signal);
    entered.push(name);
    leaves.set(name, leave);
  };
  return {
    ...time,
    limits,
    entered,
    hear: (status: number, headers: Record<string, string>) => limits.hear(status, new Headers(headers)),
    async calls(...names: readonly (string | [name: string, tokens: number])[]) {
      for (const name of names) void (typeof name === "string" ? call(name) : call(...name));
      await time.settled();
    },
    /** A call that can be ended; what becomes of it. */
    async callEndedBy(name: string, signal: AbortSignal, tokens = 0) {
      const outcome = call(name, tokens, signal).then(
        () => "entered",
        (error: unknown) => error,
      );
      await time.settled();
      return { outcome };
    },
    async leave(name: string, usedTokens?: number) {
      leaves.get(name)?.(usedTokens);
      await time.settled();
    },
  };
}

it("without limits nobody waits", async () => {
  const { limits, calls, entered, alarms } = open({});
  await calls("a", "b", ["c", 1_000_000]);
  expect({ entered, waiting: limits.waiting, alarms: alarms.size }).toEqual({
    entered: ["a", "b", "c"],
    waiting: 0,
    alarms: 0,
  });
});

describe("calls at once", () => {
  it("the next one goes when one leaves, in order of arrival and without a timer", async () => {
    const { limits, calls, leave, entered, alarms } = open({ concurrency: 2 });
    await calls("a", "b", "c", "d", "e");
    expect({ entered, waiting: limits.waiting }).toEqual({ entered: ["a", "b"], waiting: 3 });
    await leave("b");
    await leave("a");
    expect(entered).toEqual(["a", "b", "c", "d"]);
    await calls("f");
    await leave("c");
    expect({ entered, waiting: limits.waiting }).toEqual({ entered: ["a", "b", "c", "d", "e"], waiting: 1 });
    expect(alarms.size).toBe(0);
  });

  it("leaving twice frees one place", async () => {
    const { calls, leave, entered } = open({ concurrency: 1 });
    await calls("a", "b", "c");
    await leave("a");
    await leave("a");
    expect(entered).toEqual(["a", "b"]);
  });

  it("fifty calls at once are never more than four", async () => {
    const limits = createLimits({ concurrency: 4 });
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    const call = async (number: number) => {
      const leave = await limits.enter(0, new AbortController().signal);
      order.push(number);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, number % 3));
      inside -= 1;
      leave();
    };
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    await Promise.all(numbers.map(call));
    expect({ most, inside, order, waiting: limits.waiting }).toEqual({
      most: 4,
      inside: 0,
      order: numbers,
      waiting: 0,
    });
  });
});

describe("in a minute", () => {
  it("requests count for sixty seconds from their beginning", async () => {
    const { calls, pass, entered } = open({ requestsPerMinute: 2 });
    await calls("a");
    await pass(20);
    await calls("b", "c", "d", "e");
    await pass(39.999);
    expect(entered).toEqual(["a", "b"]);
    await pass(0.001);
    expect(entered).toEqual(["a", "b", "c"]);
    await pass(20);
    expect(entered).toEqual(["a", "b", "c", "d"]);
    await pass(40);
    expect(entered).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("tokens do too, and a small call does not overtake a large one", async () => {
    const { calls, pass, entered } = open({ tokensPerMinute: 1000 });
    await calls(["a", 600], ["b", 500], ["c", 1]);
    expect(entered).toEqual(["a"]);
    await pass(60);
    expect(entered).toEqual(["a", "b", "c"]);
  });

  it("tokens that were not used are free at once", async () => {
    const { calls, leave, entered, alarms } = open({ tokensPerMinute: 1000 });
    await calls(["a", 900], ["b", 800]);
    expect(entered).toEqual(["a"]);
    await leave("a", 200);
    expect(entered).toEqual(["a", "b"]);
    expect(alarms.size).toBe(0);
  });

  it("tokens that were used beyond the estimate count", async () => {
    const { calls, leave, pass, entered } = open({ tokensPerMinute: 1000 });
    await calls(["a", 100]);
    await leave("a", 950);
    await calls(["b", 100]);
    await pass(59);
    expect(entered).toEqual(["a"]);
    await pass(1);
    expect(entered).toEqual(["a", "b"]);
  });

  it("a call of more tokens than a minute has goes when no others count", async () => {
    const { calls, pass, entered } = open({ tokensPerMinute: 1000 });
    await calls(["a", 10], ["huge", 5000], ["b", 10]);
    await pass(59);
    expect(entered).toEqual(["a"]);
    await pass(1);
    expect(entered).toEqual(["a", "huge"]);
    await pass(60);
    expect(entered).toEqual(["a", "huge", "b"]);
  });

  it("nor do those that used nothing", async () => {
    const { calls, leave, entered } = open({ tokensPerMinute: 1000 });
    await calls(["refused", 10], ["huge", 5000]);
    await leave("refused", 0);
    expect(entered).toEqual(["refused", "huge"]);
  });

  it("fifty calls are let in ten a minute", async () => {
    const { limits, calls, pass, entered, alarms } = open({ requestsPerMinute: 10 });
    await calls(...Array.from({ length: 50 }, (_, number) => String(number)));
    for (const minute of [1, 2, 3, 4, 5]) {
      expect(entered).toHaveLength(minute * 10);
      expect(alarms.size).toBe(minute < 5 ? 1 : 0);
      await pass(60);
    }
    expect(entered).toEqual(Array.from({ length: 50 }, (_, number) => String(number)));
    expect(limits.waiting).toBe(0);
  });

  it("all limits count together", async () => {
    const { calls, leave, pass, entered } = open({ concurrency: 1, requestsPerMinute: 2, tokensPerMinute: 100 });
    await calls(["a", 60], ["b", 60], ["c", 10]);
    await pass(60);
    expect(entered).toEqual(["a"]);
    await leave("a");
    expect(entered).toEqual(["a", "b"]);
    await leave("b");
    expect(entered).toEqual(["a", "b", "c"]);
  });
});

describe("a call that is ended", () => {
  it("leaves the queue at once and no hole in it", async () => {
    const { limits, calls, callEndedBy, leave, entered } = open({ concurrency: 1 });
    const caller = new AbortController();
    await calls("a");
    const { outcome } = await callEndedBy("b", caller.signal);
    await calls("c");
    caller.abort();
    expect(await outcome).toMatchObject({ name: "ProviderError", kind: "aborted" });
    expect(limits.waiting).toBe(1);
    await leave("a");
    expect(entered).toEqual(["a", "c"]);
  });

  it("lets those behind it go that fit", async () => {
    const { calls, callEndedBy, settled, entered } = open({ tokensPerMinute: 100 });
    const caller = new AbortController();
    await calls(["a", 50]);
    await callEndedBy("large", caller.signal, 80);
    await calls(["b", 50]);
    expect(entered).toEqual(["a"]);
    caller.abort();
    await settled();
    expect(entered).toEqual(["a", "b"]);
  });

  it("lets nobody in whom the same signal ends", async () => {
    const { limits, calls, callEndedBy, settled, entered, alarms } = open({ tokensPerMinute: 100 });
    const caller = new AbortController();
    await calls(["a", 50]);
    await callEndedBy("large", caller.signal, 80);
    await callEndedBy("small", caller.signal, 10);
    caller.abort();
    await settled();
    expect({ entered, waiting: limits.waiting, alarms: alarms.size }).toEqual({
      entered: ["a"],
      waiting: 0,
      alarms: 0,
    });
  });

  it("does not enter when it is ended before", async () => {
    const { limits, callEndedBy } = open({});
    const { outcome } = await callEndedBy("a", AbortSignal.abort());
    expect(await outcome).toMatchObject({ kind: "aborted" });
    expect(limits.waiting).toBe(0);
  });

  it("keeps its place until it leaves when it is already in", async () => {
    const { calls, callEndedBy, leave, settled, entered } = open({ concurrency: 1 });
    const caller = new AbortController();
    await callEndedBy("a", caller.signal);
    await calls("b");
    caller.abort();
    await settled();
    expect(entered).toEqual(["a"]);
    await leave("a");
    expect(entered).toEqual(["a", "b"]);
  });
});

describe("the server says how long all have to wait", () => {
  it.each<[string, number, Record<string, string>, seconds: number]>([
    ["429 with a wait", 429, { "retry-after": "7" }, 7],
    ["429 with milliseconds", 429, { "retry-after-ms": "300", "retry-after": "9" }, 0.3],
    ["503 with a date", 503, { "retry-after": "Thu, 01 Jan 2026 00:00:05 GMT" }, 5],
    ["429 with an hour", 429, { "retry-after": "3600" }, 60],
    ["429 without a word", 429, {}, 0],
    ["500 with a wait", 500, { "retry-after": "7" }, 0],
    ["an answer with a wait", 200, { "retry-after": "7" }, 0],
    ["no requests left", 200, { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12s" }, 12],
    ["no tokens left", 200, { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "250ms" }, 0.25],
    [
      "the later of two",
      200,
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "2s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "3s",
      },
      3,
    ],
    ["a reset far away", 200, { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" }, 60],
    ["something left", 200, { "x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "12s" }, 0],
    ["a count that is none", 200, { "x-ratelimit-remaining-requests": "-1", "x-ratelimit-reset-requests": "9s" }, 0],
    ["an empty count", 200, { "x-ratelimit-remaining-tokens": "", "x-ratelimit-reset-tokens": "9s" }, 0],
    ["a reset that is none", 200, { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "soon" }, 0],
    ["nothing left, no reset: windows of a minute", 200, { "X-Ratelimit-Remaining-Tokens": "0" }, 60],
    ...["requests", "tokens", "input-tokens", "output-tokens"].map(
      (what): [string, number, Record<string, string>, number] => [
        `Anthropic without ${what}`,
        200,
        {
          [`anthropic-ratelimit-${what}-remaining`]: "0",
          [`anthropic-ratelimit-${what}-reset`]: "2026-01-01T00:00:42Z",
        },
        42,
      ],
    ),
    [
      "a reset in the past",
      200,
      {
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2025-12-31T23:59:00Z",
      },
      0,
    ],
    [
      "429 whose own wait beats the reset",
      429,
      { "retry-after": "2", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" },
      2,
    ],
    ["429 with nothing left", 429, { "X-Ratelimit-Remaining-Requests": "0" }, 60],
  ])("%s", async (_, status, headers, seconds) => {
    const { hear, calls, pass, entered } = open({});
    hear(status, headers);
    await calls("a", "b");
    if (seconds > 0) {
      await pass(seconds - 0.001);
      expect(entered).toEqual([]);
      await pass(0.001);
    }
    expect(entered).toEqual(["a", "b"]);
  });

  it("while they are waiting", async () => {
    const { hear, calls, pass, entered } = open({ requestsPerMinute: 1 });
    await calls("a", "b");
    await pass(50);
    hear(429, { "retry-after": "30" });
    await pass(29);
    expect(entered).toEqual(["a"]);
    await pass(1);
    expect(entered).toEqual(["a", "b"]);
  });

  it("and a later, shorter word does not shorten it", async () => {
    const { hear, calls, pass, entered } = open({});
    hear(429, { "retry-after": "30" });
    hear(200, { "x-ratelimit-remaining-requests": "5" });
    hear(429, { "retry-after": "1" });
    await calls("a");
    await pass(29);
    expect(entered).toEqual([]);
    await pass(1);
    expect(entered).toEqual(["a"]);
  });

  it("by the real clock too", async () => {
    const limits = createLimits({});
    const began = performance.now();
    limits.hear(429, new Headers({ "retry-after-ms": "40" }));
    await limits.enter(1, new AbortController().signal);
    expect(performance.now() - began).toBeGreaterThan(30);
  });
});

it("one timer stands while somebody waits, none when nobody does", async () => {
  const { calls, callEndedBy, hear, pass, settled, alarms, limits } = open({ requestsPerMinute: 1 });
  const caller = new AbortController();
  await calls("a");
  expect(alarms.size).toBe(0);
  await callEndedBy("b", caller.signal);
  await callEndedBy("c", caller.signal);
  hear(429, { "retry-after": "5" });
  await pass(1);
  expect(alarms.size).toBe(1);
  caller.abort();
  await settled();
  expect({ alarms: alarms.size, waiting: limits.waiting }).toEqual({ alarms: 0, waiting: 0 });
});

it("lets a call in at once where it fits and nobody waits, and only there", async () => {
  const limits = createLimits({ concurrency: 1, tokensPerMinute: 100 }, fakeTime());
  expect(limits.enterNow(200)).toBeInstanceOf(Function);
  const free = createLimits({ concurrency: 1, tokensPerMinute: 100 }, fakeTime());
  const leave = free.enterNow(60);
  expect(leave).toBeInstanceOf(Function);
  expect(free.enterNow(0)).toBeUndefined();
  leave?.(60);
  expect(free.enterNow(60)).toBeUndefined();
  const next = free.enterNow(40);
  expect(next).toBeInstanceOf(Function);
  const waiting = free.enter(0, new AbortController().signal);
  next?.(0);
  (await waiting)();
  expect(free.waiting).toBe(0);
});
