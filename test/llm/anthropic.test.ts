import { afterEach, describe, expect, it } from "vitest";
import { endingOf } from "../../src/either-signal.ts";
import { anthropic } from "../../src/llm/anthropic.ts";
import { retrying } from "../../src/llm/call/retry.ts";
import type { JsonSchema, LlmRequest } from "../../src/llm/provider.ts";
import type { WireOptions } from "../../src/llm/wire/wire.ts";
import {
  type AnthropicBody,
  type AnthropicRequest,
  type AnthropicScript,
  anthropicServer,
  block,
  end,
  event,
  refusal,
  start,
  stop,
  textBlock,
} from "../helpers/anthropic-server.ts";
import { drain, question } from "../helpers/drain.ts";
import { httpServer } from "../helpers/http-server.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Settings = Record<string, unknown>;
type Script = AnthropicScript;

async function serve(
  answer: Script | ((request: AnthropicRequest, number: number) => Script | Promise<Script>),
  models?: unknown,
) {
  const server = await anthropicServer(typeof answer === "function" ? answer : () => answer, models);
  open.push(server);
  const connect = (settings: Settings = {}, options: WireOptions = {}) => {
    const own = { base_url: server.url, api_key: "test-key-0001", model: "test-model", ...settings };
    return anthropic.connect(anthropic.config.parse(own), tools(options));
  };
  return Object.assign(server, { connect });
}

async function answered(script: Script, settings?: Settings) {
  return drain(await (await serve(script)).connect(settings));
}

const hi = textBlock(0, "Hi");
const text = (text: string) => ({ type: "text_delta", text });
const json = (partial_json: string) => ({ type: "input_json_delta", partial_json });

