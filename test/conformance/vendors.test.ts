import { describe, expect, it, onTestFinished } from "vitest";
import { endingOf } from "../../src/either-signal.ts";
import { retrying } from "../../src/llm/call/retry.ts";
import { openai } from "../../src/llm/openai.ts";
import type { ChatMessage } from "../../src/llm/provider.ts";
import { drain } from "../helpers/drain.ts";
import { httpServer } from "../helpers/http-server.ts";
import { chunk, done, event, type OpenAiRequest, openaiServer, type Script } from "../helpers/openai-server.ts";
import { tools } from "../helpers/tools.ts";
import { operationOn } from "./operation.ts";

const never = new AbortController().signal;
const usage = { prompt_tokens: 9, completion_tokens: 2 };

/** A server in the manner of one vendor, and an LLM on it. */
async function served(
  answer: Script | ((request: OpenAiRequest, number: number) => Script),
  settings: object = {},
  options?: Parameters<typeof tools>[0],
) {
  const server = await openaiServer(typeof answer === "function" ? answer : () => answer);
  onTestFinished(() => server.close());
  const own = { base_url: `${server.url}/v1`, api_key: "test-key-0001", model: "test-model", ...settings };
  return { ...server, llm: await openai.connect(openai.config.parse(own), tools(options)) };
}

describe("Spark over HTTP", () => {
  const said = (content: string, rest: object = {}) =>
    `data:${JSON.stringify({ code: 0, message: "Success", sid: "s", choices: [{ index: 0, delta: { content } }], ...rest })}\n\n`;

  it("147 openai: is whole with its end mark, though it gives no reason", async () => {
    const raw = [said("Hel"), said("lo."), said("", { usage }), "data:[DONE]\n\n"];
    const { llm } = await served({ raw }, { done_ends: true });
    expect(await drain(llm)).toMatchObject({ text: "Hello.", finish: "stop", usage: { input: 9, output: 2 } });
  });

  it("147 openai: is truncated without its end mark", async () => {
    const { llm } = await served({ raw: [said("Hel")] }, { done_ends: true });
    await expect(drain(llm)).rejects.toMatchObject({ kind: "truncated" });
  });

  it("147 openai: refuses content under 200", async () => {
    const raw = JSON.stringify({ code: 10013, message: "input is illegal", sid: "s" });
    const { llm } = await served({ raw, type: "application/json" }, { done_ends: true });
    await expect(drain(llm)).rejects.toMatchObject({
      kind: "policy",
      message: expect.stringContaining("input is illegal"),
    });
  });
});

it.each([
  ["in a list", (error: object) => [error]],
  ["alone", (error: object) => error],
])("156 openai: an error of Gemini %s gives its words, and its body the wait", async (_, form) => {
  const refused = (retryDelay: string): Script => ({
    status: 429,
    body: form({
      error: {
        ...{ code: 429, message: "Quota exceeded for requests", status: "RESOURCE_EXHAUSTED" },
        details: [{ "@type": "type.googleapis.com/google.rpc.Help" }, { "@type": "RetryInfo", retryDelay }],
      },
    }),
  });
  const { llm } = await served((_, number) => (number === 1 ? refused("34s") : "Hello."));
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  expect((await retrying(() => drain(llm), { ended: endingOf(never), sleep })).text).toBe("Hello.");
  expect(waits).toEqual([34_000]);
  const { llm: patient } = await served(refused("340s"));
  await expect(retrying(() => drain(patient), { ended: endingOf(never), sleep })).rejects.toMatchObject({
    kind: "rate",
    message: expect.stringMatching(/Quota exceeded for requests.*asks to wait 340 s/),
  });
});

it("158 openai: blank lines of a queue at DeepSeek are signs of life", async () => {
  const choices = [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }];
  const pieces = [...Array.from({ length: 10 }, () => "\n"), JSON.stringify({ choices, usage })];
  const headers = { "content-type": "application/json" };
  const { llm } = await served({ answer: { headers, pieces, pause: 100 } }, {}, { idle_timeout: 0.7 });
  expect(await drain(llm)).toMatchObject({ text: "Hi", usage: { input: 9, output: 2 } });
});

it("159 openai: the cost that OpenRouter states counts, not that of a table", async () => {
  const { llm } = await served({
    raw: [chunk({ content: "Hi" }), chunk({}, { usage: { ...usage, cost: 0.0125 } }, { finish_reason: "stop" }), done],
  });
  const { ask, events, budget } = operationOn(llm, { price: { input: 100, output: 100 }, priceBasis: "assumed" });
  expect(await ask()).toMatchObject({ ok: true, usd: 0.0125 });
  expect(events.at(-1)).toMatchObject({ type: "call-end", cost: { usd: 0.0125, basis: "known" } });
  expect(budget.spent).toBe(0.0125);
});

