import { afterEach, describe, expect, it, vi } from "vitest";
import { ollama, ollamaHost } from "../../src/llm/ollama.ts";
import { drain, endedInTheMiddle, question } from "../helpers/drain.ts";
import { httpServer } from "../helpers/http-server.ts";
import { line, type OllamaRequest, type OllamaScript, ollamaServer } from "../helpers/ollama-server.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Settings = Record<string, unknown>;

async function serve(
  answer: OllamaScript | ((request: OllamaRequest, number: number) => OllamaScript),
  options?: Parameters<typeof ollamaServer>[1],
) {
  const server = await ollamaServer(typeof answer === "function" ? answer : () => answer, options);
  open.push(server);
  const connect = (settings: Settings = {}) =>
    ollama.connect(ollama.config.parse({ base_url: server.url, model: "test-model", ...settings }), tools());
  return Object.assign(server, { connect });
}

async function answered(script: OllamaScript, settings?: Settings) {
  return drain(await (await serve(script)).connect(settings));
}

const counts = { prompt_eval_count: 9, eval_count: 2 };
const end = (rest: object = {}) => line({ content: "" }, { done: true, done_reason: "stop", ...counts, ...rest });
const ask = (characters: number) => ({ messages: [{ role: "user" as const, content: "word".repeat(characters / 4) }] });

describe("the request", () => {
  it("holds the whole conversation, the system prompt too, and a window (case 130)", async () => {
    const server = await serve("Hello.");
    const { text, usage, finish, model } = await drain(await server.connect());
    expect({ text, finish, model }).toEqual({ text: "Hello.", finish: "stop", model: "test-model" });
    expect(usage).toEqual({ input: 6, output: 2, source: "reported" });
    expect(server.requests.map(({ body }) => body)).toEqual([
      {
        model: "test-model",
        messages: question.messages,
        stream: true,
        options: { num_ctx: 4096, num_predict: 1000 },
      },
    ]);
  });

  it("follows the settings and holds the model to the document's shape", async () => {
    const server = await serve("{}");
    const llm = await server.connect({
      temperature: 0.1,
      max_token: 500,
      num_ctx: 5000,
      keep_alive: "1h",
      think: "low",
      headers: { Authorization: "Basic eA==" },
    });
    const schema = { type: "object", properties: { a: { type: "string" } } };
    await drain(llm, { schema: { name: "Prd", schema } });
    expect(server.requests[0]?.body).toEqual({
      model: "test-model",
      messages: question.messages,
      stream: true,
      options: { num_ctx: 5000, num_predict: 500, temperature: 0.1 },
      format: schema,
      keep_alive: "1h",
      think: "low",
    });
    expect(server.requests[0]?.headers.authorization).toBe("Basic eA==");
    expect(server.paths).toEqual(["/api/chat"]);
  });

  it("takes nothing from the environment (case 166)", async () => {
    const trap = await serve("trapped");
    process.env.OLLAMA_HOST = trap.url;
    process.env.OLLAMA_API_KEY = "trap-key";
    try {
      expect((await answered("Hello.")).text).toBe("Hello.");
    } finally {
      delete process.env.OLLAMA_HOST;
      delete process.env.OLLAMA_API_KEY;
    }
    expect(trap.paths).toEqual([]);
  });

  it.each(["", "/", "/api", "/api/", "/v1", "/v1/"])(
    "goes to one address with base_url …%s (case 129)",
    async (ending) => {
      const server = await serve("Hello.");
      await drain(await server.connect({ base_url: server.url + ending }));
      expect(server.paths).toEqual(["/api/show", "/api/chat"]);
    },
  );
});

describe("the address", () => {
  it.each([
    ["http://127.0.0.1:11434", "http://127.0.0.1:11434"],
    ["http://127.0.0.1:11434/api/", "http://127.0.0.1:11434"],
    ["127.0.0.1:11434/v1", "http://127.0.0.1:11434"],
    ["localhost", "http://127.0.0.1:11434"],
    ["localhost:8080", "http://127.0.0.1:8080"],
    ["http://localhost:11434/api", "http://127.0.0.1:11434"],
    ["http://0.0.0.0:11434", "http://127.0.0.1:11434"],
    ["gpu.lan", "http://gpu.lan:11434"],
    ["http://localhost.example.com/", "http://localhost.example.com"],
    ["https://gpu.example.com/ollama/api", "https://gpu.example.com/ollama"],
    ["http://[::1]:11434", "http://[::1]:11434"],
  ])("%s is %s (case 129)", (text, host) => {
    expect(ollamaHost(text)).toBe(host);
  });
});

