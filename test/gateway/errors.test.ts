import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { gateway } from "../helpers/gateway.ts";
import { type Reply, upstream } from "../helpers/upstream.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
type Gateway = Awaited<ReturnType<typeof gateway>>;

/** The same question by each client: to this model, with this beside it. */
const asking = {
  openai: ({ openai }: Gateway, more: object) => openai.chat.completions.create({ model: "one", messages, ...more }),
  anthropic: ({ anthropic }: Gateway, more: object) =>
    anthropic.messages.create({ model: "one", messages, max_tokens: 9, ...more }),
  ollama: ({ ollama }: Gateway, more: object) => ollama.chat({ model: "one", messages, ...more }),
};

/** What a model's server says for good: nothing is gained by another try. */
const refused = (status: number, error: object): Reply => ({
  ...{ status, body: { error }, headers: { "x-should-retry": "false" } },
});

const cases: readonly {
  readonly name: string;
  readonly reply?: Reply;
  readonly more?: object;
  readonly status: number;
  readonly openai: object;
  readonly classes: readonly ["openai" | "anthropic", new (...args: never[]) => Error][];
  readonly type: string;
  readonly message: RegExp;
}[] = [
  {
    name: "a model that nobody has",
    more: { model: "two" },
    status: 404,
    openai: { code: "model_not_found", param: "model", type: "invalid_request_error" },
    classes: [
      ["openai", OpenAI.NotFoundError],
      ["anthropic", Anthropic.NotFoundError],
    ],
    type: "not_found_error",
    message: /there is no model "two"/,
  },
  {
    name: "a request that is wrong in one place",
    more: { messages: [{ role: "user", content: [{ type: "image_url" }] }, { role: "nobody" }] },
    status: 400,
    openai: { param: "messages[1].role", type: "invalid_request_error" },
    classes: [
      ["openai", OpenAI.BadRequestError],
      ["anthropic", Anthropic.BadRequestError],
    ],
    type: "invalid_request_error",
    message: /messages\[\d\]/,
  },
  {
    name: "a server that refuses our key",
    reply: refused(401, { message: "Incorrect API key provided: upstream-key-0123456789", code: "invalid_api_key" }),
    status: 502,
    openai: { code: "auth", type: "upstream_error" },
    classes: [
      ["openai", OpenAI.InternalServerError],
      ["anthropic", Anthropic.InternalServerError],
    ],
    type: "api_error",
    message: /the key was refused: Incorrect API key provided: \*\*\*/,
  },
  {
    name: "a server that is asked too often",
    reply: refused(429, { message: "Slow down", code: "rate_limit_exceeded" }),
    status: 429,
    openai: { code: "rate_limit_exceeded", type: "rate_limit_error" },
    classes: [
      ["openai", OpenAI.RateLimitError],
      ["anthropic", Anthropic.RateLimitError],
    ],
    type: "rate_limit_error",
    message: /Slow down/,
  },
  {
    name: "an account without money",
    reply: refused(429, { message: "You exceeded your current quota", code: "insufficient_quota" }),
    status: 429,
    openai: { code: "insufficient_quota", type: "insufficient_quota" },
    classes: [
      ["openai", OpenAI.RateLimitError],
      ["anthropic", Anthropic.RateLimitError],
    ],
    type: "rate_limit_error",
    message: /current quota/,
  },
  {
    name: "a server that fails",
    reply: refused(500, { message: "out of luck" }),
    status: 502,
    openai: { code: "server", type: "upstream_error" },
    classes: [
      ["openai", OpenAI.InternalServerError],
      ["anthropic", Anthropic.InternalServerError],
    ],
    type: "api_error",
    message: /the server failed: out of luck/,
  },
  {
    name: "a prompt that no context holds",
    reply: refused(400, {
      message: "This model's maximum context length is 8192 tokens",
      code: "context_length_exceeded",
    }),
    status: 400,
    openai: { code: "context_length_exceeded", type: "invalid_request_error" },
    classes: [
      ["openai", OpenAI.BadRequestError],
      ["anthropic", Anthropic.BadRequestError],
    ],
    type: "invalid_request_error",
    message: /the prompt is too long/,
  },
  {
    name: "what the server's policy forbids",
    reply: refused(400, { message: "flagged", code: "content_filter" }),
    status: 400,
    openai: { code: "content_filter", type: "invalid_request_error" },
    classes: [
      ["openai", OpenAI.BadRequestError],
      ["anthropic", Anthropic.BadRequestError],
    ],
    type: "invalid_request_error",
    message: /flagged/,
  },
];

