import { describe, expect, it } from "vitest";
import { type Budget, createBudget } from "../../src/budget.ts";
import type { NewEvent } from "../../src/events.ts";
import { type LlmAnswer, type LlmCall, llmOperation } from "../../src/llm/call.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import { type Delta, type Finish, type Llm, ProviderError } from "../../src/llm/provider.ts";
import type { RecordedAnswer } from "../../src/llm/recordings.ts";
import { type Script, type ScriptedLlm, scriptedLlm } from "../helpers/scripted-llm.ts";

/** One dollar per million tokens in, ten for those out: an answer costs at most 0.01 besides its prompt. */
const deployment: Deployment = {
  name: "main",
  provider: "openai",
  apiType: "openai",
  model: "gpt-x",
  baseUrl: "",
  settings: {},
  price: { input: 1, cached: 0.25, output: 10 },
  priceBasis: "known",
  maxToken: 1000,
};
const question = (subject = "", turn = 1) =>
  ({
    role: "Engineer",
    action: "WriteCode",
    subject,
    attempt: 1,
    turn,
    messages: [{ role: "user", content: "Write the file." }],
  }) satisfies LlmCall;
const about = { role: "Engineer", action: "WriteCode", subject: "", attempt: 1, turn: 1 };
const seen = { key: "WriteCode/1.1", ...about, llm: "main", model: "gpt-x" };
const usage = { input: 1000, output: 100, source: "reported" as const };

interface Desk {
  script?: Script;
  llm?: Llm;
  budget?: Budget;
  deployments?: Deployment[];
  stop?: AbortSignal;
  clock?: () => number;
  record?: (call: LlmCall, answer: RecordedAnswer) => Promise<void>;
}

/** The operation around a scripted model, with all it told. */
function desk({ script = [], llm = scriptedLlm(script), ...given }: Desk) {
  const events: NewEvent[] = [];
  const connected: string[] = [];
  const budget = given.budget ?? createBudget(1);
  const operation = llmOperation({
    deployments: [deployment],
    stop: new AbortController().signal,
    clock: () => 0,
    ...given,
    budget,
    emit: (event) => events.push(event),
    connect: async ({ name }) => {
      connected.push(name);
      return llm;
    },
  });
  const ask = async (call: LlmCall = question(), { lane = "main", signal = new AbortController().signal } = {}) =>
    (await operation(JSON.parse(JSON.stringify(call)), {
      key: [call.action, ...(call.subject ? [call.subject] : []), `${call.attempt}.${call.turn}`].join("/"),
      lane,
      signal,
    })) as LlmAnswer;
  const types = () => events.map(({ type }) => type);
  return { ask, events, types, connected, budget, llm: llm as ScriptedLlm };
}

/** A model that is driven by hand. */
const streaming = (stream: (signal: AbortSignal) => AsyncGenerator<Delta, Finish, void>): Llm => ({
  stream: (_, { signal }) => stream(signal),
});
const text = (value: string): Delta => ({ type: "text", text: value });

it("asks the model of the lane and answers text, model and cost", async () => {
  let now = 1000;
  const { ask, events, budget, llm } = desk({
    script: [{ text: "the file", usage, model: "gpt-x-2026" }],
    clock: () => (now += 500),
  });
  const schema = { name: "file", schema: { type: "object" } };
  expect(await ask({ ...question(), schema })).toEqual({
    ok: true,
    text: "the file",
    finish: "stop",
    model: "gpt-x-2026",
    usd: 0.002,
  });
  expect(llm.asked).toEqual([{ about, messages: question().messages, schema, maxTokens: 1000 }]);
  expect(budget.spent).toBe(0.002);
  expect(events[0]).toEqual({ type: "call-start", ...seen });
  expect(events.at(-1)).toMatchObject({
    type: "call-end",
    ...seen,
    model: "gpt-x-2026",
    finish: "stop",
    usage,
    cost: { usd: 0.002, basis: "known" },
  });
});

