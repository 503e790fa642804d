import { describe, expect, it } from "vitest";
import { createBudget } from "../../src/budget.ts";
import type { NewEvent } from "../../src/events.ts";
import type { Connect } from "../../src/llm/call/connections.ts";
import type { LlmCall } from "../../src/llm/call.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import { type Asking, type EmbeddingAnswer, openLlms } from "../../src/llm/llms.ts";
import { type Delta, type Finish, type Llm, ProviderError } from "../../src/llm/provider.ts";
import { scriptedLlm } from "../helpers/scripted-llm.ts";

/** One dollar per million tokens in, ten for those out. */
const deployment: Deployment = {
  name: "main",
  provider: "openai",
  apiType: "openai",
  model: "gpt-x",
  baseUrl: "",
  settings: { api_key: "sk-secret-0001" },
  price: { input: 1, output: 10 },
  priceBasis: "known",
  maxToken: 1000,
};
const call: LlmCall = {
  ...{ role: "", action: "chat", subject: "", attempt: 1, turn: 1 },
  messages: [{ role: "user", content: "Say hello." }],
};
const usage = { input: 100, output: 10, source: "reported" as const };
const end: Finish = { finish: "stop", usage, model: "gpt-x" };
const settled = () => new Promise((resolve) => setImmediate(resolve));
const broken = (kind: "truncated" | "auth" = "truncated") => new ProviderError("it broke", { kind, retryAfter: 1 });

/** Somebody with money of its own, and what it is told. */
function caller(part: Partial<Asking> = {}) {
  const events: NewEvent[] = [];
  const asking: Asking = {
    ...{ key: "a", signal: new AbortController().signal, budget: createBudget(1) },
    emit: (event) => events.push(event),
    ...part,
  };
  return { asking, events, types: () => events.map(({ type }) => type) };
}

const open = (llm: Llm, connect: Connect = async () => llm) => openLlms({ connect, clock: () => 0 });

/** A model that is driven by hand. */
const streaming = (stream: Llm["stream"], more: Partial<Llm> = {}): Llm => ({ stream, ...more });

describe("callers of one deployment", () => {
  it("share its limits, and pay for themselves", async () => {
    let go = () => {};
    const llm = streaming(async function* () {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      yield { type: "text", text: "hello" };
      return end;
    });
    const llms = open(llm);
    const limited = { ...deployment, limits: { concurrency: 1 } };
    const [one, other] = [caller(), caller({ budget: createBudget(2) })];
    const first = llms.ask(call, limited, one.asking);
    const second = llms.ask(call, limited, other.asking);
    await settled();
    expect(llms.state(limited)).toEqual({ waiting: 1, skipped: undefined });
    go();
    await first;
    await settled();
    expect(llms.state(limited).waiting).toBe(0);
    go();
    expect(await second).toMatchObject({ ok: true, text: "hello", usd: 0.0002 });
    expect([one.asking.budget.spent, other.asking.budget.spent]).toEqual([0.0002, 0.0002]);
    expect([one.types(), other.types()]).toEqual([
      ["call-start", "call-end"],
      ["call-start", "call-end"],
    ]);
  });

  it("share what is known of its failures, and who has another one skips it", async () => {
    const llms = open(scriptedLlm([{ fail: broken("auth") }, "well again"]));
    expect(await llms.ask(call, deployment, caller().asking)).toMatchObject({ failure: { kind: "auth" } });
    const skipped = expect.stringMatching(/^it broke \(tried again in \d+ s\)$/);
    expect(llms.state(deployment)).toEqual({ waiting: 0, skipped });
    const { asking, events } = caller();
    expect(await llms.ask({ ...call, replaceable: true }, deployment, asking)).toMatchObject({
      failure: { kind: "skipped", message: expect.stringContaining("skipped: it broke") },
    });
    expect(events).toEqual([]);
    expect(await llms.ask(call, deployment, asking)).toMatchObject({ ok: true });
    expect(llms.state(deployment).skipped).toBeUndefined();
  });

  it("do not wait for the money of others", async () => {
    const llms = open(scriptedLlm(["hello"]));
    const [poor, rich] = [caller({ budget: createBudget(0.001) }), caller()];
    expect(await llms.ask(call, deployment, poor.asking)).toMatchObject({ failure: { kind: "budget" } });
    expect(await llms.ask(call, deployment, rich.asking)).toMatchObject({ ok: true });
  });

  it("that ask for little need little set aside", async () => {
    const llm = scriptedLlm(["hello"]);
    const poor = caller({ budget: createBudget(0.001) });
    expect(await open(llm).ask({ ...call, maxTokens: 50 }, deployment, poor.asking)).toMatchObject({ ok: true });
    expect(llm.asked[0]?.maxTokens).toBe(50);
  });

  it("are told of their own calls only, whatever these are called", async () => {
    const connect: Connect = async (_, { notify }) =>
      streaming(async function* ({ about, messages }) {
        // the second speaks while the first is still under way
        if (messages[0]?.content === "0") await settled();
        await settled();
        notify({ type: "prompt-waiting", about, file: messages[0]?.content ?? "", answer: "" });
        yield { type: "text", text: "hello" };
        return end;
      });
    const llms = openLlms({ connect });
    const callers = [caller(), caller()];
    await Promise.all(
      callers.map(({ asking }, index) =>
        llms.ask({ ...call, messages: [{ role: "user", content: `${index}` }] }, deployment, asking),
      ),
    );
    expect(callers.map(({ events }) => events.flatMap((event) => ("file" in event ? event.file : [])))).toEqual([
      ["0"],
      ["1"],
    ]);
  });
});

