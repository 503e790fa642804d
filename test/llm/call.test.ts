import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Budget, createBudget } from "../../src/budget.ts";
import type { NewEvent } from "../../src/events.ts";
import type { Connect } from "../../src/llm/call/connections.ts";
import { type LlmAnswer, type LlmCall, llmOperation } from "../../src/llm/call.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import { type Delta, type Finish, type Llm, type LlmRequest, ProviderError } from "../../src/llm/provider.ts";
import type { RecordedAnswer } from "../../src/llm/recordings.ts";
import { countMessages, countTokens } from "../../src/llm/tokens.ts";
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
  connect?: Connect;
  budget?: Budget;
  deployments?: Deployment[];
  stop?: AbortSignal;
  clock?: () => number;
  record?: (call: LlmCall, answer: RecordedAnswer) => Promise<void>;
  heard?: (key: string, delta: Delta) => void;
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
    connect: async ({ name }) => {
      connected.push(name);
      return llm;
    },
    ...given,
    budget,
    emit: (event) => events.push(event),
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
const streaming = (stream: (signal: AbortSignal, request: LlmRequest) => AsyncGenerator<Delta, Finish, void>): Llm => ({
  stream: (request, { signal }) => stream(signal, request),
});
const text = (value: string): Delta => ({ type: "text", text: value });
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** So many tokens for every tokenizer. */
const words = (count: number) => " word".repeat(count);
/** The tokens of the question: four for its text, and what frames a message and opens the answer. */
const prompt = 11;
it("is a question of as many tokens as these tests take it for", async () => {
  expect([await countMessages(question().messages), await countTokens(words(750))]).toEqual([prompt, 750]);
});

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
    told: {
      ...{ type: "call-end", llm: "main", model: "gpt-x-2026", seconds: 1.5, finish: "stop", usage },
      cost: { usd: 0.002, basis: "known" },
    },
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

it("carries tools, sampling and the calls of tools over the seam", async () => {
  const llm = streaming(async function* (_, request) {
    asked.push(request);
    yield { type: "tool-call", index: 0, id: "c", name: "look", arguments: "{}" };
    return { finish: "tool_calls", usage, model: "gpt-x" };
  });
  const asked: unknown[] = [];
  const more = {
    messages: [
      { role: "assistant" as const, content: "", toolCalls: [{ id: "b", name: "look", arguments: "{}" }] },
      { role: "tool" as const, content: "x", toolCallId: "b" },
    ],
    tools: [{ name: "look", description: "Looks.", parameters: { type: "object" } }],
    toolChoice: { name: "look" },
    sampling: { temperature: 1, topP: 1, stop: ["x"], seed: 1, presencePenalty: 1, frequencyPenalty: 1 },
  };
  const answer = await desk({ llm }).ask({ ...question(), ...more, maxTokens: 9 });
  expect(asked).toEqual([{ about, ...more, maxTokens: 9 }]);
  expect(answer).toMatchObject({ text: "", toolCalls: [{ id: "c", name: "look", arguments: "{}" }] });
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
])("estimates, and says so, where the server counts %s (cases 25, 28)", async (_, reported) => {
  const { ask, events } = desk({ script: [{ text: words(10), reasoning: words(20), usage: reported }] });
  const answer = await ask();
  const counted = { input: prompt, output: 30, reasoning: 20, source: "estimated" };
  expect(events.at(-1)).toMatchObject({ usage: counted });
  expect(answer).toMatchObject({ text: words(10), usd: 0.000311 });
});

it("lets each piece of an answer be heard as it comes, and tells when a try begins it anew", async () => {
  let tries = 0;
  const llm = streaming(async function* () {
    tries += 1;
    if (tries === 1) {
      yield text("on");
      throw new ProviderError("it broke", { kind: "truncated" });
    }
    yield { type: "reasoning", text: "hm" };
    yield text("one ");
    yield text("two");
    return { finish: "stop", usage, model: "gpt-x" };
  });
  const told: unknown[] = [];
  const { ask, events } = desk({ llm, heard: (key, { type }) => told.push([key, type, events.at(-1)?.type]) });
  expect(await ask()).toMatchObject({ ok: true, text: "one two" });
  expect(told).toEqual([
    ["WriteCode/1.1", "text", "call-start"],
    ["WriteCode/1.1", "reasoning", "retry"],
    ["WriteCode/1.1", "text", "retry"],
    ["WriteCode/1.1", "text", "retry"],
  ]);
});