it.each<[string, Finish["usage"], number | undefined, Partial<Deployment>, number, string]>([
  ["by price", usage, undefined, {}, 0.002, "known"],
  ["cached tokens by theirs", { ...usage, cachedRead: 800 }, undefined, {}, 0.0014, "known"],
  [
    "cached tokens as others where they have no price",
    { ...usage, cachedRead: 800 },
    undefined,
    { price: { input: 1, output: 10 } },
    0.002,
    "known",
  ],
  ["reasoning as part of the output", { ...usage, reasoning: 90 }, undefined, {}, 0.002, "known"],
  ["an unknown model by the assumed price", usage, undefined, { priceBasis: "assumed" }, 0.002, "assumed"],
  ["a local model as free", usage, undefined, { price: { input: 0, output: 0 }, priceBasis: "local" }, 0, "local"],
  ["as the answer states it", usage, 0.5, { priceBasis: "assumed" }, 0.5, "known"],
  ["as recorded", usage, 0.5, { provider: "recording", priceBasis: "recorded" }, 0.5, "recorded"],
])("counts the cost %s", async (_, reported, cost, part, usd, basis) => {
  const { ask, events, budget } = desk({
    script: [{ text: "x", usage: reported, ...(cost === undefined ? {} : { cost }) }],
    deployments: [{ ...deployment, ...part }],
  });
  expect(await ask()).toMatchObject({ ok: true, usd });
  expect(events.at(-1)).toMatchObject({ cost: { usd, basis } });
  expect(budget.spent).toBe(usd);
});

it.each([
  ["no usage", undefined],
  ["zeros", { input: 0, output: 0, source: "reported" as const }],
])("estimates, and says so, where the server counts %s", async (_, reported) => {
  const { ask, events } = desk({ script: [{ text: "a".repeat(40), reasoning: "b".repeat(80), usage: reported }] });
  const answer = await ask();
  // "Write the file." is 14 letters and spaces and a sign, and 4 tokens frame it.
  expect(events.at(-1)).toMatchObject({ usage: { input: 9, output: 30, source: "estimated" } });
  expect(answer).toMatchObject({ text: "a".repeat(40), usd: 0.000309 });
});

it("counts what a model thinks and calls, and returns only its text", async () => {
  const llm = streaming(async function* () {
    yield { type: "reasoning", text: "a".repeat(40) };
    yield { type: "tool-call", index: 0, name: "save", arguments: "b".repeat(36) };
    yield text("one ");
    yield text("two");
    return { finish: "length", usage: undefined, model: "gpt-x" };
  });
  const { ask, events } = desk({ llm });
  expect(await ask()).toMatchObject({ text: "one two", finish: "length" });
  expect(events.at(-1)).toMatchObject({ finish: "length", usage: { output: 22 } });
});

it("refuses a call that could exceed the investment, before it is sent", async () => {
  const { ask, events, connected, budget } = desk({ budget: createBudget(0.005) });
  expect(await ask()).toEqual({
    ok: false,
    failure: {
      kind: "budget",
      message: "the next call may cost up to $0.0100, and $0.0050 of $0.005 is left",
      hint: expect.stringContaining("--investment"),
      tries: [],
    },
  });
  expect([events, connected, budget.spent]).toEqual([[], [], 0]);
});

it("gives back what was set aside and not used", async () => {
  const { ask, budget } = desk({
    script: [
      { text: "x", usage },
      { text: "y", usage },
    ],
    budget: createBudget(0.0125),
  });
  expect(await ask()).toMatchObject({ ok: true });
  expect(await ask(question("", 2))).toMatchObject({ ok: true });
  expect(budget.spent).toBe(0.004);
  expect(await ask(question("", 3))).toMatchObject({ ok: false, failure: { kind: "budget" } });
});

it("lets a call wait for money that is only set aside for another", async () => {
  const { ask, types, budget } = desk({
    script: { "WriteCode/a": { text: "a", usage, delayMs: 20 }, "WriteCode/b": { text: "b", usage } },
    budget: createBudget(0.015),
  });
  const answers = await Promise.all([ask(question("a")), ask(question("b"))]);
  expect(answers).toMatchObject([{ text: "a" }, { text: "b" }]);
  expect(types()).toEqual(["call-start", "call-end", "call-start", "call-end"]);
  expect(budget.spent).toBe(0.004);
});

it("refuses the call that waited when the other used the money up", async () => {
  const { ask } = desk({
    script: { "WriteCode/a": { text: "a", usage: { ...usage, output: 900 }, delayMs: 20 } },
    budget: createBudget(0.015),
  });
  expect(await Promise.all([ask(question("a")), ask(question("b"))])).toMatchObject([
    { ok: true },
    { failure: { kind: "budget" } },
  ]);
});