it("asks for no more than the deployment allows", async () => {
  const llm = scriptedLlm(["hello"]);
  await open(llm).ask({ ...call, maxTokens: 5000 }, deployment, caller().asking);
  expect(llm.asked[0]?.maxTokens).toBe(1000);
});

it("passes tools, their choice and sampling on, and their weight counts", async () => {
  const parameters = { type: "object", description: " word".repeat(400) };
  const more = {
    tools: [{ name: "look", parameters }],
    toolChoice: "required" as const,
    sampling: { temperature: 0.5, stop: ["END"] },
  };
  const llm = scriptedLlm(["hello"]);
  await open(llm).ask({ ...call, ...more }, deployment, caller().asking);
  expect(llm.asked[0]).toMatchObject(more);
  const tight = caller({ budget: createBudget(0.0102) });
  expect(await open(llm).ask({ ...call, ...more }, deployment, tight.asking)).toMatchObject({
    failure: { kind: "budget", message: expect.stringContaining("up to $0.0105") },
  });
  const small = { ...deployment, contextLength: 450 };
  expect(await open(llm).ask({ ...call, ...more }, small, caller().asking)).toMatchObject({
    failure: { kind: "overflow" },
  });
});

describe("tool calls", () => {
  const piece = (index: number, text: string, rest: object = {}): Delta => ({
    ...{ type: "tool-call", index, arguments: text },
    ...rest,
  });
  const calling = (...pieces: Delta[]) =>
    streaming(async function* () {
      yield* pieces;
      return { ...end, finish: "tool_calls" };
    });

  it("are whole in the answer", async () => {
    const pieces = [
      piece(0, "", { id: "call_0", name: "look" }),
      piece(1, '{"y"', { id: "call_1", name: "see" }),
      piece(0, "{}"),
      piece(1, ":1}"),
    ];
    const heard: Delta[] = [];
    const { asking } = caller({ heard: (delta) => heard.push(delta) });
    expect(await open(calling(...pieces)).ask(call, deployment, asking)).toMatchObject({
      text: "",
      finish: "tool_calls",
      toolCalls: [
        { id: "call_0", name: "look", arguments: "{}" },
        { id: "call_1", name: "see", arguments: '{"y":1}' },
      ],
    });
    expect(heard).toEqual(pieces);
  });

  it("that have no id from their server are given one, the same to who listens", async () => {
    const heard: Delta[] = [];
    const { asking } = caller({ heard: (delta) => heard.push(delta) });
    const llm = calling(piece(0, "{}", { name: "look" }), piece(1, "{}", { name: "look" }));
    const { toolCalls = [] } = { ...(await open(llm).ask(call, deployment, asking)) } as {
      toolCalls?: { id: string }[];
    };
    expect(toolCalls.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^call_[0-9a-f]{32}$/),
      expect.stringMatching(/^call_[0-9a-f]{32}$/),
    ]);
    expect(heard).toMatchObject(toolCalls.map(({ id }) => ({ id })));
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
  });

  it("are absent where none were made", async () => {
    expect(await open(scriptedLlm(["hello"])).ask(call, deployment, caller().asking)).not.toHaveProperty("toolCalls");
  });
});

it("strikes the secrets of the deployment, and those of the caller, out of answers and events", async () => {
  const said = "the key sk-sec";
  let tries = 0;
  const llm = streaming(async function* () {
    tries += 1;
    if (tries === 1) throw new ProviderError("no sk-secret-0001 here", { kind: "server", retryAfter: 1 });
    yield { type: "text", text: said };
    yield { type: "text", text: "ret-0001 and hunter22" };
    yield { type: "tool-call", index: 0, id: "c", name: "look", arguments: '{"k":"sk-secret' };
    yield { type: "tool-call", index: 0, arguments: '-0001"}' };
    return end;
  });
  const heard: Delta[] = [];
  const { asking, events } = caller({ secrets: ["hunter22"], heard: (delta) => heard.push(delta) });
  expect(await open(llm).ask(call, deployment, asking)).toMatchObject({
    text: "the key *** and ***",
    toolCalls: [{ arguments: '{"k":"***"}' }],
  });
  expect(JSON.stringify([events, heard])).not.toMatch(/secret|hunter/);
  expect(events[1]).toMatchObject({ type: "retry", reason: "no *** here" });
});