it("counts what a model thinks and calls, and returns only its text", async () => {
  const llm = streaming(async function* () {
    yield { type: "reasoning", text: words(10) };
    yield { type: "tool-call", index: 0, name: " save", arguments: words(9) };
    yield text("one ");
    yield text("two");
    return { finish: "length", usage: undefined, model: "gpt-x" };
  });
  const { ask, events } = desk({ llm });
  expect(await ask()).toMatchObject({ text: "one two", finish: "length" });
  expect(events.at(-1)).toMatchObject({ finish: "length", usage: { output: 22, reasoning: 10 } });
});

it("refuses a call that could exceed the investment, before it is sent (case 173)", async () => {
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
  while (!events.some(({ type }) => type === "retry")) await settled();
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
  expect(await ask()).toMatchObject({ ok: false, usd: 0, failure });
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
  ["what had come before the stream broke", { text: words(100) }, undefined, 0.001011],
  ["what the server says it cost", { text: words(100) }, usage, 0.002],
])("counts for a failed try %s", async (_, reply, reported, usd) => {
  const fail = new ProviderError("the stream broke", { kind: "protocol", usage: reported });
  const { ask, budget } = desk({ script: [{ ...reply, fail }] });
  expect(await ask()).toMatchObject({ ok: false, usd });
  expect(budget.spent).toBe(usd);
});

it("adds the cost of a broken try to that of the whole answer, and records only the latter (case 108)", async () => {
  const records: [LlmCall, RecordedAnswer][] = [];
  const fail = new ProviderError("the stream broke", { kind: "truncated", retryAfter: 1 });
  const { ask } = desk({
    script: [
      { text: words(100), fail },
      { text: "whole", usage },
    ],
    record: async (...one) => {
      records.push(one);
    },
  });
  expect(await ask()).toMatchObject({ ok: true, text: "whole", usd: 0.003011 });
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
  while (llm.asked.length < 20) await settled();
  run.abort();
  const kinds = (await Promise.all(answers)).map((answer) => (answer.ok ? "ok" : answer.failure.kind));
  expect(kinds).toEqual(Array.from({ length: 20 }, () => "aborted"));
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});

it("connects once per LLM, when the first call comes, also for calls at once", async () => {
  const { ask, connected } = desk({
    script: { "WriteCode/a": "a", "WriteCode/b": "b", "WriteCode/c": "c" },
    deployments: [deployment, { ...deployment, name: "other", settings: { model: "other" } }],
  });
  expect(connected).toEqual([]);
  await Promise.all([ask(question("a")), ask(question("b"))]);
  await ask(question("c"), { lane: "other" });
  expect(connected).toEqual(["main", "other"]);
});