it("runs two calls at once when both fit", async () => {
  const { ask, types } = desk({
    script: {
      "WriteCode/a": { text: "a", usage, delayMs: 20 },
      "WriteCode/b": { text: "b", usage, delayMs: 20 },
    },
  });
  await Promise.all([ask(question("a")), ask(question("b"))]);
  expect(types()).toEqual(["call-start", "call-start", "call-end", "call-end"]);
});

it("begins no call once the run is being stopped", async () => {
  const { ask, events, connected } = desk({ stop: AbortSignal.abort() });
  expect(await ask()).toMatchObject({ ok: false, failure: { kind: "stopped" } });
  expect([events, connected]).toEqual([[], []]);
});

it("does not keep a call waiting for money when the run stops", async () => {
  const stop = new AbortController();
  const hanging = new AbortController();
  const { ask } = desk({
    script: { "WriteCode/a": { text: "a", delayMs: 60_000 } },
    budget: createBudget(0.015),
    stop: stop.signal,
  });
  const first = ask(question("a"), { signal: hanging.signal });
  const second = ask(question("b"));
  stop.abort();
  expect(await second).toMatchObject({ failure: { kind: "stopped" } });
  hanging.abort();
  expect(await first).toMatchObject({ failure: { kind: "aborted" } });
});

it("lets a call under way end when the run is being stopped", async () => {
  const stop = new AbortController();
  const llm = streaming(async function* () {
    stop.abort();
    yield text("whole");
    return { finish: "stop", usage, model: "gpt-x" };
  });
  expect(await desk({ llm, stop: stop.signal }).ask()).toMatchObject({ ok: true, text: "whole" });
});

it("tries again what may pass, and tells so", async () => {
  const fail = new ProviderError("gpt-x is overloaded", { kind: "server", status: 503, retryAfter: 2 });
  const { ask, events, budget } = desk({ script: [{ fail }, { fail }, { text: "at last", usage }] });
  expect(await ask()).toMatchObject({ ok: true, text: "at last", usd: 0.002 });
  expect(events.slice(1, -1)).toEqual([
    { type: "retry", ...seen, failed: 1, reason: "gpt-x is overloaded", wait: 0.002 },
    { type: "retry", ...seen, failed: 2, reason: "gpt-x is overloaded", wait: 0.002 },
  ]);
  expect(budget.spent).toBe(0.002);
});

it("begins no further try once the run is being stopped", async () => {
  const stop = new AbortController();
  const fail = new ProviderError("gpt-x is overloaded", { kind: "server", retryAfter: 30_000 });
  const { ask, llm, events } = desk({ script: [{ fail }], stop: stop.signal });
  const answer = ask();
  while (!events.some(({ type }) => type === "retry")) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  expect(await answer).toMatchObject({ failure: { kind: "aborted", tries: ["gpt-x is overloaded"] } });
  expect(llm.asked).toHaveLength(1);
});

it("answers a failure as data, with its hint and every try, and gives the money back", async () => {
  const fail = new ProviderError("gpt-x does not know this key", { kind: "auth", hint: "Check OPENAI_API_KEY." });
  const { ask, events, budget } = desk({ script: [{ fail }] });
  const failure = {
    kind: "auth",
    message: "gpt-x does not know this key",
    hint: "Check OPENAI_API_KEY.",
    tries: ["gpt-x does not know this key"],
  };
  expect(await ask()).toEqual({ ok: false, usd: 0, failure });
  expect(events.at(-1)).toEqual({
    type: "call-failed",
    ...seen,
    ...failure,
    seconds: 0,
    usage: { input: 0, output: 0, source: "estimated" },
    usd: 0,
  });
  expect(budget.reserve(1)).toBeDefined();
});

it.each([
  ["nothing when nothing came", {}, undefined, 0],
  ["what had come before the stream broke", { text: "a".repeat(400) }, undefined, 0.001009],
  ["what the server says it cost", { text: "a".repeat(400) }, usage, 0.002],
])("counts for a failed try %s", async (_, reply, reported, usd) => {
  const fail = new ProviderError("the stream broke", { kind: "protocol", usage: reported });
  const { ask, budget } = desk({ script: [{ ...reply, fail }] });
  expect(await ask()).toMatchObject({ ok: false, usd });
  expect(budget.spent).toBe(usd);
});

