import { describe, expect, it } from "vitest";
import { endingOf } from "../../../src/either-signal.ts";
import { type RetryOptions, retrying } from "../../../src/llm/call/retry.ts";
import { type FailureKind, ProviderError } from "../../../src/llm/provider.ts";

interface Fact {
  kind: FailureKind;
  retryAfter?: number;
  shouldRetry?: boolean;
}

/** Fails with the given failures in turn, then succeeds; a single failure fails for ever. */
async function run(failures: readonly Fact[] | Fact, options: Partial<RetryOptions> = {}) {
  const waits: number[] = [];
  let tries = 0;
  const outcome = await retrying<string>(
    async (attempt) => {
      tries += 1;
      expect(attempt).toBe(tries);
      const fact = "kind" in failures ? failures : failures[attempt - 1];
      if (fact) throw new ProviderError(`${fact.kind} ${attempt}`, fact);
      return "answer";
    },
    {
      ended: endingOf(new AbortController().signal),
      random: () => 0,
      sleep: async (ms) => {
        waits.push(ms);
      },
      ...options,
    },
  ).catch((error: unknown) => error);
  return { outcome, tries, waits };
}

describe("how often", () => {
  it.each<[FailureKind, number]>([
    ["network", 5],
    ["server", 5],
    ["rate", 5],
    ["timeout", 2],
    ["truncated", 2],
    ["empty", 2],
    ["quota", 1],
    ["auth", 1],
    ["request", 1],
    ["overflow", 1],
    ["policy", 1],
    ["protocol", 1],
    ["unrecorded", 1],
    ["aborted", 1],
  ])("%s: %i tries (case 89)", async (kind, expected) => {
    const { tries, outcome } = await run({ kind });
    expect(tries).toBe(expected);
    expect(outcome).toMatchObject({ kind });
  });

  it("a server that recovers is not noticed", async () => {
    expect(await run([{ kind: "server" }, { kind: "rate" }])).toMatchObject({ outcome: "answer", tries: 3 });
  });

  it("each kind has its own count, the whole its limit", async () => {
    const mixed: Fact[] = [{ kind: "timeout" }, { kind: "empty" }, { kind: "server" }, { kind: "truncated" }];
    expect(await run(mixed)).toMatchObject({ outcome: "answer", tries: 5 });
    expect((await run([...mixed, { kind: "rate" }])).tries).toBe(5);
    expect((await run([{ kind: "timeout" }, { kind: "server" }, { kind: "timeout" }])).tries).toBe(3);
  });

  it("the server's own word beats the rules (case 85)", async () => {
    expect((await run({ kind: "server", shouldRetry: false })).tries).toBe(1);
    expect((await run([{ kind: "request", shouldRetry: true }])).outcome).toBe("answer");
  });

  it("can be lowered", async () => {
    expect((await run({ kind: "server" }, { tries: 2 })).tries).toBe(2);
  });

  it("a bug is thrown at once", async () => {
    const bug = new TypeError("oops");
    const call = retrying(() => Promise.reject(bug), { ended: endingOf(new AbortController().signal) });
    await expect(call).rejects.toBe(bug);
  });
});

describe("how long between", () => {
  it("doubles from half a second, up to eight", async () => {
    expect((await run({ kind: "server" })).waits).toEqual([500, 1000, 2000, 4000]);
    expect((await run({ kind: "server" }, { tries: 8 })).waits).toHaveLength(4);
    expect((await run({ kind: "request", shouldRetry: true }, { tries: 8 })).waits.slice(4)).toEqual([
      8000, 8000, 8000,
    ]);
  });

  it("less a random quarter", async () => {
    expect((await run([{ kind: "server" }], { random: () => 1 })).waits).toEqual([375]);
  });

  it("is what the server asks for", async () => {
    expect((await run([{ kind: "rate", retryAfter: 20_000 }, { kind: "rate" }])).waits).toEqual([20_000, 1000]);
  });

  it("is nothing where the server asks for too much: the call is given up and the wait named (case 82)", async () => {
    const { outcome, tries, waits } = await run({ kind: "server", retryAfter: 3_600_000 });
    expect({ tries, waits }).toEqual({ tries: 1, waits: [] });
    expect(outcome).toMatchObject({ kind: "rate", message: "server 1 (the server asks to wait 3600 s)" });
  });

  it("is told beforehand", async () => {
    const told: unknown[] = [];
    const onRetry = (failed: number, { message }: ProviderError, wait: number) => told.push([failed, message, wait]);
    await run([{ kind: "server" }, { kind: "empty" }], { onRetry });
    expect(told).toEqual([
      [1, "server 1", 500],
      [2, "empty 2", 1000],
    ]);
  });
});

it("keeps what every try came to", async () => {
  const { outcome } = await run({ kind: "timeout" });
  expect(outcome).toMatchObject({
    message: "timeout 2 (given up after 2 tries)",
    tries: ["timeout 1", "timeout 2"],
    cause: expect.objectContaining({ message: "timeout 2" }),
  });
});

describe("abort", () => {
  it("ends the wait at once, without another try (case 69)", async () => {
    const caller = new AbortController();
    let tries = 0;
    const call = retrying(
      async () => {
        tries += 1;
        setTimeout(() => caller.abort(), 20);
        throw new ProviderError("busy", { kind: "rate", retryAfter: 50_000 });
      },
      { ended: endingOf(caller.signal) },
    );
    await expect(call).rejects.toMatchObject({ kind: "aborted", tries: ["busy"] });
    expect(tries).toBe(1);
  });

  it("during a try allows no other one", async () => {
    const caller = new AbortController();
    let tries = 0;
    const call = retrying(
      async () => {
        tries += 1;
        caller.abort();
        throw new ProviderError("busy", { kind: "server" });
      },
      { ended: endingOf(caller.signal) },
    );
    await expect(call).rejects.toMatchObject({ kind: "server" });
    expect(tries).toBe(1);
  });
});