describe("the request", () => {
  it("holds the whole conversation, the system's words apart, and how long the answer may be", async () => {
    const server = await serve("Hello.");
    const { text, usage, finish, model } = await drain(await server.connect());
    expect({ text, finish, model }).toEqual({ text: "Hello.", finish: "stop", model: "test-model" });
    expect(usage).toEqual({ input: 6, output: 2, source: "reported" });
    expect(server.requests.map(({ body }) => body)).toEqual([
      {
        model: "test-model",
        max_tokens: 1000,
        system: [{ type: "text", text: "You are terse.", cache_control: { type: "ephemeral" } }],
        messages: [{ role: "user", content: "Say hello." }],
        stream: true,
      },
    ]);
    expect(server.requests[0]?.headers).toMatchObject({
      "anthropic-version": "2026-10-21",
      authorization: "Bearer test-key-0001",
    });
    expect(server.requests[0]?.headers).not.toHaveProperty("x-api-key");
  });

  it("follows the settings", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect({
      max_token: 500,
      thinking: "adaptive",
      effort: "low",
      cache: false,
      extra_body: { metadata: { user_id: "u" } },
      headers: { "anthropic-beta": "a,b" },
    });
    await drain(llm);
    expect(server.requests[0]?.body).toEqual({
      model: "test-model",
      max_tokens: 500,
      system: "You are terse.",
      messages: [{ role: "user", content: "Say hello." }],
      stream: true,
      thinking: { type: "adaptive" },
      output_config: { effort: "low" },
      metadata: { user_id: "u" },
    });
    expect(server.requests[0]?.headers).toMatchObject({ "anthropic-beta": "a,b" });
  });

  it("takes thinking as an object too", async () => {
    const server = await serve("Hello.");
    await drain(await server.connect({ thinking: { type: "enabled", budget_tokens: 1024 } }));
    expect(server.requests[0]?.body.thinking).toEqual({ type: "enabled", budget_tokens: 1024 });
  });

  it("joins neighbours of one role and leaves out who says nothing", async () => {
    const server = await serve("Hello.");
    const messages = [
      { role: "system", content: "One." },
      { role: "user", content: "a" },
      { role: "user", content: "b" },
      { role: "assistant", content: " \n" },
      { role: "user", content: "c" },
      { role: "assistant", content: "d" },
      { role: "system", content: "Two." },
      { role: "user", content: "e" },
    ] as const;
    await drain(await server.connect({ cache: false }), { messages });
    expect(server.requests[0]?.body).toMatchObject({
      system: "One.\n\nTwo.",
      messages: [
        { role: "user", content: "a\n\nb\n\nc" },
        { role: "assistant", content: "d" },
        { role: "user", content: "e" },
      ],
    });
  });

  it.each([
    [64_000, {}, 64_000],
    [1000, { max_token: 64_000 }, 1000],
  ])("for %i tokens with %j says %i (case 120)", async (maxTokens, settings, sent) => {
    const server = await serve("Hello.");
    await drain(await server.connect(settings), { maxTokens });
    expect(server.requests[0]?.body.max_tokens).toBe(sent);
  });

  it.each([
    ["2026-10-21", undefined],
    ["2023-06-01", 0.2],
  ])("to the API of %s has the temperature %s (case 119)", async (api_version, sent) => {
    const server = await serve("Hello.");
    await drain(await server.connect({ api_version, temperature: 0.2, top_p: 0.9 }));
    expect(server.requests[0]?.body.temperature).toBe(sent);
    expect(server.requests[0]?.headers["anthropic-version"]).toBe(api_version);
  });

  it.each([
    ["bearer", "authorization", "Bearer test-key-0001", "x-api-key"],
    ["x-api-key", "x-api-key", "test-key-0001", "authorization"],
  ])("carries the key as %s (case 117)", async (auth, name, value, absent) => {
    const server = await serve(({ headers }) =>
      headers[name] === value ? "Hello." : { status: 401, body: refusal("authentication_error", "no key") },
    );
    expect((await drain(await server.connect({ auth }))).text).toBe("Hello.");
    expect(server.requests[0]?.headers).not.toHaveProperty(absent);
    expect(server.requests[0]?.headers).toHaveProperty("anthropic-version");
  });

  it("carries no key where there is none", async () => {
    const server = await serve("Hello.");
    await drain(await server.connect({ api_key: undefined }));
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it.each([
    ["", "/v1/messages"],
    ["/", "/v1/messages"],
    ["/v1", "/v1/messages"],
    ["/v1/", "/v1/messages"],
    ["/v1/messages", "/v1/messages"],
    ["/anthropic", "/anthropic/v1/messages"],
    ["/anthropic/v1/", "/anthropic/v1/messages"],
  ])('to base_url "…%s" goes to %s (cases 118, 170)', async (path, url) => {
    const server = await serve("Hello.");
    await drain(await server.connect({ base_url: server.url + path }));
    expect(server.requests.map((request) => request.url)).toEqual([url]);
  });

  it("goes to Anthropic where nothing else is said", () => {
    expect(anthropic.config.parse({ model: "m" }).base_url).toBe("https://api.anthropic.com");
  });

  it("goes nowhere and says nothing that the environment would have it (case 166)", async () => {
    const trap = await serve("trapped");
    const server = await serve("Hello.");
    const environment = {
      ANTHROPIC_BASE_URL: trap.url,
      ANTHROPIC_API_KEY: "trap-key",
      ANTHROPIC_AUTH_TOKEN: "trap-token",
      ANTHROPIC_PROFILE: "trap-profile",
      ANTHROPIC_WEBHOOK_SIGNING_KEY: "trap-webhook",
      ANTHROPIC_CUSTOM_HEADERS: "x-trap: 1\nauthorization: trap",
      ANTHROPIC_LOG: "debug",
    };
    Object.assign(process.env, environment);
    try {
      expect((await drain(await server.connect())).text).toBe("Hello.");
      await drain(await server.connect({ api_key: undefined }));
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
    expect(trap.requests).toEqual([]);
    expect(JSON.stringify(server.requests)).not.toContain("trap");
  });
});

describe("the settings", () => {
  it.each([
    ["an empty key", { api_key: "" }],
    ["a placeholder", { api_key: "YOUR_API_KEY" }],
    ["a key with a line break", { api_key: "sk-12345678\n" }],
    ["a key with a letter no key has", { api_key: "sk-1234５678" }],
    ["another header for the key", { auth: "api-key" }],
    ["an unknown key", { modle: "m" }],
  ])("refuse %s without repeating it (case 169)", (_, settings) => {
    const read = anthropic.config.safeParse({ model: "m", ...settings });
    expect(read.success).toBe(false);
    expect(String(read.error)).not.toMatch(/12345678|1234５/);
  });
});

describe("what prompts have in common", () => {
  const common = "The same words for every file of the project.\n\n".repeat(150);
  const ask = (content: string, system = "You are terse."): Partial<LlmRequest> => ({
    messages: [
      { role: "system", content: system },
      { role: "user", content },
    ],
  });
  const mark = { type: "text", cache_control: { type: "ephemeral" } };
  const contents = ({ requests }: { requests: readonly AnthropicRequest[] }) =>
    requests.map(({ body }) => body.messages[0]?.content);

  it("is kept from the second time on", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect();
    for (const file of ["a", "b", "c"]) await drain(llm, ask(`${common}# File: ${file}`));
    const parted = (file: string) => [
      { ...mark, text: common },
      { type: "text", text: `# File: ${file}` },
    ];
    expect(contents(server)).toEqual([`${common}# File: a`, parted("b"), parted("c")]);
  });

  it("is not kept for a call that came to nothing", async () => {
    const server = await serve((_, number) =>
      number === 1 ? { status: 529, body: refusal("overloaded_error", "Overloaded") } : "Hello.",
    );
    const llm = await server.connect();
    await expect(drain(llm, ask(`${common}Go.`))).rejects.toMatchObject({ kind: "server" });
    await drain(llm, ask(`${common}Go.`));
    expect(contents(server)).toEqual([`${common}Go.`, `${common}Go.`]);
  });

  it("is kept in steps where some share more", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect();
    const more = `${common}# File: a\n\n${"Its contract.\n\n".repeat(5)}`;
    for (const prompt of [`${more}Write it.`, `${common}# File: b`, `${more}Review it.`]) await drain(llm, ask(prompt));
    expect(contents(server)[2]).toEqual([
      { ...mark, text: common },
      { ...mark, text: more.slice(common.length) },
      { type: "text", text: "Review it." },
    ]);
  });

  it("is the whole of a prompt that is asked again", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect();
    const again = [
      { role: "assistant", content: "{" },
      { role: "user", content: "Again." },
    ] as const;
    await drain(llm, ask(`${common}Go.`));
    await drain(llm, { messages: [...(ask(`${common}Go.`).messages ?? []), ...again] });
    expect(server.requests[1]?.body.messages).toEqual([
      { role: "user", content: [{ ...mark, text: `${common}Go.` }] },
      ...again,
    ]);
  });

  it.each<[string, Settings, Partial<LlmRequest>, Partial<LlmRequest>]>([
    ["the settings forbid it", { cache: false }, ask(`${common}a`), ask(`${common}b`)],
    ["it is short", {}, ask("Short.\n\na"), ask("Short.\n\nb")],
    ["the system says something else before it", {}, ask(`${common}a`), ask(`${common}b`, "You are kind.")],
  ])("is not kept where %s", async (_, settings, first, second) => {
    const server = await serve("Hello.");
    const llm = await server.connect(settings);
    await drain(llm, first);
    await drain(llm, second);
    expect(contents(server)).toEqual([first, second].map(({ messages }) => messages?.[1]?.content));
  });
});