it("passes on what an LLM has to tell", async () => {
  const { ask, events } = desk({
    connect: async (_, { notify }) => ({
      async *stream({ about: asked }) {
        notify({ type: "prompt-waiting", about: asked, file: "1.prompt.md", answer: "1.answer.md" });
        yield text("x");
        return { finish: "stop", usage, model: "Ada" };
      },
    }),
  });
  await ask(question("a.js", 2));
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

describe("a stream that would not end", () => {
  const endless = (passage: (number: number) => string) => {
    let closed = false;
    const llm = streaming(async function* () {
      try {
        for (let number = 0; ; number++) yield text(passage(number));
      } finally {
        closed = true;
      }
    });
    return { ...desk({ llm }), wasClosed: () => closed };
  };

  it("is closed when it goes on far beyond the limit, and what came is counted", async () => {
    const { ask, budget, wasClosed } = endless((number) => `line ${number}\n`);
    const message = "gpt-x sent far more than the 1000 tokens it may";
    expect(await ask()).toMatchObject({ ok: false, failure: { kind: "protocol", message } });
    expect(wasClosed()).toBe(true);
    expect(budget.spent).toBeGreaterThan(0.01);
  });

  it("is closed when it says the same again and again, which is not tried again", async () => {
    const { ask, budget, types, wasClosed } = endless(() => words(10));
    const message = "gpt-x repeated the same passage without end and was stopped";
    expect(await ask()).toMatchObject({ ok: false, failure: { kind: "loop", message, tries: [message] } });
    expect(wasClosed()).toBe(true);
    expect(types().filter((type) => type !== "call-progress")).toEqual(["call-start", "call-failed"]);
    // Noticed somewhere between 10,000 and 11,100 characters.
    expect(budget.spent).toBeGreaterThan(0.02);
    expect(budget.spent).toBeLessThan(0.0223);
  });
});

describe("a try that broke off", () => {
  /** Its prompt and 750 tokens of answer cost 0.007511; a try costs at most 0.010009. */
  const broken = {
    text: words(750),
    fail: new ProviderError("the stream broke", { kind: "truncated", retryAfter: 1 }),
  };
  const lost = 0.007511;

  it("is paid for before the next one, which is not begun when it does not fit", async () => {
    const { ask, llm, events, types, budget } = desk({ script: [broken], budget: createBudget(0.0175) });
    const failure = {
      kind: "budget",
      message: "another try may cost up to $0.0100, and $0.0100 of $0.0175 is left",
      hint: expect.stringContaining("--investment"),
      tries: ["the stream broke"],
    };
    expect(await ask()).toMatchObject({ ok: false, usd: lost, failure });
    expect(types()).toEqual(["call-start", "call-failed"]);
    expect(events.at(-1)).toMatchObject({ usage: { input: prompt, output: 750, source: "estimated" }, usd: lost });
    expect([llm.asked.length, budget.spent]).toEqual([1, lost]);
  });

  it("is followed by another that just fits", async () => {
    const { ask, budget } = desk({ script: [broken, { text: "whole", usage }], budget: createBudget(0.01752) });
    expect(await ask()).toMatchObject({ ok: true, text: "whole" });
    expect(budget.spent).toBe(0.009511);
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
    expect(budget.spent).toBe(0.011511);
  });

  it("never lets calls at once wait for each other", async () => {
    const { ask, budget } = desk({
      script: { "WriteCode/a": [broken, { text: "a", usage }], "WriteCode/b": [broken, { text: "b", usage }] },
      budget: createBudget(0.0271),
    });
    expect(await Promise.all([ask(question("a")), ask(question("b"))])).toMatchObject([{ text: "a" }, { text: "b" }]);
    expect(budget.spent).toBe(0.019022);
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
    while (budget.spent === 0) await settled();
    stop.abort();
    expect(await second).toMatchObject({ failure: { kind: "stopped", tries: ["the stream broke"] }, usd: lost });
    hanging.abort();
    await first;
    expect(budget.spent).toBe(lost);
  });
});

it("gives an answer that cannot be recorded, says so, and asks for no other", async () => {
  const { ask, events, budget } = desk({
    script: [{ text: "whole", usage }],
    record: async () => {
      throw new Error("the disk is full");
    },
  });
  expect(await ask()).toMatchObject({ ok: true, text: "whole" });
  expect(events.at(-2)).toMatchObject({ type: "call-end", cost: { usd: 0.002 } });
  expect(events.at(-1)).toEqual({ type: "warning", message: "the disk is full" });
  expect(budget.spent).toBe(0.002);
  await expect(ask()).rejects.toThrow("the disk is full");
});

describe("what a model thinks", () => {
  it.each<[string, Finish["usage"], number]>([
    ["by the server's count", { ...usage, reasoning: 7 }, 7],
    ["by ours where the server counts it only as output", usage, 30],
    ["never as more than the whole output", { ...usage, output: 20 }, 20],
    ["by ours where the server counts nothing", undefined, 30],
  ])("is told and counted %s", async (_, reported, reasoning) => {
    const { ask, events } = desk({ script: [{ text: "done", reasoning: words(30), usage: reported }] });
    expect(await ask()).toMatchObject({ text: "done" });
    expect(events.slice(1)).toMatchObject([
      { type: "reasoning", key: "WriteCode/1.1", ...about, text: words(30) },
      { type: "call-end", usage: { reasoning } },
    ]);
  });

  it("is not told where it is nothing", async () => {
    const { ask, types } = desk({ script: [{ text: "done", reasoning: " \n", usage }] });
    await ask();
    expect(types()).toEqual(["call-start", "call-end"]);
  });
});

it.each([
  ["where it is found by such a price", undefined, { usd: 0.002, basis: "known", cny: 0.014 }],
  ["not where the answer states it in dollars", 0.5, { usd: 0.5, basis: "known" }],
])("tells the cost in yuan %s", async (_, cost, told) => {
  const { ask, events } = desk({
    script: [{ text: "x", usage, ...(cost === undefined ? {} : { cost }) }],
    deployments: [{ ...deployment, price: { ...deployment.price, cnyPerUsd: 7 } }],
  });
  await ask();
  expect(events.at(-1)).toHaveProperty("cost", told);
});

describe("the context of a model", () => {
  it.each<[string, Partial<Deployment>, number]>([
    ["all of it where the context is not known", {}, 1000],
    ["all of it where it fits", { contextLength: prompt + 1000 }, 1000],
    ["what the prompt leaves", { contextLength: prompt + 999 }, 999],
    ["what the prompt leaves, down to 256 tokens", { contextLength: prompt + 256 }, 256],
    ["less than that where no more is asked for", { contextLength: prompt + 20, maxToken: 20 }, 20],
  ])("gives the answer %s", async (_, part, maxTokens) => {
    const { ask, llm } = desk({ script: [{ text: "x", usage }], deployments: [{ ...deployment, ...part }] });
    expect(await ask()).toMatchObject({ ok: true });
    expect(llm.asked).toMatchObject([{ maxTokens }]);
  });

  it.each<[string, Partial<Deployment>]>([
    ["256 tokens", { contextLength: prompt + 255 }],
    ["the answer that is asked for", { contextLength: prompt + 19, maxToken: 20 }],
    ["itself", { contextLength: 5 }],
  ])("has to leave room for %s, else the question is not sent", async (_, part) => {
    const { ask, llm, types, budget } = desk({ deployments: [{ ...deployment, ...part }] });
    expect(await ask()).toMatchObject({
      ok: false,
      usd: 0,
      failure: {
        kind: "overflow",
        message: `gpt-x: the prompt of about 11 tokens leaves no room for an answer in a context of ${part.contextLength}`,
        hint: expect.stringContaining("larger context"),
      },
    });
    expect([types(), llm.asked, budget.spent]).toEqual([["call-start", "call-failed"], [], 0]);
  });
});

describe("the limits of a deployment", () => {
  const limited = { ...deployment, limits: { concurrency: 2 } };

  it("hold for all roles and all names it has", async () => {
    let now = 0;
    let most = 0;
    const llm = streaming(async function* () {
      most = Math.max(most, ++now);
      await settled();
      yield text("x");
      now -= 1;
      return { finish: "stop", usage, model: "gpt-x" };
    });
    const { ask } = desk({ llm, deployments: [limited, { ...limited, name: "other" }] });
    const calls = ["a", "b", "c", "d", "e", "f"].map((subject, number) =>
      ask(
        { ...question(subject), role: number % 2 ? "Engineer" : "QaEngineer" },
        { lane: number < 3 ? "main" : "other" },
      ),
    );
    expect((await Promise.all(calls)).every(({ ok }) => ok)).toBe(true);
    expect(most).toBe(2);
  });

  it("are what the server says: the others wait as well, and none of them fails", async () => {
    const began: Record<string, number> = {};
    let refused = 0;
    const { ask, events } = desk({
      connect: async (_, { heard }) => ({
        async *stream({ about: { subject } }) {
          if (refused === 0) {
            refused = performance.now();
            heard(429, new Headers({ "retry-after-ms": "80" }));
            throw new ProviderError("too many requests", { kind: "rate", retryAfter: 80 });
          }
          began[subject] = performance.now();
          yield text(subject);
          return { finish: "stop", usage, model: "gpt-x" };
        },
      }),
    });
    const first = ask(question("a"));
    while (refused === 0) await settled();
    expect(await Promise.all([first, ask(question("b")), ask(question("c"))])).toMatchObject(
      ["a", "b", "c"].map((subject) => ({ ok: true, text: subject })),
    );
    expect(Math.min(...Object.values(began)) - refused).toBeGreaterThan(70);
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([{ subject: "a" }]);
  });

  it("are told of once a call has waited for them a while", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const llm = streaming(async function* () {
      await answered;
      yield text("x");
      return { finish: "stop", usage, model: "gpt-x" };
    });
    const { ask, types } = desk({ llm, deployments: [{ ...deployment, limits: { concurrency: 1 } }] });
    const calls = [ask(question("a")), ask(question("b"))];
    await settled();
    vi.advanceTimersByTime(2999);
    expect(types()).not.toContain("call-queued");
    vi.advanceTimersByTime(1);
    expect(types().filter((type) => type === "call-queued")).toHaveLength(1);
    answer();
    await Promise.all(calls);
    vi.advanceTimersByTime(10_000);
    expect(types().filter((type) => type === "call-queued")).toHaveLength(1);
  });

  it.each(["signal", "stop"] as const)("keep no call waiting that is ended by %s", async (by) => {
    const ends = { signal: new AbortController(), stop: new AbortController() };
    const hanging = new AbortController();
    const { ask, llm, budget } = desk({
      script: { "WriteCode/a": { delayMs: 60_000 } },
      deployments: [{ ...deployment, limits: { concurrency: 1 } }],
      stop: ends.stop.signal,
    });
    const first = ask(question("a"), { signal: hanging.signal });
    while (llm.asked.length === 0) await settled();
    const second = ask(question("b"), { signal: ends.signal.signal });
    await settled();
    ends[by].abort();
    expect(await second).toMatchObject({ ok: false, usd: 0, failure: { kind: "aborted" } });
    hanging.abort();
    await first;
    expect([llm.asked.length, budget.spent]).toEqual([1, 0]);
    expect(budget.reserve(1)).toBeDefined();
  });
});

describe("a deployment that is dead", () => {
  const fail = new ProviderError("gpt-x does not know this key", { kind: "auth" });
  const replaceable = { ...question("", 2), replaceable: true };

  it("is skipped where another one can be asked: no request, no money, nothing told", async () => {
    const { ask, events, llm, budget } = desk({ script: [{ fail }] });
    expect(await ask()).toMatchObject({ failure: { kind: "auth" } });
    const told = events.length;
    const message = "skipped: gpt-x does not know this key (tried again in 60 s)";
    expect(await ask(replaceable)).toEqual({ ok: false, failure: { kind: "skipped", message, tries: [] } });
    expect([events.length, llm.asked.length, budget.spent]).toEqual([told, 1, 0]);
    expect(budget.reserve(1)).toBeDefined();
  });

  it("is asked all the same where there is no other, and after its answer by everyone", async () => {
    const { ask, llm } = desk({ script: [{ fail }, "alive", "again"] });
    await ask();
    expect(await ask(question("", 2))).toMatchObject({ ok: true, text: "alive" });
    expect(await ask({ ...replaceable, turn: 3 })).toMatchObject({ ok: true, text: "again" });
    expect(llm.asked).toHaveLength(3);
  });

  it("is not every one of its server", async () => {
    const other = { ...deployment, name: "other", model: "gpt-y" };
    const { ask } = desk({ script: [{ fail }, "well"], deployments: [deployment, other] });
    await ask();
    expect(await ask(replaceable, { lane: "other" })).toMatchObject({ ok: true, text: "well" });
  });
});

it("sends no word of its own bookkeeping", async () => {
  const { ask, llm, events } = desk({ script: [{ text: "x", usage }] });
  await ask({ ...question(), replaceable: true });
  expect(llm.asked).toEqual([{ about, messages: question().messages, maxTokens: 1000 }]);
  expect(events[0]).toEqual({ type: "call-start", ...seen });
});