describe("the context window", () => {
  const windows = async (requests: { characters: number; maxTokens: number }[], contextLength?: number) => {
    const server = await serve("Hello.", contextLength === undefined ? undefined : { contextLength });
    const llm = await server.connect();
    for (const { characters, maxTokens } of requests) await drain(llm, { ...ask(characters), maxTokens });
    expect(server.paths.filter((path) => path === "/api/show")).toHaveLength(1);
    return server.requests.map(({ body }) => [body.options.num_ctx, body.options.num_predict]);
  };

  it("is the smallest that holds prompt and answer", async () => {
    expect(await windows([{ characters: 400, maxTokens: 1000 }])).toEqual([[4096, 1000]]);
    expect(await windows([{ characters: 400, maxTokens: 4000 }])).toEqual([[8192, 4000]]);
    expect(await windows([{ characters: 40_000, maxTokens: 8192 }])).toEqual([[32_768, 8192]]);
  });

  it("does not shrink again, which would load the model anew", async () => {
    const small = { characters: 400, maxTokens: 100 };
    expect(await windows([small, { characters: 400, maxTokens: 5000 }, small])).toEqual([
      [4096, 100],
      [8192, 5000],
      [8192, 100],
    ]);
  });

  it("is not larger than the model's own; the answer gets what is left", async () => {
    expect(await windows([{ characters: 400, maxTokens: 8192 }], 6000)).toEqual([[6000, 5896]]);
  });

  it("is not limited where the server cannot tell", async () => {
    expect(await windows([{ characters: 40_000, maxTokens: 8192 }], 0)).toEqual([[32_768, 8192]]);
  });

  it("too small for the prompt fails before anything is sent", async () => {
    const server = await serve("Hello.", { contextLength: 4096 });
    await expect(drain(await server.connect(), { ...ask(16_000), maxTokens: 4000 })).rejects.toMatchObject({
      kind: "overflow",
      message: `test-model at ${server.url}: the prompt of about 4004 tokens leaves no room for an answer in a context of 4096`,
    });
    expect(server.paths).toEqual(["/api/show"]);
  });
});