describe("a document's schema", () => {
  const closed: JsonSchema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      files: { type: "array", maxItems: 3, description: "what to write", items: { type: "string", minLength: 1 } },
      note: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
    required: ["files", "note"],
    additionalProperties: false,
  };
  const schema = { name: "Prd", schema: closed };
  const whole = '{"files":["a"],"note":null}';

  it("is held to by output_config.format, in one request (case 99)", async () => {
    const server = await serve(whole);
    const { text, structure } = await drain(await server.connect({ effort: "low" }), { schema });
    expect({ text, structure }).toEqual({ text: whole, structure: "schema" });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body.output_config).toEqual({
      effort: "low",
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: {
            files: {
              type: "array",
              description: "what to write\n\n{maxItems: 3}",
              items: { type: "string", description: "{minLength: 1}" },
            },
            note: { anyOf: [{ type: "string" }, { type: "null" }] },
          },
          required: ["files", "note"],
          additionalProperties: false,
        },
      },
    });
    expect(server.requests[0]?.body).not.toHaveProperty("tool_choice");
  });

  it("is not sent where the settings say so", async () => {
    const server = await serve(whole);
    expect((await drain(await server.connect({ structured: "off" }), { schema })).structure).toBe("off");
    expect(Object.keys(server.requests[0]?.body ?? {})).toEqual([
      "model",
      "max_tokens",
      "system",
      "messages",
      "stream",
    ]);
  });

  const { $schema, ...plain } = closed;
  const rungOf = ({ output_config, tool_choice }: AnthropicBody) =>
    output_config?.format ? "schema" : tool_choice ? "tool" : "off";
  const rungs = ({ requests }: { requests: readonly AnthropicRequest[] }) => requests.map(({ body }) => rungOf(body));
  const refusing = (body: AnthropicBody, messages: Partial<Record<string, string>>): Script | undefined => {
    const message = messages[rungOf(body)];
    return message === undefined ? undefined : { status: 400, body: refusal("invalid_request_error", message) };
  };
  const oldModel = { schema: "output_config.format: structured outputs are not supported by this model" };
  const newModel = { tool: "tool_choice: forcing a tool is not supported by this model" };

  it("is the parameters of a forced tool for a model that knows no format (case 101)", async () => {
    const server = await serve(({ body }) => refusing(body, oldModel) ?? { tool: whole });
    const llm = await server.connect();
    for (let calls = 0; calls < 2; calls++) {
      const { text, finish, structure, deltas } = await drain(llm, { schema });
      expect({ text, finish, structure }).toEqual({ text: whole, finish: "stop", structure: "tool" });
      expect(deltas.every(({ type }) => type === "text")).toBe(true);
    }
    expect(rungs(server)).toEqual(["schema", "tool", "tool"]);
    expect(server.requests[1]?.body.tools).toEqual([
      { name: "answer", description: "Gives the answer.", input_schema: plain },
    ]);
  });

  it("is only asked for in words where a forced tool is refused as well (case 103)", async () => {
    const server = await serve(({ body }) => refusing(body, { ...oldModel, ...newModel }) ?? whole);
    const llm = await server.connect();
    expect((await drain(llm, { schema })).structure).toBe("off");
    expect((await drain(llm, { schema })).text).toBe(whole);
    expect(rungs(server)).toEqual(["schema", "tool", "off", "off"]);
  });

  it("that the format cannot say goes to a tool, and the others keep the format", async () => {
    const server = await serve(({ body }) => (body.tool_choice ? { tool: whole } : whole));
    const llm = await server.connect();
    const openSchema = {
      ...plain,
      properties: { files: { type: "object", additionalProperties: { type: "string" } } },
    };
    const untyped = { ...plain, properties: { files: {} } };
    for (const one of [openSchema, untyped, closed]) await drain(llm, { schema: { name: "Prd", schema: one } });
    expect(rungs(server)).toEqual(["tool", "tool", "schema"]);
  });

  it("that the server ignores is asked for in another way from then on", async () => {
    const server = await serve("I would rather talk.");
    const llm = await server.connect();
    for (let calls = 0; calls < 3; calls++) await drain(llm, { schema });
    expect(rungs(server)).toEqual(["schema", "tool", "off"]);
  });

  it("is not refused by an answer that the limit cut (case 105)", async () => {
    const server = await serve({ text: '{"files":[]}', stop: "max_tokens" });
    const llm = await server.connect();
    expect((await drain(llm, { schema })).finish).toBe("length");
    await drain(llm, { schema });
    expect(rungs(server)).toEqual(["schema", "schema"]);
  });

  const call = (...deltas: object[]) => block(1, { type: "tool_use", id: "t", name: "answer", input: {} }, ...deltas);
  it.each([
    ['"" first, then pieces', call(json(""), json('{"a"'), json(":1}")), '{"a":1}'],
    ["no pieces at all", call(), "{}"],
    ["only an empty piece", call(json("")), "{}"],
    ["all at the start", block(1, { type: "tool_use", id: "t", name: "answer", input: { a: 1 } }), '{"a":1}'],
  ])("is answered by a tool call with %s (case 121)", async (_, called, expected) => {
    const server = await serve(
      ({ body }) => refusing(body, oldModel) ?? { raw: [start(), called, end("tool_use"), stop] },
    );
    expect((await drain(await server.connect(), { schema })).text).toBe(expected);
  });

  it("is not taken as answered by a call that was cut before it began (case 56)", async () => {
    const server = await serve(
      ({ body }) => refusing(body, oldModel) ?? { raw: [start(), call(json("")), end("max_tokens"), stop] },
    );
    expect(await drain(await server.connect(), { schema })).toMatchObject({ text: "", finish: "length" });
  });
});