it("adds the cost of a broken try to that of the whole answer, and records only the latter", async () => {
  const records: [LlmCall, RecordedAnswer][] = [];
  const fail = new ProviderError("the stream broke", { kind: "truncated", retryAfter: 1 });
  const { ask } = desk({
    script: [
      { text: "a".repeat(400), fail },
      { text: "whole", usage },
    ],
    record: async (...one) => {
      records.push(one);
    },
  });
  expect(await ask()).toMatchObject({ ok: true, text: "whole", usd: 0.003009 });
  expect(records).toEqual([[question(), { text: "whole", finish: "stop", model: "scripted", usage, usd: 0.002 }]]);
});

it("tells the tokens that came at most four times a second", async () => {
  let now = 0;
  const llm = streaming(async function* () {
    for (let step = 1; step <= 30; step++) {
      now += 100;
      yield text("word");
    }
    return { finish: "stop", usage, model: "gpt-x" };
  });
  const { ask, events } = desk({ llm, clock: () => now });
  await ask();
  const told = events.flatMap((event) => (event.type === "call-progress" ? [event.tokens] : []));
  expect(told).toEqual([3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  expect(events.at(-1)).toMatchObject({ type: "call-end", seconds: 3 });
});

it("lets many calls end by one signal without a warning of Node", async () => {
  const warnings: string[] = [];
  const warned = (warning: Error) => warnings.push(warning.message);
  process.on("warning", warned);
  const run = new AbortController();
  const { ask, llm } = desk({ script: { WriteCode: Array.from({ length: 20 }, () => ({ delayMs: 60_000 })) } });
  const answers = Array.from({ length: 20 }, (_, turn) => ask(question("", turn + 1), { signal: run.signal }));
  while (llm.asked.length < 20) await new Promise((resolve) => setImmediate(resolve));
  run.abort();
  const kinds = (await Promise.all(answers)).map((answer) => (answer.ok ? "ok" : answer.failure.kind));
  expect(kinds).toEqual(Array.from({ length: 20 }, () => "aborted"));
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});

it("connects once per LLM, when the first call comes, also for calls at once", async () => {
  const { ask, connected } = desk({
    script: { "WriteCode/a": "a", "WriteCode/b": "b", "WriteCode/c": "c" },
    deployments: [deployment, { ...deployment, name: "other" }],
  });
  expect(connected).toEqual([]);
  await Promise.all([ask(question("a")), ask(question("b"))]);
  await ask(question("c"), { lane: "other" });
  expect(connected).toEqual(["main", "other"]);
});

it("passes on what an LLM has to tell", async () => {
  const events: NewEvent[] = [];
  const operation = llmOperation({
    deployments: [deployment],
    budget: createBudget(1),
    emit: (event) => events.push(event),
    stop: new AbortController().signal,
    connect: async (_, notify) => ({
      async *stream({ about: asked }) {
        notify({ type: "prompt-waiting", about: asked, file: "1.prompt.md", answer: "1.answer.md" });
        yield text("x");
        return { finish: "stop", usage, model: "Ada" };
      },
    }),
  });
  const call = question("a.js", 2);
  await operation(call, { key: "WriteCode/a.js/1.2", lane: "main", signal: new AbortController().signal });
  expect(events[1]).toEqual({
    type: "prompt-waiting",
    key: "WriteCode/a.js/1.2",
    ...about,
    subject: "a.js",
    turn: 2,
    file: "1.prompt.md",
    answer: "1.answer.md",
  });
});

it.each([
  ["an error that is no failure of a provider", "main", "the script has no reply to WriteCode/1.1"],
  ["an LLM that is not among those of the run", "nobody", '"nobody"'],
])("takes %s for a bug", async (_, lane, message) => {
  const { ask, budget } = desk({});
  await expect(ask(question(), { lane })).rejects.toThrow(message);
  expect(budget.reserve(1)).toBeDefined();
});

it("closes a stream that goes on far beyond the limit, and counts what came", async () => {
  let closed = false;
  const endless: Llm = {
    async *stream() {
      try {
        for (;;) yield { type: "text", text: "again ".repeat(100) } as const;
      } finally {
        closed = true;
      }
    },
  };
  const { ask, budget } = desk({ llm: endless });
  const answer = await ask();
  expect(answer).toMatchObject({ ok: false, failure: { kind: "protocol" } });
  expect(closed).toBe(true);
  expect(budget.spent).toBeGreaterThan(0);
});

describe("a try that broke off", () => {
  /** Its prompt and 750 tokens of answer cost 0.007509; a try costs at most 0.010009. */
  const broken = {
    text: "a".repeat(3000),
    fail: new ProviderError("the stream broke", { kind: "truncated", retryAfter: 1 }),
  };
  const lost = 0.007509;

  it("is paid for before the next one, which is not begun when it does not fit", async () => {
    const { ask, llm, events, types, budget } = desk({ script: [broken], budget: createBudget(0.0175) });
    const failure = {
      kind: "budget",
      message: "another try may cost up to $0.0100, and $0.0100 of $0.0175 is left",
      hint: expect.stringContaining("--investment"),
      tries: ["the stream broke"],
    };
    expect(await ask()).toEqual({ ok: false, usd: lost, failure });
    expect(types()).toEqual(["call-start", "call-failed"]);
    expect(events.at(-1)).toMatchObject({ usage: { input: 9, output: 750, source: "estimated" }, usd: lost });
    expect([llm.asked.length, budget.spent]).toEqual([1, lost]);
  });

  it("is followed by another that just fits", async () => {
    const { ask, budget } = desk({ script: [broken, { text: "whole", usage }], budget: createBudget(0.01752) });
    expect(await ask()).toMatchObject({ ok: true, text: "whole" });
    expect(budget.spent).toBe(0.009509);
  });

  it("says that more is spent than was invested", async () => {
    const fail = new ProviderError("it broke", { kind: "truncated", usage: { ...usage, output: 5000 } });
    const { ask } = desk({ script: [{ fail }], budget: createBudget(0.02) });
    const message = "another try may cost up to $0.0100, and $0.0510 is spent, more than the investment of $0.02";
    expect(await ask()).toMatchObject({ failure: { kind: "budget", message }, usd: 0.051 });
  });

  it("lets the next one wait for money that is only set aside for another call", async () => {
    const { ask, budget } = desk({
      script: { "WriteCode/a": [broken, { text: "a", usage }], "WriteCode/b": { text: "b", usage, delayMs: 30 } },
      budget: createBudget(0.021),
    });
    expect(await Promise.all([ask(question("a")), ask(question("b"))])).toMatchObject([{ text: "a" }, { text: "b" }]);
    expect(budget.spent).toBe(0.011509);
  });

  it("never lets calls at once wait for each other", async () => {
    const { ask, budget } = desk({
      script: { "WriteCode/a": [broken, { text: "a", usage }], "WriteCode/b": [broken, { text: "b", usage }] },
      budget: createBudget(0.0271),
    });
    expect(await Promise.all([ask(question("a")), ask(question("b"))])).toMatchObject([{ text: "a" }, { text: "b" }]);
    expect(budget.spent).toBe(0.019018);
  });

  it("does not keep the call waiting for money when the run stops", async () => {
    const stop = new AbortController();
    const hanging = new AbortController();
    const { ask, budget } = desk({
      script: { "WriteCode/a": { delayMs: 60_000 }, "WriteCode/b": [broken] },
      budget: createBudget(0.021),
      stop: stop.signal,
    });
    const first = ask(question("a"), { signal: hanging.signal });
    const second = ask(question("b"));
    while (budget.spent === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await second).toMatchObject({ failure: { kind: "stopped", tries: ["the stream broke"] }, usd: lost });
    hanging.abort();
    await first;
    expect(budget.spent).toBe(lost);
  });
});

it("has counted an answer that cannot be recorded", async () => {
  const { ask, events, budget } = desk({
    script: [{ text: "whole", usage }],
    record: async () => {
      throw new Error("the disk is full");
    },
  });
  await expect(ask()).rejects.toThrow("the disk is full");
  expect(events.at(-1)).toMatchObject({ type: "call-end", cost: { usd: 0.002 } });
  expect(budget.spent).toBe(0.002);
});