it("160 openai: Azure has its path, version and key, and its filter is a matter of policy", async () => {
  const body = {
    error: { message: "The response was filtered", code: "content_filter", innererror: { content_filter_result: {} } },
  };
  const server = await openaiServer(() => ({ status: 400, body }));
  onTestFinished(() => server.close());
  const settings = { api_type: "azure", base_url: server.url, api_version: "2024-10-21", api_key: "test-key-0001" };
  const llm = await openai.connect(openai.config.parse({ ...settings, model: "my deployment" }), tools());
  await expect(drain(llm)).rejects.toMatchObject({ kind: "policy" });
  const [request] = server.requests;
  expect(request?.url).toBe("/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21");
  expect(request?.headers).toMatchObject({ "api-key": "test-key-0001" });
  expect(request?.headers).not.toHaveProperty("authorization");
});

it.each([
  ["engine_overloaded_error", "is tried again", 2, "Hello."],
  ["exceeded_current_quota_error", "is not", 1, "quota"],
])("161 openai: %s of Moonshot %s", async (type, _, asked, expected) => {
  const refused: Script = { status: 429, body: { error: { message: "no", type } } };
  const server = await served((_, number) => (number === 1 ? refused : "Hello."));
  const call = retrying(() => drain(server.llm), { ended: endingOf(never), sleep: async () => {} });
  expect(
    await call.then(
      ({ text }) => text,
      ({ kind }) => kind,
    ),
  ).toBe(expected);
  expect(server.requests).toHaveLength(asked);
});

const talks: [string, ChatMessage[]][] = [
  ["two users in a row", turns("system", "user", "user")],
  ["two systems", turns("system", "system", "user")],
  ["a system in the middle", turns("user", "assistant", "system", "user")],
  ["an assistant at the end", turns("system", "user", "assistant")],
  ["an assistant at the beginning", turns("assistant", "user")],
];
it.each(talks)("162 openai: %s become the strict turns of LLaMA-Factory", async (_, messages) => {
  const { llm, requests } = await served(({ body }) => {
    const roles = body.messages.map(({ role }) => role);
    const spoken = roles[0] === "system" ? roles.slice(1) : roles;
    const strict = spoken.length % 2 === 1 && spoken.every((role, turn) => role === (turn % 2 ? "assistant" : "user"));
    return strict ? "Hello." : { status: 400, body: { detail: "Only supports u/a/u/a/u..." } };
  });
  expect((await drain(llm, { messages })).text).toBe("Hello.");
  expect(requests).toHaveLength(1);
  const said = requests[0]?.body.messages.map(({ content }) => content).join(" ") ?? "";
  for (const { content } of messages) expect(said).toContain(content);
});

it("163 openai: a model that llama.cpp is loading is waited for", async () => {
  const loading: Script = {
    status: 503,
    body: { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
  };
  const { llm, requests } = await served((_, number) => (number <= 3 ? loading : "Hello."));
  const { text } = await retrying(() => drain(llm), { ended: endingOf(never), sleep: async () => {} });
  expect([text, requests.length]).toEqual(["Hello.", 4]);
});

describe("vLLM", () => {
  it("164 openai: numbers where others have words are read", async () => {
    const end = chunk({}, { usage }, { finish_reason: "stop", stop_reason: 128_001 });
    const { llm } = await served({ raw: [chunk({ content: "Hi" }, {}, { stop_reason: null }), end, done] });
    expect(await drain(llm)).toMatchObject({ text: "Hi", finish: "stop" });
    const refused = await served({
      status: 400,
      body: { error: { message: "BOOM", type: "BadRequestError", code: 400 } },
    });
    await expect(drain(refused.llm)).rejects.toMatchObject({
      kind: "request",
      message: expect.stringContaining("BOOM"),
    });
  });

  it("164 openai: an error before the end mark wins", async () => {
    const error = event({ error: { message: "engine died", type: "InternalServerError", param: null, code: 500 } });
    const { llm } = await served({ raw: [chunk({ content: "Hi" }), error, done] });
    await expect(drain(llm)).rejects.toMatchObject({ kind: "server", message: expect.stringContaining("engine died") });
  });
});

it("165 openai: a server that knows two routes is asked for no other", async () => {
  const asked: string[] = [];
  const json = { "content-type": "application/json" };
  const server = await httpServer(({ method, url }) => {
    asked.push(`${method} ${url}`);
    if (url === "/v1/models") return { headers: json, pieces: ['{"data":[{"id":"test-model"}]}'] };
    if (url !== "/v1/chat/completions") return { status: 404, pieces: ["Not Found"] };
    return {
      headers: { "content-type": "text/event-stream" },
      pieces: [chunk({ content: "{}" }, {}, { finish_reason: "stop" })],
    };
  });
  onTestFinished(() => server.close());
  const llm = await openai.connect(openai.config.parse({ base_url: `${server.url}/v1`, model: "test-model" }), tools());
  expect(await llm.models?.({ signal: never })).toEqual([{ id: "test-model" }]);
  for (const schema of [undefined, { name: "Prd", schema: { type: "object" } }]) await drain(llm, { schema });
  expect(asked).toEqual(["GET /v1/models", "POST /v1/chat/completions", "POST /v1/chat/completions"]);
});

function turns(...roles: ChatMessage["role"][]): ChatMessage[] {
  return roles.map((role, index) => ({ role, content: `part ${index}` }));
}