it.each(cases)("tells every client of $name, whole or streamed", async (each) => {
  const { status, message, type, classes } = each;
  const { at } = await upstream(each.reply ?? {});
  const door = await gateway({ one: at("openai"), spare: at("openai") });
  const byOpenai = { ...each.openai, status, message: expect.stringMatching(message) };
  const byAnthropic = { status, error: { type: "error", error: { type, message: expect.stringMatching(message) } } };
  for (const stream of [false, true]) {
    const more = { ...each.more, stream };
    const first = asking.openai(door, more);
    await expect(first).rejects.toMatchObject(byOpenai);
    const second = asking.anthropic(door, more);
    await expect(second).rejects.toMatchObject(byAnthropic);
    await expect(asking.ollama(door, more)).rejects.toMatchObject({
      ...{ name: "ResponseError", status_code: status, message: expect.stringMatching(message) },
    });
    for (const [client, kind] of classes)
      await expect({ openai: first, anthropic: second }[client]).rejects.toBeInstanceOf(kind);
  }
});

it("says so when every LLM is down, and names the last one", async () => {
  const down = refused(503, { message: "asleep" });
  const { at, asked } = await upstream(down);
  const door = await gateway({ one: at("openai", { fallback: ["two"] }), two: at("anthropic") });
  await expect(asking.openai(door, {})).rejects.toMatchObject({
    ...{ status: 502, message: expect.stringMatching(/anthropic-model at http:.*asleep/) },
  });
  expect(asked.map(({ wire }) => wire)).toEqual(["openai", "anthropic"]);
});

it.each(["openai", "anthropic", "ollama"] as const)(
  "ends a stream of %s that breaks with an error in it",
  async (client) => {
    const { at, asked } = await upstream({ text: ["Once upon"], ends: "reset" });
    const door = await gateway({ one: at("openai", { fallback: ["two"] }), two: at("anthropic") });
    const heard: unknown[] = [];
    const reading = async () => {
      const stream: unknown = await asking[client](door, { stream: true });
      for await (const each of stream as AsyncIterable<unknown>) heard.push(each);
    };
    await expect(reading()).rejects.toThrow(/openai-model at http/);
    expect(JSON.stringify(heard)).toContain("Once upon");
    expect(asked).toHaveLength(1);
  },
);

const settings: readonly (readonly [path: string, more: object, param: string, said: RegExp])[] = [
  ["/v1/chat/completions", { messages: [] }, "messages", /small/],
  ["/v1/chat/completions", { temperature: 3 }, "temperature", /2/],
  ["/v1/chat/completions", { n: 2 }, "n", /only one answer/],
  ["/v1/chat/completions", { logprobs: true }, "logprobs", /cannot be had/],
  ["/v1/chat/completions", { tool_choice: "perhaps" }, "tool_choice", /"auto"\|"none"\|"required"/],
  ["/v1/chat/completions", { max_tokens: 0 }, "max_tokens", /0/],
  ["/v1/chat/completions", { tools: [{ type: "web_search" }] }, "tools[0].type", /only functions/],
  [
    "/v1/chat/completions",
    { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
    "messages[0].content",
    /image_url/,
  ],
  ["/v1/completions", { prompt: ["a", "b"] }, "prompt", /only one prompt/],
  ["/v1/completions", { prompt: "a", echo: true }, "echo", /cannot be repeated/],
  ["/v1/embeddings", { input: [[1, 2]] }, "input[0]", /expected string/],
];

it.each(settings)("names what is wrong in a request to %s with %j", async (path, more, param, said) => {
  const { at, asked } = await upstream({});
  const { ask } = await gateway({ one: at("openai") });
  const { status, text } = await ask("POST", path, { model: "one", messages, ...more });
  expect([status, JSON.parse(text).error.param]).toEqual([400, param]);
  expect(JSON.parse(text).error.message).toMatch(said);
  expect(asked).toEqual([]);
});

it("answers in the words of the API where there is nothing, or nothing to be read", async () => {
  const { ask, url } = await gateway({});
  const nothing = await Promise.all(
    ["/v1/nothing", "/v1/messages/nothing", "/api/nothing"].map((path) => ask("GET", path)),
  );
  expect(nothing.map(({ status, text }) => [status, JSON.parse(text)])).toMatchObject([
    [404, { error: { type: "invalid_request_error", message: "there is no GET /v1/nothing here" } }],
    [404, { type: "error", error: { type: "not_found_error" } }],
    [404, { error: "there is no GET /api/nothing here" }],
  ]);
  const sent = async (body: string | Uint8Array, type: string) => {
    const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers: { "content-type": type }, body });
    return [answer.status, ((await answer.json()) as { error: unknown }).error];
  };
  expect(await sent("{", "application/json")).toMatchObject([400, { message: "the body is no JSON" }]);
  expect(await sent("{}", "text/plain")).toMatchObject([415, { message: "the body has to be application/json" }]);
  expect(await sent(`{"a":"${"a".repeat(1_000_000)}"}`, "application/json")).toMatchObject([
    413,
    { type: "request_too_large" },
  ]);
});
