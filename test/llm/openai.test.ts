import { afterEach, describe, expect, it } from "vitest";
import { endingOf } from "../../src/either-signal.ts";
import { retrying } from "../../src/llm/call/retry.ts";
import { openai } from "../../src/llm/openai.ts";
import type { JsonSchema } from "../../src/llm/provider.ts";
import { drain, endedInTheMiddle, question } from "../helpers/drain.ts";
import {
  chunk,
  done,
  event,
  type OpenAiBody,
  type OpenAiRequest,
  openaiServer,
  type Script,
} from "../helpers/openai-server.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Settings = Record<string, unknown>;

async function serve(answer: Script | ((request: OpenAiRequest, number: number) => Script)) {
  const server = await openaiServer(typeof answer === "function" ? answer : () => answer);
  open.push(server);
  const connect = (settings: Settings = {}) => {
    const own = { base_url: `${server.url}/v1`, api_key: "test-key-0001", model: "test-model", ...settings };
    return openai.connect(openai.config.parse(own), tools());
  };
  return Object.assign(server, { connect });
}

async function answered(script: Script, settings?: Settings) {
  return drain(await (await serve(script)).connect(settings));
}

const end = (rest: object = {}, choice: object = {}) => chunk({}, rest, { finish_reason: "stop", ...choice });
const hi = chunk({ content: "Hi" });
const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
const reported = { input: 9, output: 2, source: "reported" };