describe("what a server refuses is put right and remembered", () => {
  const invalid = (message: string): Script => ({ status: 400, body: refusal("invalid_request_error", message) });

  it("an answer longer than the model's (case 93)", async () => {
    const message = "max_tokens: 1000 > 400, which is the maximum allowed number of output tokens for test-model";
    const server = await serve(({ body }) => (body.max_tokens > 400 ? invalid(message) : "Hello."));
    const llm = await server.connect();
    await drain(llm);
    await drain(llm);
    expect(server.requests.map(({ body }) => body.max_tokens)).toEqual([1000, 400, 400]);
  });

  it("an answer longer than the context leaves room for", async () => {
    const message = "input length and `max_tokens` exceed context limit: 199200 + 1000 > 200000, decrease them";
    const server = await serve(({ body }) => (body.max_tokens > 800 ? invalid(message) : "Hello."));
    expect((await drain(await server.connect())).text).toBe("Hello.");
    expect(server.requests.map(({ body }) => body.max_tokens)).toEqual([1000, 800]);
  });

  it.each([
    "input length and `max_tokens` exceed context limit: 199990 + 1000 > 200000, decrease them",
    "prompt is too long: 210000 tokens > 200000 maximum",
  ])("but a prompt that fills the context is an overflow, sent once: %s (case 91)", async (message) => {
    const server = await serve(invalid(message));
    await expect(drain(await server.connect())).rejects.toMatchObject({ kind: "overflow", status: 400 });
    expect(server.requests).toHaveLength(1);
  });

  it("temperature and top_p, one after the other (case 94)", async () => {
    const server = await serve(({ body }) => {
      if (body.temperature !== undefined) return invalid("`temperature` may only be set to 1 for this model");
      return body.top_p === undefined ? "Hello." : invalid("top_p: must be at least 0.99");
    });
    const llm = await server.connect({ api_version: "2023-06-01", temperature: 0, top_p: 0.5 });
    await drain(llm);
    await drain(llm);
    expect(server.requests.map(({ body }) => [body.temperature, body.top_p])).toEqual([
      [0, 0.5],
      [undefined, 0.5],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

describe("the events", () => {
  const raw = [
    event("ping"),
    start(),
    event("ping"),
    event("news_of_tomorrow", { index: 0, delta: text("x") }),
    event("content_block_start", { index: 0, content_block: { type: "hologram", text: "" } }),
    event("content_block_delta", { index: 0, delta: { type: "hologram_delta", light: "x" } }),
    event("content_block_stop", { index: 0 }),
    block(
      1,
      { type: "text", text: "" },
      text("H"),
      { type: "citations_delta", citation: { cited_text: "x" } },
      text("i"),
    ),
    event("ping"),
    end(),
    stop,
  ];
  it("that nobody knows are passed over (case 109)", async () => {
    const { text, deltas, finish } = await answered({ raw });
    expect({ text, finish, deltas: deltas.length }).toEqual({ text: "Hi", finish: "stop", deltas: 2 });
  });

  const joined = raw.join("");
  it.each<[string, Script]>([
    ["without their names (case 114)", { raw: joined.replaceAll(/^event: .*\n/gm, "") }],
    ["with CRLF (case 1)", { raw: joined.replaceAll("\n", "\r\n") }],
    ["without a space after data: (case 2)", { raw: joined.replaceAll("data: ", "data:") }],
    ["with comments (case 3)", { raw: joined.replaceAll("event: ", ": keep-alive\n\n: ping\nevent: ") }],
    ["byte by byte (case 8)", { raw: [...Buffer.from(joined)].map((byte) => Buffer.from([byte])) }],
    ["without the last blank line (case 10)", { raw: joined.trimEnd() }],
    ["with empty ones (case 14)", { raw: joined.replaceAll("\n\n", "\n\nevent: ping\n\ndata:\n\n") }],
    ["under no content type (case 19)", { raw: joined, type: "" }],
    ["and [DONE] at the end (case 13)", { raw: `${joined}data: [DONE]\n\n${textBlock(2, "more")}` }],
  ])("%s are read", async (_, script) => {
    expect((await answered(script)).text).toBe("Hi");
  });

  it("hold text of every script, however it is cut (case 8)", async () => {
    const bytes = Buffer.from([start(), textBlock(0, "你好, ", "wor", "ld 🎈"), end(), stop].join(""));
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    expect((await answered({ raw: pieces })).text).toBe("你好, world 🎈");
  });

  it("show thinking as reasoning and join the blocks of text as they are (case 110)", async () => {
    const { text, reasoning } = await answered({
      raw: [
        start(),
        block(
          0,
          { type: "thinking", thinking: "", signature: "" },
          { type: "thinking_delta", thinking: "Hm" },
          { type: "thinking_delta", thinking: "m." },
          { type: "signature_delta", signature: "sig" },
        ),
        block(1, { type: "redacted_thinking", data: "xyz" }),
        textBlock(2, "Hel", "lo,"),
        textBlock(3, " you."),
        end(),
        stop,
      ],
    });
    expect({ text, reasoning }).toEqual({ text: "Hello, you.", reasoning: "Hmm." });
  });

  it("take thinking out of the text where a server leaves it there (case 34)", async () => {
    const { text, reasoning } = await answered({ raw: [start(), textBlock(0, "<th", "ink>Hm.</thi", "nk>Hi"), end()] });
    expect({ text, reasoning }).toEqual({ text: "Hi", reasoning: "Hm." });
  });

  it.each([
    ["no content", [start(), end(), stop]],
    ["nothing but thinking", [start(), block(0, { type: "thinking", thinking: "Hm." }), end(), stop]],
    ["blank text", [start(), textBlock(0, " \n"), end(), stop]],
  ])("with %s are empty (cases 45, 107, 110)", async (_, raw) => {
    await expect(answered({ raw })).rejects.toMatchObject({ kind: "empty" });
  });

  it("without their beginnings are read all the same", async () => {
    const raw = [event("content_block_delta", { index: 0, delta: text("Hi") }), end()];
    expect(await answered({ raw })).toMatchObject({ text: "Hi", model: "test-model", usage: undefined });
  });

  it("name the model that answered (case 48)", async () => {
    expect((await answered({ raw: [start({ model: "other-2026" }), hi, end()] })).model).toBe("other-2026");
  });

  it.each<[string, object, object, object | undefined]>([
    [
      "null on the way (case 111)",
      { input_tokens: 9 },
      { input_tokens: null, output_tokens: 2 },
      { input: 9, output: 2 },
    ],
    ["left out on the way (case 111)", { input_tokens: 9 }, { output_tokens: 2 }, { input: 9, output: 2 }],
    ["zero on the way", { input_tokens: 9 }, { input_tokens: 0, output_tokens: 2 }, { input: 9, output: 2 }],
    ["only at the end", {}, { input_tokens: 9, output_tokens: 2 }, { input: 9, output: 2 }],
    [
      "of the cache (case 112)",
      { input_tokens: 9, cache_creation_input_tokens: 200, cache_read_input_tokens: 3000, output_tokens: 1 },
      { output_tokens: 2 },
      { input: 3209, output: 2, cachedRead: 3000, cachedWrite: 200 },
    ],
    [
      "of thinking",
      { input_tokens: 9 },
      { output_tokens: 20, output_tokens_details: { thinking_tokens: 15 } },
      { input: 9, output: 20, reasoning: 15 },
    ],
    ["zero beside a text (case 28)", { input_tokens: 0 }, { output_tokens: 0 }, undefined],
  ])("count the tokens, %s", async (_, first, last, expected) => {
    const { usage } = await answered({ raw: [start({ usage: first }), hi, end("end_turn", last), stop] });
    expect(usage).toEqual(expected && { ...expected, source: "reported" });
  });

  it("of a whole message in place of a stream are read (case 16)", async () => {
    const message = {
      type: "message",
      model: "test-model",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "s" },
        { type: "text", text: "Hi" },
      ],
      stop_reason: "end_turn",
      usage: { input_tokens: 9, output_tokens: 2 },
    };
    const answer = await answered({ raw: JSON.stringify(message), type: "application/json" });
    expect(answer).toMatchObject({ text: "Hi", reasoning: "Hm.", usage: { input: 9, output: 2 }, finish: "stop" });
  });

  it("call tools, told apart by their blocks (cases 49, 50, 52)", async () => {
    const tool = (index: number, id: string) =>
      event("content_block_start", { index, content_block: { type: "tool_use", id, name: "read", input: {} } });
    const piece = (index: number, text: string) => event("content_block_delta", { index, delta: json(text) });
    const { deltas, finish } = await answered({
      raw: [
        start(),
        tool(1, "a"),
        tool(2, "b"),
        tool(3, "c"),
        piece(2, "{"),
        piece(1, '{"x":'),
        piece(2, "}"),
        piece(1, "1}"),
        end("tool_use"),
        stop,
      ],
    });
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([
      { type: "tool-call", index: 0, id: "a", name: "read", arguments: "" },
      { type: "tool-call", index: 1, id: "b", name: "read", arguments: "" },
      { type: "tool-call", index: 2, id: "c", name: "read", arguments: "" },
      { type: "tool-call", index: 1, arguments: "{" },
      { type: "tool-call", index: 0, arguments: '{"x":' },
      { type: "tool-call", index: 1, arguments: "}" },
      { type: "tool-call", index: 0, arguments: "1}" },
      { type: "tool-call", index: 2, arguments: "{}" },
    ]);
  });
});

describe("the end of an answer", () => {
  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["a_word_of_tomorrow", "stop"],
  ])("by %s is %s (cases 38, 116)", async (reason, finish) => {
    expect((await answered({ text: "Hi", stop: reason })).finish).toBe(finish);
  });

  it("by a refusal is a matter of policy, with its reason and its cost (case 116)", async () => {
    const details = { type: "refusal", category: "cyber", explanation: null };
    await expect(
      answered({ raw: [start(), hi, end("refusal", { output_tokens: 2 }, { stop_details: details }), stop] }),
    ).rejects.toMatchObject({
      kind: "policy",
      message: expect.stringContaining("the model refused: cyber"),
      usage: { input: 9, output: 2 },
    });
  });

  it("by a full context is an overflow (case 116)", async () => {
    await expect(answered({ text: "Hi", stop: "model_context_window_exceeded" })).rejects.toMatchObject({
      kind: "overflow",
    });
  });

  const search = { type: "server_tool_use", id: "srv_1", name: "web_search", input: {} };
  const found = { type: "web_search_tool_result", tool_use_id: "srv_1", content: [{ title: "x" }] };
  const pausing = [
    start(),
    block(
      0,
      { type: "thinking", thinking: "", signature: "" },
      { type: "thinking_delta", thinking: "Hm." },
      { type: "signature_delta", signature: "sig" },
    ),
    block(1, search, json('{"query"'), json(':"x"}')),
    block(2, found),
    textBlock(3),
    textBlock(4, "One, "),
    end("pause_turn", { output_tokens: 5 }),
    stop,
  ];

  it("by a pause is sent back as it came, and the rest joined (case 116)", async () => {
    const rest = [event("ping"), start(), textBlock(0, "two."), end("end_turn", { output_tokens: 3 }), stop];
    const server = await serve((_, number) => ({ raw: number === 1 ? pausing : rest }));
    const { text, reasoning, finish, usage } = await drain(await server.connect());
    expect({ text, reasoning, finish }).toEqual({ text: "One, two.", reasoning: "Hm.", finish: "stop" });
    expect(usage).toEqual({ input: 18, output: 8, source: "reported" });
    expect(server.requests[1]?.body.messages).toEqual([
      { role: "user", content: "Say hello." },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm.", signature: "sig" },
          { ...search, input: { query: "x" } },
          found,
          { type: "text", text: "One, " },
        ],
      },
    ]);
  });

  it("by a second pause is left to the caller to go on from (case 116)", async () => {
    const server = await serve({ raw: pausing });
    expect(await drain(await server.connect())).toMatchObject({ text: "One, One, ", finish: "length" });
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, Script]>([
    ["without message_stop", { raw: [start(), hi, end()] }],
    ["that leaves the connection open", { raw: [start(), hi, end(), stop], end: "stall" }],
    ["with a reset after the reason", { raw: [start(), hi, end()], end: "reset" }],
    ["with an error after the reason", { raw: [start(), hi, end(), event("error", { error: { message: "late" } })] }],
  ])("%s is an end all the same (case 113)", async (_, script) => {
    expect(await answered(script)).toMatchObject({ text: "Hi", finish: "stop" });
  });

  it.each<[string, Script]>([
    ["nothing at all (case 60)", { raw: "" }],
    ["a cut in the text (case 57)", { text: "word ".repeat(500), cut: 2 }],
    ["a reset in the text (case 58)", { text: "word ".repeat(500), cut: 2, end: "reset" }],
    ["no reason (case 113)", { raw: [start(), hi] }],
    ["message_stop but no reason (case 12)", { raw: [start(), hi, end(null), stop] }],
    ["half an event", { raw: [start(), hi, end().slice(0, -20)] }],
  ])("with %s is truncated", async (_, script) => {
    await expect(answered(script)).rejects.toMatchObject({ kind: "truncated" });
  });

  it("that did not come keeps what was counted (case 29)", async () => {
    await expect(answered({ raw: [start(), hi] })).rejects.toMatchObject({ usage: { input: 9, output: 1 } });
  });
});

describe("failures", () => {
  const said = (type: string) => event("error", { error: { type, message: "BOOM" } });
  it.each<[string, Script, object]>([
    ["overloaded after 200 (case 115)", { raw: [start(), hi, said("overloaded_error")] }, { kind: "server" }],
    ["overloaded at once", { raw: [said("overloaded_error")] }, { kind: "server" }],
    ["a limit after 200", { raw: [start(), said("rate_limit_error")] }, { kind: "rate" }],
    ["an account without money after 200", { raw: [start(), said("billing_error")] }, { kind: "quota" }],
    [
      "an error event without a name (case 77)",
      { raw: said("api_error").replace(/^event.*\n/, "") },
      { kind: "server" },
    ],
    [
      "an error body sent with 200 (case 75)",
      { raw: JSON.stringify(refusal("rate_limit_error", "BOOM")), type: "application/json" },
      { kind: "rate" },
    ],
    [
      "an error text sent with 200 (case 75)",
      { raw: '{"error":"BOOM"}', type: "application/json" },
      { kind: "server" },
    ],
    [
      "a limit of another host sent with 200 (case 76)",
      { raw: '{"code":"rpm_rate_limit_exceeded","msg":"BOOM"}', type: "application/json" },
      { kind: "rate" },
    ],
    ["a page sent with 200 (case 20)", { raw: "<html><h1>BOOM</h1></html>", type: "text/html" }, { kind: "protocol" }],
    ["a broken event (case 15)", { raw: [start(), "event: x\ndata: {BOOM\n\n", hi, end()] }, { kind: "protocol" }],
    ["a page with 502 (case 74)", { status: 502, body: "<html>BOOM</html>" }, { kind: "server", status: 502 }],
  ])("%s", async (_, script, expected) => {
    await expect(answered(script)).rejects.toMatchObject({
      name: "ProviderError",
      message: expect.stringContaining("BOOM"),
      ...expected,
    });
  });

  it.each<[number, string, string, object?]>([
    [400, "invalid_request_error", "request"],
    [401, "authentication_error", "auth"],
    [402, "billing_error", "quota"],
    [403, "permission_error", "auth"],
    [404, "not_found_error", "request"],
    [413, "request_too_large", "overflow"],
    [429, "rate_limit_error", "rate"],
    [429, "rate_limit_error", "rate", { error_code: "ramp_limit_exceeded" }],
    [429, "rate_limit_error", "quota", { error_code: "contract_spend_limit_reached" }],
    [429, "rate_limit_error", "quota", { error_code: "enforced_spend_limit_reached" }],
    [500, "api_error", "server"],
    [504, "timeout_error", "server"],
    [529, "overloaded_error", "server"],
  ])("%i %s is %s %j (cases 73, 86)", async (status, type, kind, details) => {
    const server = await serve({ status, body: refusal(type, "BOOM", details) });
    await expect(drain(await server.connect())).rejects.toMatchObject({
      kind,
      status,
      message: expect.stringContaining("BOOM"),
    });
    expect(server.requests).toHaveLength(1);
  });

  it("of an unknown model name it, with a hint (case 90)", async () => {
    await expect(
      answered({ status: 404, body: refusal("not_found_error", "model: test-model not found") }),
    ).rejects.toMatchObject({ kind: "request", hint: expect.stringContaining("test-model") });
  });

  it.each<[Record<string, string>, number]>([
    [{ "retry-after": "7" }, 7000],
    [{ "retry-after-ms": "300", "retry-after": "9" }, 300],
  ])("with %j say how long to wait (cases 80, 83)", async (headers, retryAfter) => {
    const body = refusal("rate_limit_error", "slow");
    await expect(answered({ status: 429, body, headers })).rejects.toMatchObject({ kind: "rate", retryAfter });
  });

  it("that pass are not noticed by one who tries again (case 88)", async () => {
    const server = await serve((_, number) => {
      const status = [503, 529, 500][number - 1];
      const body = refusal("overloaded_error", "Overloaded");
      return status ? { status, body, headers: { "retry-after-ms": "1" } } : "Hello.";
    });
    const llm = await server.connect();
    const { text } = await retrying(() => drain(llm), { ended: endingOf(new AbortController().signal) });
    expect(text).toBe("Hello.");
    expect(server.requests).toHaveLength(4);
  });

  it("name model and server, and never the key (cases 87, 168)", async () => {
    const server = await serve({
      status: 401,
      body: refusal("authentication_error", "invalid key test-key-0001 (secret-header)"),
    });
    const llm = await server.connect({ headers: { "x-gateway": "secret-header" } });
    const error = await drain(llm).catch((error: unknown) => error);
    expect(error).toMatchObject({
      message: `test-model at ${server.url}: the key was refused: invalid key *** (***) (HTTP 401)`,
      hint: expect.stringContaining("api_key"),
    });
    const { stack, cause } = error instanceof Error ? error : new Error("none");
    expect(`${JSON.stringify(error)} ${stack} ${String(cause)}`).not.toMatch(/test-key-0001|secret-header/);
  });

  it("of a server that is not there ask whether it runs (case 59)", async () => {
    const server = await serve("");
    const llm = await server.connect();
    await open.pop()?.close();
    await expect(drain(llm)).rejects.toMatchObject({
      kind: "network",
      hint: `Is the server running at ${server.url}? If it is elsewhere, mend base_url.`,
    });
  });

  it.each<[string, Script, WireOptions, string]>([
    ["no headers (case 62)", { raw: "", wait: 2000 }, { first_token_timeout: 0.05 }, "gave no answer in 0.05 s"],
    ["silence (case 63)", { raw: [start(), hi], end: "stall" }, { idle_timeout: 0.05 }, "sent nothing in 0.05 s"],
    ["too long an answer (case 66)", { text: "word ".repeat(4000), pause: 20 }, { timeout: 0.2 }, "in 0.2 s"],
  ])("by a deadline keep its words: %s", async (_, script, options, words) => {
    const server = await serve(script);
    await expect(drain(await server.connect({}, options))).rejects.toMatchObject({
      kind: "timeout",
      message: expect.stringContaining(words),
    });
  });

  it("by a redirect to elsewhere take neither key nor prompt there (case 97)", async () => {
    const other = await serve("trapped");
    const server = await httpServer(() => ({ status: 307, headers: { location: `${other.url}/v1/messages` } }));
    open.push(server);
    const config = anthropic.config.parse({ base_url: server.url, api_key: "test-key-0001", model: "m" });
    await expect(drain(await anthropic.connect(config, tools()))).rejects.toMatchObject({
      kind: "protocol",
      message: expect.stringContaining(other.url),
    });
    expect(other.requests).toEqual([]);
  });
});

describe("ending a call", () => {
  const long = "word ".repeat(2000);

  it("before the headers is aborted at once, and the server sees the close (case 67)", async () => {
    const server = await serve({ raw: "", wait: 5000 });
    const caller = new AbortController();
    const ended = drain(await server.connect(), {}, caller.signal).catch((error: unknown) => error);
    await expect.poll(() => server.requests.length).toBe(1);
    caller.abort();
    expect(await ended).toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
  });

  it("in the middle of the text is aborted, and the server sees the close (case 68)", async () => {
    const server = await serve({ text: long, cut: 3, end: "stall" });
    const caller = new AbortController();
    const stream = (await server.connect()).stream(question, { signal: caller.signal });
    expect(await stream.next()).toMatchObject({ value: { type: "text" } });
    caller.abort();
    const reading = (async () => {
      for await (const { type } of stream) expect(type).toBe("text");
    })();
    await expect(reading).rejects.toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
  });

  it("beforehand is aborted, and nothing is sent", async () => {
    const server = await serve("Hello.");
    await expect(drain(await server.connect(), {}, AbortSignal.abort())).rejects.toMatchObject({ kind: "aborted" });
    expect(server.requests).toEqual([]);
  });

  it("by reading no further closes the connection (case 70)", async () => {
    const server = await serve({ text: long, cut: 3, end: "stall" });
    for await (const delta of (await server.connect()).stream(question, { signal: new AbortController().signal })) {
      expect(delta.type).toBe("text");
      break;
    }
    await expect.poll(server.left).toBe(1);
  });

  it("leaves the others whole (case 72)", async () => {
    const server = await serve({ text: long, pause: 2 });
    const llm = await server.connect();
    const caller = new AbortController();
    const ended = drain(llm, {}, caller.signal).catch((error: unknown) => error);
    const others = Array.from({ length: 20 }, () => drain(llm));
    caller.abort();
    expect((await Promise.all(others)).every((answer) => answer.text === long)).toBe(true);
    expect(await ended).toMatchObject({ kind: "aborted" });
  });
});

describe("the models of a server", () => {
  const signal = new AbortController().signal;

  it("are listed with their context", async () => {
    const server = await serve("", {
      data: [
        { type: "model", id: "claude-a", display_name: "A", max_input_tokens: 1_000_000, max_tokens: 128_000 },
        { type: "model", id: "claude-b", display_name: "B", max_input_tokens: null, max_tokens: null },
        { id: "other" },
      ],
      has_more: false,
    });
    const llm = await server.connect();
    expect(await llm.models?.({ signal })).toEqual([
      { id: "claude-a", context: 1_000_000 },
      { id: "claude-b" },
      { id: "other" },
    ]);
  });

  it.each<[string, unknown, object]>([
    ["a page", "<html>BOOM</html>", { kind: "protocol" }],
    ["another list", { models: [] }, { kind: "protocol" }],
  ])("are not made up from %s", async (_, models, expected) => {
    const llm = await (await serve("", models)).connect();
    await expect(llm.models?.({ signal })).rejects.toMatchObject({ name: "ProviderError", ...expected });
  });
});