describe("an answer that breaks off", () => {
  const breaking = () => {
    let tries = 0;
    return streaming(async function* () {
      tries += 1;
      yield { type: "text", text: `try ${tries}` };
      if (tries === 1) throw broken();
      return end;
    });
  };

  it("is asked for again as long as nothing of it was passed on", async () => {
    const { asking, types } = caller({ passedOn: () => false });
    expect(await open(breaking()).ask(call, deployment, asking)).toMatchObject({ ok: true, text: "try 2" });
    expect(types()).toContain("retry");
  });

  it("is final once a part of it was passed on", async () => {
    let sent = "";
    const { asking, types } = caller({
      heard: (delta) => {
        if (delta.type === "text") sent += delta.text;
      },
      passedOn: () => sent !== "",
    });
    expect(await open(breaking()).ask(call, deployment, asking)).toMatchObject({
      failure: { kind: "truncated", message: "it broke", tries: ["it broke"] },
    });
    expect([sent, types()]).toEqual(["try 1", ["call-start", "call-failed"]]);
  });
});

describe("vectors of texts", () => {
  const vectors = [
    [1, 2],
    [3, 4],
  ] as const;
  const embedding = (embed: NonNullable<Llm["embed"]>) => open(streaming(scriptedLlm([]).stream, { embed }));

  it("are paid for and told of like any call", async () => {
    const asked: unknown[] = [];
    const llms = embedding(async (texts, { dimensions }) => {
      asked.push([texts, dimensions]);
      return { vectors, usage: { input: 1000, output: 0, source: "reported" }, model: "e-1" };
    });
    const { asking, events } = caller();
    const expected: EmbeddingAnswer = {
      ...{ ok: true, vectors, model: "e-1", usd: 0.001 },
      usage: { input: 1000, output: 0, source: "reported" },
    };
    expect(await llms.embed(["one", "two"], deployment, { ...asking, dimensions: 2 })).toEqual(expected);
    expect(asked).toEqual([[["one", "two"], 2]]);
    expect(events).toMatchObject([
      { type: "call-start", action: "embed" },
      { type: "call-end", cost: { usd: 0.001 } },
    ]);
    expect(asking.budget.spent).toBe(0.001);
  });

  it("are counted here where the server does not, and asked for again where that may help", async () => {
    let tries = 0;
    const llms = embedding(async () => {
      tries += 1;
      if (tries === 1) throw broken();
      return { vectors, usage: undefined, model: "e-1" };
    });
    expect(await llms.embed(["one", "two words"], deployment, caller().asking)).toMatchObject({
      usage: { input: 3, output: 0, source: "estimated" },
    });
  });

  it("that are too few are no answer", async () => {
    const llms = embedding(async () => ({ vectors, usage: undefined, model: "e-1" }));
    expect(await llms.embed(["one"], deployment, caller().asking)).toMatchObject({
      failure: { kind: "protocol", message: "gpt-x gave 2 vectors for 1 texts" },
    });
  });

  it("are not to be had from everyone", async () => {
    expect(await open(scriptedLlm([])).embed(["one"], deployment, caller().asking)).toMatchObject({
      failure: { kind: "request", message: "gpt-x makes no vectors of texts" },
    });
  });

  it("have to fit into the budget", async () => {
    const llms = embedding(async () => ({ vectors, usage: undefined, model: "e-1" }));
    const { asking } = caller({ budget: createBudget(0.0001) });
    expect(await llms.embed([" word".repeat(1000)], deployment, asking)).toMatchObject({ failure: { kind: "budget" } });
  });
});

describe("a raw text", () => {
  it("is gone on with, piece by piece, within the limits of the deployment", async () => {
    const asked: unknown[] = [];
    const llm = streaming(scriptedLlm([]).stream, {
      async *complete(request) {
        asked.push(request);
        yield { type: "text", text: " 3" };
        yield { type: "text", text: ", 4" };
        return end;
      },
    });
    const heard: Delta[] = [];
    const { asking, events } = caller({ heard: (delta) => heard.push(delta) });
    const sampling = { stop: ["9"] };
    expect(await open(llm).complete({ prompt: "1, 2,", sampling }, deployment, asking)).toMatchObject({
      ...{ ok: true, text: " 3, 4", finish: "stop", model: "gpt-x", usd: 0.0002 },
    });
    expect(asked).toEqual([{ prompt: "1, 2,", maxTokens: 1000, sampling }]);
    expect(heard).toHaveLength(2);
    expect(events.map((event) => "action" in event && event.action)).toEqual(["complete", "complete"]);
  });

  it("is gone on with by some only", async () => {
    expect(await open(scriptedLlm([])).complete({ prompt: "1," }, deployment, caller().asking)).toMatchObject({
      failure: { kind: "request", message: "gpt-x goes on with no raw text" },
    });
  });
});

it("begins anew with a deployment in the place of one that is gone", async () => {
  const connected: string[] = [];
  const llms = openLlms({
    connect: async ({ name }) => {
      connected.push(name);
      return scriptedLlm([{ fail: broken("auth") }]);
    },
  });
  await llms.ask(call, deployment, caller().asking);
  llms.forget(deployment);
  const next = { ...deployment };
  expect(llms.state(next).skipped).toBeUndefined();
  await llms.ask(call, next, caller().asking);
  expect(connected).toEqual(["main", "main"]);
});