describe("the request", () => {
  it("holds the whole conversation and asks for a stream with its usage", async () => {
    const server = await serve("Hello.");
    const { text, usage, finish, model } = await drain(await server.connect({ temperature: 0.2, top_p: 0.9 }));
    expect({ text, finish, model }).toEqual({ text: "Hello.", finish: "stop", model: "test-model" });
    expect(usage).toEqual({ input: 6, output: 2, source: "reported" });
    expect(server.requests.map(({ body }) => body)).toEqual([
      {
        model: "test-model",
        messages: question.messages,
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 1000,
        temperature: 0.2,
        top_p: 0.9,
      },
    ]);
  });

  it("follows the settings that say how a server differs", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect({
      max_tokens_field: "max_completion_tokens",
      max_token: 500,
      stream_usage: false,
      system_role: "user",
      extra_body: { enable_thinking: false },
      headers: { "X-Title": "metagpt" },
      organization: "org-1",
      project: "proj-1",
    });
    await drain(llm);
    expect(server.requests[0]?.body).toEqual({
      model: "test-model",
      messages: [{ role: "user", content: "You are terse.\n\nSay hello." }],
      stream: true,
      max_completion_tokens: 500,
      enable_thinking: false,
    });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer test-key-0001",
      "x-title": "metagpt",
      "openai-organization": "org-1",
      "openai-project": "proj-1",
    });
  });

  it("sends no authorization where there is no key", async () => {
    const server = await serve("Hello.");
    await drain(await server.connect({ api_key: undefined }));
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it.each([
    ["/v1", "/v1/chat/completions"],
    ["/v1/", "/v1/chat/completions"],
    ["/v1/chat/completions", "/v1/chat/completions"],
    ["/deep/er/v4", "/deep/er/v4/chat/completions"],
  ])("to base_url …%s goes to %s (case 170)", async (path, url) => {
    const server = await serve("Hello.");
    await drain(await server.connect({ base_url: server.url + path }));
    expect(server.requests[0]?.url).toBe(url);
  });

  it("finds localhost (case 170)", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect({ base_url: `${server.url.replace("127.0.0.1", "localhost")}/v1` });
    expect((await drain(llm)).text).toBe("Hello.");
  });

  it.each([
    [
      "by version",
      { api_version: "2024-10-21" },
      "/openai/deployments/test-model/chat/completions?api-version=2024-10-21",
    ],
    ["by the newer address", {}, "/openai/v1/chat/completions"],
  ])("to Azure %s has its path and its key header (case 160)", async (_, settings, url) => {
    const server = await serve("Hello.");
    await drain(await server.connect({ base_url: server.url, api_type: "azure", ...settings }));
    expect(server.requests[0]?.url).toBe(url);
    expect(server.requests[0]?.headers).toMatchObject({ "api-key": "test-key-0001" });
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("goes nowhere and says nothing that the environment would have it (case 166)", async () => {
    const trap = await serve("trapped");
    const server = await serve("Hello.");
    const environment = {
      OPENAI_BASE_URL: `${trap.url}/v1`,
      OPENAI_API_KEY: "trap-key",
      OPENAI_ADMIN_KEY: "trap-key",
      OPENAI_ORG_ID: "trap-org",
      OPENAI_PROJECT_ID: "trap-project",
      OPENAI_CUSTOM_HEADERS: "x-trap: 1\nauthorization: trap",
      OPENAI_LOG: "debug",
    };
    Object.assign(process.env, environment);
    try {
      expect((await drain(await server.connect())).text).toBe("Hello.");
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
    expect(trap.requests).toEqual([]);
    expect(JSON.stringify(server.requests)).not.toContain("trap");
  });
});

describe("the settings", () => {
  const valid = { base_url: "https://llm.example.com/v1", model: "m" };
  it.each([
    ["an empty key", { api_key: "" }],
    ["a placeholder", { api_key: "YOUR_API_KEY" }],
    ["a key with a line break", { api_key: "sk-12345678\n" }],
    ["a key with a letter no key has", { api_key: "sk-1234５678" }],
    ["credentials in the address", { base_url: "https://me:secret@host/v1" }],
    ["an address of another kind", { base_url: "ftp://host" }],
    ["no model", { model: "" }],
    ["a proxy of another kind", { proxy: "ftp://127.0.0.1:1080" }],
    ["an unknown key", { modle: "m" }],
    ["a header that cannot be sent", { headers: { "x-a": "1\n2" } }],
  ])("refuse %s without repeating it (case 169)", (_, settings) => {
    const read = openai.config.safeParse({ ...valid, ...settings });
    expect(read.success).toBe(false);
    expect(String(read.error)).not.toMatch(/12345678|1234５|secret/);
  });
});

describe("a document's schema", () => {
  const closed: JsonSchema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { files: { type: "array", items: { type: "string" } } },
    required: ["files"],
    additionalProperties: false,
  };
  const { $schema: _, ...plain } = closed;
  const sent = async (schema: JsonSchema, settings?: Settings) => {
    const server = await serve("{}");
    await drain(await server.connect(settings), { schema: { name: "System Design!", schema } });
    return server.requests[0]?.body.response_format;
  };

  it("is sent strictly where strict mode can take it (case 99)", async () => {
    expect(await sent(closed)).toEqual({
      type: "json_schema",
      json_schema: { name: "System_Design_", strict: true, schema: plain },
    });
  });

  it.each([
    ["an optional property", { ...plain, required: [] }],
    ["further properties", { ...plain, additionalProperties: true }],
    ["an open object within", { ...plain, properties: { files: { type: "array", items: { type: "object" } } } }],
    ["an open definition", { ...plain, $defs: { a: { properties: {} } } }],
    ["oneOf", { ...plain, oneOf: [] }],
  ])("is not sent strictly with %s", async (_, schema) => {
    expect(await sent(schema)).toMatchObject({ json_schema: { strict: false } });
  });

  it("is left out, or said as json, where the settings want it (case 104)", async () => {
    expect(await sent(closed, { structured: "off" })).toBeUndefined();
    const server = await serve("{}");
    await drain(await server.connect({ structured: "json" }), { schema: { name: "Prd", schema: closed } });
    expect(server.requests[0]?.body.response_format).toEqual({ type: "json_object" });
    expect(server.requests[0]?.body.messages.at(-1)?.content).toBe("Say hello.\n\nAnswer in JSON.");
  });
});

describe("what a server refuses is left out from then on", () => {
  const schema = { name: "Prd", schema: { type: "object" } };
  const error = (message: string, param: string | null = null, code: string | null = null): Script => ({
    status: 400,
    body: { error: { message, type: "invalid_request_error", param, code } },
  });

  /** A server that refuses whatever `refuse` has words for. */
  async function picky(refuse: (body: OpenAiBody) => Script | undefined, settings?: Settings) {
    const server = await serve(({ body }) => refuse(body) ?? "{}");
    const llm = await server.connect({ temperature: 0, top_p: 1, ...settings });
    await drain(llm, { schema });
    const tries = server.requests.length;
    await drain(llm, { schema });
    expect(server.requests.length, "a second call begins with what was learnt").toBe(tries + 1);
    return { tries, body: server.requests.at(-1)?.body };
  }

  it("max_tokens becomes max_completion_tokens (case 93)", async () => {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    const { tries, body } = await picky((sent) =>
      sent.max_tokens ? error(message, "max_tokens", "unsupported_parameter") : undefined,
    );
    expect(tries).toBe(2);
    expect(body).toMatchObject({ max_completion_tokens: 1000 });
  });

  it("and the other way round (case 93)", async () => {
    const { body } = await picky(
      (sent) =>
        sent.max_completion_tokens ? error("Unrecognized request argument supplied: max_completion_tokens") : undefined,
      { max_tokens_field: "max_completion_tokens" },
    );
    expect(body).toMatchObject({ max_tokens: 1000 });
  });

  it("temperature, top_p and stream_options, one after the other (case 94)", async () => {
    const { tries, body } = await picky((sent) => {
      if (sent.temperature !== undefined)
        return error("'temperature' does not support 0 with this model.", "temperature");
      if (sent.top_p !== undefined) return error("Unsupported parameter: 'top_p'", "top_p");
      return (
        sent.stream_options && {
          status: 422,
          body: { detail: [{ loc: ["body", "stream_options"], msg: "stream_options: extra fields not permitted" }] },
        }
      );
    });
    expect(tries).toBe(4);
    expect(Object.keys(body ?? {})).toEqual(["model", "messages", "stream", "max_tokens", "response_format"]);
  });

  it("the schema, then JSON mode (case 101)", async () => {
    const { tries, body } = await picky((sent) => {
      if (sent.response_format?.type === "json_schema") return error("This response_format type is unavailable now");
      return sent.response_format && error("`json_object` is not supported by this model");
    });
    expect(tries).toBe(3);
    expect(body).not.toHaveProperty("response_format");
  });

  it("JSON mode, for a server that knows schemas only (case 102)", async () => {
    const { body } = await picky(
      (sent) =>
        sent.response_format?.type === "json_object"
          ? { status: 400, body: { error: "'response_format.type' must be 'json_schema' or 'text'" } }
          : undefined,
      { structured: "json" },
    );
    expect(body?.response_format?.type).toBe("json_schema");
  });

  it("the developer role, then the system role (case 95)", async () => {
    const { tries, body } = await picky(
      (sent) => {
        const role = sent.messages[0]?.role;
        if (role === "developer")
          return error("Unsupported value: 'messages[0].role' does not support 'developer' with this model.");
        return role === "system" ? { status: 400, body: { detail: "Only supports u/a/u/a/u..." } } : undefined;
      },
      { system_role: "developer" },
    );
    expect(tries).toBe(3);
    expect(body?.messages).toEqual([{ role: "user", content: "You are terse.\n\nSay hello." }]);
  });

  it.each([
    "max_tokens is too large: 1000. This model supports at most 400 completion tokens, whereas you provided 1000.",
    "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 400]",
    "Invalid max_tokens value, the valid range of max_tokens is [1, 400]",
    "max_tokens must be less than or equal to 400",
  ])("an answer longer than the model's: %s", async (message) => {
    const { tries, body } = await picky((sent) => ((sent.max_tokens ?? 0) > 400 ? error(message) : undefined));
    expect(tries).toBe(2);
    expect(body).toMatchObject({ max_tokens: 400 });
  });

  it.each([
    "This model's maximum context length is 900 tokens. However, you requested 1100 tokens (100 in the messages, 1000 in the completion).",
    "'max_tokens' or 'max_completion_tokens' is too large: 1000. This model's maximum context length is 900 tokens and your request has 100 input tokens (1000 > 900 - 100).",
  ])("an answer longer than the context leaves room for: %s", async (message) => {
    const server = await serve(({ body }) => ((body.max_tokens ?? 0) > 800 ? error(message) : "Hello."));
    expect((await drain(await server.connect())).text).toBe("Hello.");
    expect(server.requests.map(({ body }) => body.max_tokens)).toEqual([1000, 800]);
  });

  it("but a prompt that fills the context is an overflow, sent once (case 91)", async () => {
    const message =
      "This model's maximum context length is 900 tokens. However, you requested 1850 tokens (850 in the messages, 1000 in the completion).";
    const server = await serve(error(message));
    await expect(drain(await server.connect())).rejects.toMatchObject({ kind: "overflow", status: 400 });
    expect(server.requests).toHaveLength(1);
  });

  it("but the same refusal twice ends the call (case 94)", async () => {
    const server = await serve(error("temperature is not welcome here", "temperature"));
    await expect(drain(await server.connect({ temperature: 0 }))).rejects.toMatchObject({ kind: "request" });
    expect(server.requests).toHaveLength(2);
  });
});

describe("the chunks", () => {
  const texts: [string, string[], string][] = [
    [
      "a first one with only the role (case 22)",
      [chunk({ role: "assistant" }), chunk({ content: null }), chunk({ content: "" }), hi, end()],
      "Hi",
    ],
    ["a first one without choices (case 23)", [event({ choices: [], prompt_filter_results: [] }), hi, end()], "Hi"],
    [
      "ones without choices or delta (case 30)",
      [
        event({}),
        event({ choices: null }),
        event({ choices: [{ index: 0 }] }),
        event({ choices: [{ index: 0, delta: null }] }),
        hi,
        end(),
      ],
      "Hi",
    ],
    ["text beside the finish reason (case 40)", [hi, chunk({ content: "!" }, {}, { finish_reason: "stop" })], "Hi!"],
    ["two finish chunks (case 41)", [hi, end(), end()], "Hi"],
    [
      'a finish reason of "" and "null" on the way (case 39)',
      [
        chunk({ content: "H" }, {}, { finish_reason: "" }),
        chunk({ content: "i" }, {}, { finish_reason: "null" }),
        end(),
      ],
      "Hi",
    ],
    [
      "message in place of delta (case 42)",
      [event({ choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }] })],
      "Hi",
    ],
    [
      "the message so far in each (case 46)",
      ["H", "Hi", "Hi!"].map((content) => event({ choices: [{ index: 0, message: { content } }] })).concat(end()),
      "Hi!",
    ],
    [
      "content as a list of parts (case 43)",
      [
        chunk({
          content: [
            { type: "text", text: "H" },
            { type: "text", text: "i" },
          ],
        }),
        end(),
      ],
      "Hi",
    ],
    ["a second choice (case 47)", [hi, chunk({ content: "Ho" }, {}, { index: 1 }), end()], "Hi"],
    ["an error of null", [chunk({ content: "Hi" }, { error: null }), end()], "Hi"],
  ];
  it.each(texts)("with %s", async (_, raw, expected) => {
    const { text, deltas } = await answered({ raw });
    expect(text).toBe(expected);
    expect(deltas.every((delta) => delta.type === "text" && delta.text !== "")).toBe(true);
  });

  it("name the model that answered (case 48)", async () => {
    expect(
      (await answered({ raw: [chunk({ content: "Hi" }, { model: "other-2026" }), end({ model: "" })] })).model,
    ).toBe("other-2026");
  });

  const usages: [string, string[]][] = [
    ["on a last chunk of its own (case 24)", [hi, end(), event({ choices: [], usage })]],
    ["on the finish chunk (case 26)", [hi, end({ usage })]],
    ["within the choice (case 26)", [hi, end({}, { usage })]],
    ["in x_groq (case 26)", [hi, end({ x_groq: { id: "r", usage } })]],
    [
      "running on each chunk, the last counts (case 27)",
      [chunk({ content: "Hi" }, { usage: { prompt_tokens: 9, completion_tokens: 1 } }), end({ usage })],
    ],
  ];
  it.each(usages)("count the tokens %s", async (_, raw) => {
    expect((await answered({ raw })).usage).toEqual(reported);
  });

  it.each([
    ["null on every chunk (case 25)", [chunk({ content: "Hi" }, { usage: null }), end({ usage: null })]],
    ["all zero beside a text (case 28)", [hi, end({ usage: { prompt_tokens: 0, completion_tokens: 0 } })]],
    ["no answer counted beside a text", [hi, end({ usage: { prompt_tokens: 9, completion_tokens: 0 } })]],
  ])("count nothing with usage %s", async (_, raw) => {
    expect((await answered({ raw })).usage).toBeUndefined();
  });

  it.each([
    [
      {
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
      { cachedRead: 4, cachedWrite: 3, reasoning: 1 },
    ],
    [{ prompt_cache_hit_tokens: 5, prompt_cache_miss_tokens: 4 }, { cachedRead: 5 }],
    [{ cached_tokens: 6 }, { cachedRead: 6 }],
    [{ num_cached_tokens: 7 }, { cachedRead: 7 }],
  ])("say what was cached: %j", async (details, expected) => {
    expect((await answered({ raw: [hi, end({ usage: { ...usage, ...details } })] })).usage).toEqual({
      ...reported,
      ...expected,
    });
  });

  it("state a cost (case 159)", async () => {
    expect((await answered({ raw: [hi, end({ usage: { ...usage, cost: 0.0125 } })] })).cost).toBe(0.0125);
  });

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["tool_calls", "tool_calls"],
    ["function_call", "tool_calls"],
    ["eos_token", "stop"],
  ])("finish with %s (case 38)", async (finish, expected) => {
    expect((await answered({ text: "Hi", finish })).finish).toBe(expected);
  });

  it.each([
    ["content_filter", "policy"],
    ["sensitive", "policy"],
    ["insufficient_system_resource", "server"],
    ["network_error", "server"],
    ["error", "server"],
    ["model_context_window_exceeded", "overflow"],
  ])("fail with %s (case 38)", async (finish, kind) => {
    await expect(answered({ text: "Hi", finish })).rejects.toMatchObject({ kind });
  });

  it("with a refusal are a matter of policy, in the model's words (case 44)", async () => {
    const raw = [chunk({ content: null, refusal: "I can" }), chunk({ refusal: "not." }), end()];
    await expect(answered({ raw })).rejects.toMatchObject({
      kind: "policy",
      message: expect.stringContaining("I cannot."),
    });
  });

  it("without any text are empty, and what that cost is kept (case 45)", async () => {
    const failed = expect(answered({ reasoning: "hmm", usage })).rejects;
    await failed.toMatchObject({ kind: "empty", usage: reported });
  });

  it("with usage but no finish reason are truncated, the tokens counted (case 29)", async () => {
    const failed = expect(answered({ raw: [hi, event({ choices: [], usage }), done] })).rejects;
    await failed.toMatchObject({ kind: "truncated", usage: reported });
  });
});