describe("the answer", () => {
  const all = [line({ content: "你好 " }), line({ content: "🎈" }), end()].join("");
  it.each<[string, OllamaScript]>([
    ["byte by byte", { raw: [...Buffer.from(all)].map((byte) => Buffer.from([byte])) }],
    ["with CRLF", { raw: all.replaceAll("\n", "\r\n") }],
    ["with blank lines", { raw: all.replaceAll("\n", "\n\n \n") }],
    ["without the last line end", { raw: all.trimEnd() }],
    [
      "with text in the last object (case 123)",
      { raw: [line({ content: "你好 " }), line({ content: "🎈" }, { done: true, done_reason: "stop", ...counts })] },
    ],
  ])("%s is read whole, and nothing is printed (cases 122, 128)", async (_, script) => {
    const prints = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    expect(await answered(script)).toMatchObject({ text: "你好 🎈", usage: { input: 9, output: 2 } });
    for (const print of prints) expect(print).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it.each([
    { prompt_eval_count: undefined },
    { eval_count: undefined },
    { prompt_eval_count: undefined, eval_count: undefined },
  ])("without counts (%j) leaves the counting to the caller (case 124)", async (rest) => {
    expect((await answered({ raw: [line({ content: "Hi" }), end(rest)] })).usage).toBeUndefined();
  });

  it("that was cut by the limit says length (case 125)", async () => {
    expect((await answered({ text: "Hi", last: { done_reason: "length" } })).finish).toBe("length");
  });

  it("without a reason but with counts is complete (case 125)", async () => {
    expect((await answered({ raw: [line({ content: "Hi" }), end({ done_reason: undefined })] })).finish).toBe("stop");
  });

  it.each<[string, OllamaScript, string]>([
    [
      "without reason and counts (case 125)",
      { raw: [line({ content: "Hi" }), line({ content: "" }, { done: true })] },
      "truncated",
    ],
    ["that never says done", { text: "Hi", cut: 1 }, "truncated"],
    ["that is cut in a line", { raw: [line({ content: "Hi" }), '{"model":"test-mo'] }, "truncated"],
    ["whose connection breaks", { text: "Hi", cut: 1, end: "reset" }, "truncated"],
    ["that only loaded the model (case 125)", { raw: [end({ done_reason: "load" })] }, "empty"],
    ["without text", { text: "", thinking: "hm" }, "empty"],
    ["with a broken line", { raw: [line({ content: "Hi" }), "{broken\n", end()] }, "protocol"],
    ["that is a web page", { raw: "<html>Log in</html>" }, "protocol"],
    [
      "with an error in the middle (case 126)",
      { raw: [line({ content: "Hi" }), '{"error":"llama runner died"}\n'] },
      "server",
    ],
  ])("%s is refused", async (_, script, kind) => {
    await expect(answered(script)).rejects.toMatchObject({ name: "ProviderError", kind });
  });

  it("names the error in the middle", async () => {
    await expect(answered({ raw: '{"error":"llama runner died"}\n' })).rejects.toThrow(
      "the server failed: llama runner died",
    );
  });

  it("keeps thinking apart, in its own field or in leading tags", async () => {
    expect(await answered({ text: "Hi", thinking: "hm" })).toMatchObject({ text: "Hi", reasoning: "hm" });
    expect(await answered("<think>hm</think>\nHi")).toMatchObject({ text: "Hi", reasoning: "hm" });
  });

  it("passes tool calls on (case 53)", async () => {
    const tool_calls = [{ function: { name: "read", arguments: { path: "x" } } }];
    const { deltas, finish } = await answered({ raw: [line({ content: "", tool_calls }), end()] });
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([{ type: "tool-call", index: 0, name: "read", arguments: '{"path":"x"}' }]);
  });
});

describe("a refusal", () => {
  it.each<[number, unknown, object]>([
    [
      404,
      { error: "model 'test-model' not found" },
      { kind: "request", hint: expect.stringContaining("ollama pull test-model") },
    ],
    [
      404,
      { error: 'model "test-model" not found, try pulling it first' },
      { kind: "request", hint: expect.stringContaining("ollama pull") },
    ],
    [404, "404 page not found", { kind: "request", hint: expect.stringContaining("where Ollama listens") }],
    [
      503,
      { error: "server busy, please try again.  maximum pending requests exceeded" },
      { kind: "server", status: 503 },
    ],
    [
      500,
      { error: "model requires more system memory (9.1 GiB) than is available (4.0 GiB)" },
      { kind: "request", hint: "Choose a smaller model." },
    ],
    [401, { error: "unauthorized", signin_url: "https://ollama.com/connect" }, { kind: "auth" }],
    [
      502,
      "Bad Gateway from the proxy",
      { kind: "server", message: expect.stringContaining("Bad Gateway from the proxy") },
    ],
  ])("%i %j is understood, and nothing is printed (cases 127, 128)", async (status, body, expected) => {
    const prints = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    await expect(answered({ status, body })).rejects.toMatchObject({ name: "ProviderError", status, ...expected });
    for (const print of prints) expect(print).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("of thinking leaves it out from then on (case 127)", async () => {
    const server = await serve(({ body }) =>
      body.think === undefined ? "Hi" : { status: 400, body: { error: '"test-model" does not support thinking' } },
    );
    const llm = await server.connect({ think: true });
    expect((await drain(llm)).text).toBe("Hi");
    expect((await drain(llm)).text).toBe("Hi");
    expect(server.requests.map(({ body }) => body.think)).toEqual([true, undefined, undefined]);
  });

  it("because nobody is there asks whether the server runs", async () => {
    const server = await serve("");
    const llm = await server.connect();
    await open.pop()?.close();
    await expect(drain(llm)).rejects.toMatchObject({
      kind: "network",
      message: `test-model at ${server.url}: the connection was refused`,
      hint: `Is the server running at ${server.url}? If it is elsewhere, mend base_url.`,
    });
  });
});

describe("ending a call", () => {
  it("in the middle of the text is aborted, and the server sees the close", async () => {
    const server = await serve({ text: "word ".repeat(2000), pause: 20 });
    await expect(endedInTheMiddle(await server.connect())).rejects.toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
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

it("adds to a request what the settings say", async () => {
  const server = await serve("Hello.");
  await drain(await server.connect({ extra_body: { truncate: false } }));
  expect(server.requests[0]?.body).toMatchObject({ truncate: false, stream: true });
});

describe("ollama.generate", () => {
  it("sends a question as one prompt, and reads the answer", async () => {
    const server = await serve("Hello.");
    const { text, finish } = await drain(await server.connect({ api_type: "ollama.generate" }));
    expect({ text, finish }).toEqual({ text: "Hello.", finish: "stop" });
    expect(server.paths).toEqual(["/api/show", "/api/generate"]);
    expect(server.requests[0]?.prompt).toEqual({ system: "You are terse.", prompt: "Say hello." });
  });

  it("says who said what in a longer conversation", async () => {
    const server = await serve("Hello.");
    const said = [
      { role: "user" as const, content: "Say hello." },
      { role: "assistant" as const, content: "Hm." },
      { role: "user" as const, content: "Again." },
    ];
    await drain(await server.connect({ api_type: "ollama.generate" }), { messages: said });
    expect(server.requests[0]?.prompt?.prompt).toBe("User: Say hello.\n\nAssistant: Hm.\n\nUser: Again.\n\nAssistant:");
  });
});

describe("a document", () => {
  const schema = { name: "prd", schema: { type: "object", required: ["title"] } };
  const formats = (server: Awaited<ReturnType<typeof serve>>) => server.requests.map(({ body }) => body.format);

  it("is asked for by its schema, as long as the server keeps to it (case 99)", async () => {
    const server = await serve('{"title":"a"}');
    const llm = await server.connect();
    expect((await drain(llm, { schema })).structure).toBe("schema");
    await drain(llm, { schema });
    expect(formats(server)).toEqual([schema.schema, schema.schema]);
  });

  it("is asked for as any JSON, then in words alone, where the server ignores what it is asked (case 100)", async () => {
    const server = await serve("Sure! Here you are.");
    const llm = await server.connect();
    const used = [];
    for (let call = 0; call < 4; call++) used.push((await drain(llm, { schema })).structure);
    expect(used).toEqual(["schema", "json", "off", "off"]);
    expect(formats(server)).toEqual([schema.schema, "json", undefined, undefined]);
  });

  it("is asked for again in a weaker way where the server refuses the format (case 101)", async () => {
    const server = await serve(({ body }) =>
      typeof body.format === "object"
        ? { status: 400, body: { error: "invalid JSON schema in format" } }
        : '{"title":"a"}',
    );
    const llm = await server.connect();
    expect((await drain(llm, { schema })).structure).toBe("json");
    expect((await drain(llm, { schema })).structure).toBe("json");
    expect(formats(server)).toEqual([schema.schema, "json", "json"]);
  });
});

it("lists its models, and the context of its own", async () => {
  const details = { family: "qwen2", families: [] };
  const models = [
    { name: "test-model:latest", size: 1, details },
    { name: "other:7b", size: 1, details },
  ];
  const server = await serve("Hello.", { models, contextLength: 32_768 });
  const llm = await server.connect();
  expect(await llm.models?.({ signal: new AbortController().signal })).toEqual([
    { id: "test-model:latest", context: 32_768 },
    { id: "other:7b" },
  ]);
});

it.each(["null", "[]", '"hello"'])("asks on where the server tells nothing of the model but %s", async (shown) => {
  const server = await httpServer(({ url }) => ({
    headers: { "content-type": url === "/api/show" ? "application/json" : "application/x-ndjson" },
    pieces: [url === "/api/show" ? shown : [line({ content: "Hello." }), end()].join("")],
  }));
  open.push(server);
  const llm = await ollama.connect(ollama.config.parse({ base_url: server.url, model: "m" }), tools());
  expect((await drain(llm)).text).toBe("Hello.");
});