describe("reasoning", () => {
  it.each([
    { reasoning_content: "hm" },
    { reasoning: "hm" },
    { thinking: "hm" },
    { reasoning_details: [{ type: "reasoning.text", text: "hm" }] },
    { reasoning: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm" }] },
    { reasoning_content: null, reasoning: "hm" },
    { reasoning_content: "", reasoning: "hm" },
  ])("in %j goes to its own channel (cases 32, 33)", async (delta) => {
    const { reasoning, text } = await answered({ raw: [chunk({ content: null, ...delta }), hi, end()] });
    expect({ reasoning, text }).toEqual({ reasoning: "hm", text: "Hi" });
  });

  it("beside content in one delta goes to its own channel", async () => {
    const { reasoning, text } = await answered({ raw: [chunk({ content: "Hi", reasoning_content: "hm" }), end()] });
    expect({ reasoning, text }).toEqual({ reasoning: "hm", text: "Hi" });
  });

  const whole = "\n<think>\nhm <b>\n</think>\n\nHi <think>x</think>";
  it.each([
    ["in one piece", [whole]],
    ["in single characters", [...whole]],
    ["with both tags cut", ["\n<th", "ink>\nhm <b", ">\n</thi", "nk>\n\nHi <th", "ink>x</think>"]],
  ])("in leading tags %s is taken out, later tags stay (case 34)", async (_, pieces) => {
    const { reasoning, text } = await answered({ raw: [...pieces.map((content) => chunk({ content })), end()] });
    expect({ reasoning, text }).toEqual({ reasoning: "\nhm <b>\n", text: "Hi <think>x</think>" });
  });

  it("never closed, stopped at the limit, leaves no text and says length", async () => {
    const { reasoning, text, finish } = await answered({ text: "<think>hm and on </thin", finish: "length" });
    expect({ reasoning, text, finish }).toEqual({ reasoning: "hm and on </thin", text: "", finish: "length" });
  });

  it("is not seen in a text that only begins like it", async () => {
    expect((await answered({ text: "<thi" })).text).toBe("<thi");
    expect((await answered({ text: "  <table>" })).text).toBe("  <table>");
  });

  it("whose opening tag the server swallowed is left to the reader (case 35)", async () => {
    expect((await answered({ text: "hm</think>Hi" })).text).toBe("hm</think>Hi");
  });
});

describe("tool calls", () => {
  const call = (value: object) => chunk({ tool_calls: [value] });
  it("come in pieces, by index", async () => {
    const raw = [
      call({ index: 0, id: "a", function: { name: "read", arguments: "" } }),
      call({ index: 1, id: "b", function: { name: "write", arguments: '{"x"' } }),
      call({ index: 0, function: { arguments: "{}" } }),
      call({ index: 1, function: { arguments: ":1}" } }),
      end(),
    ];
    const { deltas, finish } = await answered({ raw });
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([
      { type: "tool-call", index: 0, id: "a", name: "read", arguments: "" },
      { type: "tool-call", index: 1, id: "b", name: "write", arguments: '{"x"' },
      { type: "tool-call", index: 0, arguments: "{}" },
      { type: "tool-call", index: 1, arguments: ":1}" },
    ]);
  });

  it("without an index are told apart by id, else by order; arguments may be an object", async () => {
    const raw = [
      call({ id: "a", function: { name: "read", arguments: { path: "x" } } }),
      call({ id: "b", function: { name: "write", arguments: "{" } }),
      call({ function: { arguments: "}" } }),
      end(),
    ];
    expect((await answered({ raw })).deltas).toEqual([
      { type: "tool-call", index: 0, id: "a", name: "read", arguments: '{"path":"x"}' },
      { type: "tool-call", index: 1, id: "b", name: "write", arguments: "{" },
      { type: "tool-call", index: 1, arguments: "}" },
    ]);
  });
});

describe("failures", () => {
  it.each<[string, Script, object]>([
    ["a cut in the text", { text: "word ".repeat(500), cut: 2 }, { kind: "truncated" }],
    ["a reset in the text", { text: "word ".repeat(500), cut: 2, end: "reset" }, { kind: "truncated" }],
    [
      "an error body sent with 200",
      { raw: JSON.stringify({ error: { message: "no", code: "rate_limit_exceeded" } }), type: "application/json" },
      { kind: "rate", message: expect.stringContaining("no") },
    ],
    [
      "an error text sent with 200",
      { raw: '{"error":"model exploded"}', type: "application/json" },
      { kind: "server", message: expect.stringContaining("model exploded") },
    ],
    [
      "a limit sent with 200",
      { raw: '{"code":"rpm_rate_limit_exceeded","msg":"slow down"}', type: "application/json" },
      { kind: "rate", message: expect.stringContaining("slow down") },
    ],
    [
      "an old-style error sent with 200",
      { raw: '{"error_code":336501,"error_msg":"Rpm limit"}', type: "application/json" },
      { kind: "rate" },
    ],
    [
      "an error event and [DONE] (case 77)",
      { raw: [hi, event({ error: { message: "engine died", type: "InternalServerError", code: 500 } }), done] },
      { kind: "server", message: expect.stringContaining("engine died") },
    ],
    [
      "an error event at the end",
      { raw: [hi, event({ error: "engine died" })] },
      { kind: "server", message: expect.stringContaining("engine died") },
    ],
    [
      "an error code in an event (case 78)",
      { raw: [hi, event({ text: "NETWORK ERROR", error_code: 50001 }), done] },
      { kind: "server", message: expect.stringContaining("NETWORK ERROR") },
    ],
    [
      "an error beside a finish reason (case 79)",
      { raw: [hi, chunk({}, { error: { code: 502, message: "provider down" } }, { finish_reason: "error" })] },
      { kind: "server", message: expect.stringContaining("provider down") },
    ],
    ["an empty delta, then nothing (case 131)", { raw: [chunk({ content: "" })] }, { kind: "truncated" }],
    ["a page with 502", { status: 502, body: "<html>Bad Gateway</html>" }, { kind: "server", status: 502 }],
    [
      "401",
      { status: 401, body: { detail: "Invalid API key test-key-0001." } },
      { kind: "auth", status: 401, message: expect.stringContaining("Invalid API key ***.") },
    ],
    [
      "404",
      { status: 404, body: { error: { message: "The model `test-model` does not exist", code: "model_not_found" } } },
      { kind: "request", hint: expect.stringContaining("test-model") },
    ],
    [
      "429 with a wait",
      { status: 429, body: { error: { message: "slow" } }, headers: { "retry-after": "7" } },
      { kind: "rate", retryAfter: 7000 },
    ],
    ["moderation", { status: 400, body: { error: { message: "no", code: "content_filter" } } }, { kind: "policy" }],
  ])("%s", async (_, script, expected) => {
    await expect(answered(script)).rejects.toMatchObject({ name: "ProviderError", ...expected });
  });

  it("that pass are not noticed by one who tries again", async () => {
    const server = await serve((_, number) => {
      const status = [503, 409, 529, 502][number - 1];
      return status
        ? { status, body: { error: { message: "Loading model" } }, headers: { "retry-after-ms": "1" } }
        : "Hello.";
    });
    const llm = await server.connect();
    const { text } = await retrying(() => drain(llm), { ended: endingOf(new AbortController().signal) });
    expect(text).toBe("Hello.");
    expect(server.requests).toHaveLength(5);
  });

  it("name model and server", async () => {
    const server = await serve({ status: 500, body: { error: { message: "boom" } } });
    await expect(drain(await server.connect())).rejects.toThrow(
      `test-model at ${server.url}/v1: the server failed: boom (HTTP 500)`,
    );
  });

  it("of a server that is not there ask whether it runs", async () => {
    const server = await serve("");
    const llm = await server.connect();
    await open.pop()?.close();
    await expect(drain(llm)).rejects.toMatchObject({
      kind: "network",
      hint: `Is the server running at ${server.url}/v1? If it is elsewhere, mend base_url.`,
    });
  });

  it("after the finish reason do not matter", async () => {
    expect((await answered({ raw: [hi, end()], end: "reset" })).text).toBe("Hi");
  });

  it("by a deadline keep its words", async () => {
    const server = await serve({ raw: [hi], end: "stall" });
    const config = openai.config.parse({ base_url: `${server.url}/v1`, model: "m" });
    const llm = await openai.connect(config, tools({ idle_timeout: 0.06 }));
    await expect(drain(llm)).rejects.toMatchObject({
      kind: "timeout",
      message: expect.stringContaining("sent nothing in 0.06 s"),
    });
    const impatient = await openai.connect(config, tools({ timeout: 0.05 }));
    await expect(drain(impatient)).rejects.toMatchObject({ kind: "timeout" });
  });
});

describe("ending a call", () => {
  it("in the middle of the text is aborted, and the server sees the close", async () => {
    const server = await serve({ text: "word ".repeat(2000), pause: 20 });
    await expect(endedInTheMiddle(await server.connect())).rejects.toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
  });

  it("beforehand is aborted, and nothing is sent", async () => {
    const server = await serve("Hello.");
    await expect(drain(await server.connect(), {}, AbortSignal.abort())).rejects.toMatchObject({ kind: "aborted" });
    expect(server.requests).toEqual([]);
  });

  it("by reading no further closes the connection", async () => {
    const server = await serve({ text: "word ".repeat(2000), cut: 3, end: "stall" });
    for await (const delta of (await server.connect()).stream(question, { signal: new AbortController().signal })) {
      expect(delta.type).toBe("text");
      break;
    }
    await expect.poll(server.left).toBe(1);
  });

  it("leaves the others whole", async () => {
    const text = "word ".repeat(800);
    const server = await serve({ text, pause: 5 });
    const llm = await server.connect();
    const caller = new AbortController();
    const ended = drain(llm, {}, caller.signal).catch((error: unknown) => error);
    const others = Array.from({ length: 10 }, () => drain(llm));
    caller.abort();
    expect((await Promise.all(others)).every((answer) => answer.text === text)).toBe(true);
    expect(await ended).toMatchObject({ kind: "aborted" });
  });
});

describe("the models", () => {
  const listed = async (models: { status: number; body: unknown }) => {
    const server = await openaiServer(() => "", { models });
    open.push(server);
    const config = openai.config.parse({ base_url: `${server.url}/v1`, model: "test-model" });
    return (await openai.connect(config, tools())).models?.({ signal: new AbortController().signal });
  };

  it.each([
    ["OpenAI", { object: "list", data: [{ id: "a", object: "model" }, { id: "b" }] }, [{ id: "a" }, { id: "b" }]],
    ["vLLM", { data: [{ id: "a", max_model_len: 4096 }] }, [{ id: "a", context: 4096 }]],
    ["OpenRouter", { data: [{ id: "a", context_length: 8192 }] }, [{ id: "a", context: 8192 }]],
    ["Together, a bare list", [{ id: "a", context_length: 100 }], [{ id: "a", context: 100 }]],
  ])("are listed as %s lists them", async (_, body, expected) => {
    expect(await listed({ status: 200, body })).toEqual(expected);
  });

  it("that cannot be listed fail as a question would", async () => {
    const refused = { status: 401, body: { error: { message: "no such key" } } };
    await expect(listed(refused)).rejects.toMatchObject({ kind: "auth" });
  });
});
