import { afterEach, describe, expect, it, vi } from "vitest";
import { bedrock } from "../../src/llm/bedrock.ts";
import {
  type BedrockRequest,
  type BedrockScript,
  bedrockServer,
  credentials,
  frame,
  saying,
} from "../helpers/bedrock-server.ts";
import { drain, question } from "../helpers/drain.ts";
import { httpServer } from "../helpers/http-server.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Settings = Record<string, unknown>;
const model = "eu.anthropic.claude-haiku-9-v1:0";

async function serve(answer: BedrockScript | ((request: BedrockRequest, number: number) => BedrockScript)) {
  const server = await bedrockServer(typeof answer === "function" ? answer : () => answer);
  open.push(server);
  const connect = ({ timeout, ...settings }: Settings = {}) =>
    bedrock.connect(
      bedrock.config.parse({ ...credentials, base_url: server.url, model, ...settings }),
      tools(typeof timeout === "number" ? { timeout } : {}),
    );
  return Object.assign(server, { connect });
}

const answered = async (script: BedrockScript, settings?: Settings) =>
  drain(await (await serve(script)).connect(settings));

const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
const document = { schema: { name: "Product requirements", schema } };
const delta = (delta: object, contentBlockIndex = 0) => ["contentBlockDelta", { contentBlockIndex, delta }] as const;
const stop = (stopReason: string) => ["messageStop", { stopReason }] as const;
const usage = (counts: object) => ["metadata", { usage: counts }] as const;

describe("the request", () => {
  // the first of all, as what the SDK has to say it says once
  it("is made without a word printed", async () => {
    const writes = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
    const prints = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    await answered("Hello.");
    await new Promise(setImmediate);
    for (const print of [...writes, ...prints]) expect(print).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("is signed, and holds the conversation in the form of all makers", async () => {
    const server = await serve("Hello.");
    const { text, usage, finish, model: named } = await drain(await server.connect());
    expect({ text, finish, named }).toEqual({ text: "Hello.", finish: "stop", named: model });
    expect(usage).toEqual({ input: 9, output: 2, source: "reported" });
    expect(server.requests.map(({ model, body }) => ({ model, body }))).toEqual([
      {
        model,
        body: {
          system: [{ text: "You are terse." }],
          messages: [{ role: "user", content: [{ text: "Say hello." }] }],
          inferenceConfig: { maxTokens: 1000 },
        },
      },
    ]);
  });

  it("follows the settings", async () => {
    const server = await serve("Hello.");
    const settings = { temperature: 0.1, top_p: 0.9, max_token: 500, headers: { "X-Team": "a" } };
    await drain(await server.connect(settings));
    expect(server.requests[0]?.body.inferenceConfig).toEqual({ maxTokens: 500, temperature: 0.1, topP: 0.9 });
    expect(server.requests[0]?.headers["x-team"]).toBe("a");
  });

  it("takes nothing from the environment (case 166)", async () => {
    const trap = await httpServer(() => ({ pieces: ["trapped"] }));
    open.push(trap);
    const traps = {
      AWS_ENDPOINT_URL: trap.url,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: trap.url,
      AWS_BEARER_TOKEN_BEDROCK: "trap-key",
      AWS_ACCESS_KEY_ID: "trap-key",
      AWS_SECRET_ACCESS_KEY: "trap-key",
      AWS_REGION: "us-west-1",
      AWS_MAX_ATTEMPTS: "5",
    };
    for (const [name, value] of Object.entries(traps)) vi.stubEnv(name, value);
    try {
      const server = await serve((_, number) =>
        number === 1 ? "Hello." : { exception: "InternalServerException", status: 500, message: "down" },
      );
      const llm = await server.connect();
      expect((await drain(llm)).text).toBe("Hello.");
      await expect(drain(llm)).rejects.toMatchObject({ kind: "server" });
      expect(server.requests).toHaveLength(2);
      expect(server.requests[0]?.headers["user-agent"]).not.toContain("trap");
    } finally {
      vi.unstubAllEnvs();
    }
    expect(trap.requests).toEqual([]);
  });

  it.each([
    ["us-east-1", "https://bedrock-runtime.us-east-1.amazonaws.com"],
    ["cn-north-1", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"],
  ])("to %s goes to %s", async (region_name, address) => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      asked.push(String(url));
      throw new TypeError("not here");
    };
    const settings = bedrock.config.parse({ ...credentials, model: "a.b:0", region_name });
    await drain(await bedrock.connect(settings, { ...tools(), fetch })).catch(() => {});
    expect(asked).toEqual([`${address}/model/a.b%3A0/converse-stream`]);
  });
});

describe("a document", () => {
  const called = {
    events: [
      ["messageStart", { role: "assistant" }],
      [
        "contentBlockStart",
        { contentBlockIndex: 0, start: { toolUse: { toolUseId: "t1", name: "Product_requirements" } } },
      ],
      delta({ toolUse: { input: '{"a":' } }),
      delta({ toolUse: { input: '"b"}' } }),
      stop("tool_use"),
      usage({ inputTokens: 9, outputTokens: 2, totalTokens: 11 }),
    ],
  } as const;

  it("is the arguments of a tool that has to be called (case 99)", async () => {
    const server = await serve(called);
    const { text, finish, structure, deltas } = await drain(await server.connect(), document);
    expect({ text, finish, structure }).toEqual({ text: '{"a":"b"}', finish: "stop", structure: "tool" });
    expect(new Set(deltas.map(({ type }) => type))).toEqual(new Set(["text"]));
    expect(server.requests[0]?.body.toolConfig).toEqual({
      tools: [
        { toolSpec: { name: "Product_requirements", description: "Gives the answer.", inputSchema: { json: schema } } },
      ],
      toolChoice: { tool: { name: "Product_requirements" } },
    });
  });

  it("is asked for more weakly where a model refuses, and from then on (cases 101, 103)", async () => {
    const refused = { exception: "ValidationException", status: 400 } as const;
    const server = await serve(({ body }) => {
      if (body.toolConfig)
        return { ...refused, message: "This model doesn't support the toolConfig.toolChoice.tool field." };
      if (body.outputConfig) return { ...refused, message: "outputConfig is not supported by this model" };
      return '{"a":"b"}';
    });
    const llm = await server.connect();
    expect(await drain(llm, document)).toMatchObject({ text: '{"a":"b"}', structure: "off" });
    await drain(llm, document);
    expect(
      server.requests.map(({ body }) =>
        Object.keys(body).find((key) => /Config$/.test(key) && key !== "inferenceConfig"),
      ),
    ).toEqual(["toolConfig", "outputConfig", undefined, undefined]);
    expect(server.requests[1]?.body.outputConfig?.textFormat.structure.jsonSchema).toEqual({
      name: "Product_requirements",
      schema: JSON.stringify(schema),
    });
  });

  it("is asked for in words alone with structured: off", async () => {
    const server = await serve('{"a":"b"}');
    expect((await drain(await server.connect({ structured: "off" }), document)).structure).toBe("off");
    expect(server.requests[0]?.body.toolConfig).toBeUndefined();
  });

  it("answered in prose although a tool was forced is asked for more weakly the next time (case 55)", async () => {
    const server = await serve("Here it is.");
    const llm = await server.connect();
    await drain(llm, document);
    await drain(llm, document);
    expect(server.requests.map(({ body }) => [!!body.toolConfig, !!body.outputConfig])).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe("what a model refuses", () => {
  it.each([
    ["temperature", { temperature: 0.1 }, "`temperature` is deprecated for this model."],
    ["top_p", { top_p: 0.1 }, "temperature and top_p cannot both be specified: remove `top_p`"],
  ])("%s is left out from then on (case 94)", async (_, settings, message) => {
    const server = await serve(({ body }) =>
      Object.keys(body.inferenceConfig).length > 1 ? { exception: "ValidationException", status: 400, message } : "Hi",
    );
    const llm = await server.connect(settings);
    await drain(llm);
    await drain(llm);
    expect(server.requests.map(({ body }) => Object.keys(body.inferenceConfig).length)).toEqual([2, 1, 1]);
  });

  it("an answer too long for it is asked for shorter", async () => {
    const message =
      "The maximum tokens you requested exceeds the model limit of 400. Try again with a maximum tokens value that is lower than 400.";
    const server = await serve(({ body }) =>
      body.inferenceConfig.maxTokens > 400 ? { exception: "ValidationException", status: 400, message } : "Hi",
    );
    const llm = await server.connect();
    expect((await drain(llm)).text).toBe("Hi");
    await drain(llm);
    expect(server.requests.map(({ body }) => body.inferenceConfig.maxTokens)).toEqual([1000, 400, 400]);
  });
});

describe("the answer", () => {
  const whole = Buffer.concat(saying("你好 🎈").map(([name, content]) => frame(name, content)));
  const type = { "content-type": "application/vnd.amazon.eventstream" };

  it.each([
    ["byte by byte (case 8)", [...whole].map((byte) => Buffer.from([byte]))],
    ["in one piece", [whole]],
  ])("%s is read whole", async (_, pieces) => {
    expect(await answered({ headers: type, pieces })).toMatchObject({
      text: "你好 🎈",
      usage: { input: 9, output: 2 },
    });
  });

  it("counts what came from the cache and went there (case 112)", async () => {
    const counts = {
      inputTokens: 9,
      outputTokens: 2,
      totalTokens: 41,
      cacheReadInputTokens: 20,
      cacheWriteInputTokens: 10,
    };
    const { usage: counted } = await answered({ events: [delta({ text: "Hi" }), stop("end_turn"), usage(counts)] });
    expect(counted).toEqual({ input: 39, output: 2, cachedRead: 20, cachedWrite: 10, source: "reported" });
  });

  it("without counts leaves the counting to the caller (case 25)", async () => {
    expect((await answered({ events: [delta({ text: "Hi" }), stop("end_turn")] })).usage).toBeUndefined();
  });

  it("keeps thinking apart, in blocks or in leading tags (cases 31, 34)", async () => {
    const thought = [delta({ reasoningContent: { text: "hm" } }), delta({ reasoningContent: { signature: "x" } })];
    expect(await answered({ events: [...thought, delta({ text: "Hi" }, 1), stop("end_turn")] })).toMatchObject({
      text: "Hi",
      reasoning: "hm",
    });
    expect(await answered("<think>hm</think>\nHi")).toMatchObject({ text: "Hi", reasoning: "hm" });
  });

  it("passes tool calls on (cases 49, 50)", async () => {
    const start = (contentBlockIndex: number, name: string) =>
      ["contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId: `id-${name}`, name } } }] as const;
    const call = (input: string, index: number) => delta({ toolUse: { input } }, index);
    const { deltas, finish } = await answered({
      events: [start(1, "read"), call('{"x"', 1), start(2, "list"), call("{}", 2), call(":1}", 1), stop("tool_use")],
    });
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([
      { type: "tool-call", index: 0, id: "id-read", name: "read", arguments: "" },
      { type: "tool-call", index: 0, arguments: '{"x"' },
      { type: "tool-call", index: 1, id: "id-list", name: "list", arguments: "" },
      { type: "tool-call", index: 1, arguments: "{}" },
      { type: "tool-call", index: 0, arguments: ":1}" },
    ]);
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["something_new", "stop"],
  ])("that ended by %s is %s (case 38)", async (reason, finish) => {
    expect((await answered({ events: saying("Hi", reason) })).finish).toBe(finish);
  });

  it.each<[string, BedrockScript, string]>([
    ["that a guardrail ended", { events: saying("Hi", "guardrail_intervened") }, "policy"],
    ["that was filtered", { events: saying("Hi", "content_filtered") }, "policy"],
    ["that filled the context (case 91)", { events: saying("Hi", "model_context_window_exceeded") }, "overflow"],
    ["with a broken tool call", { events: saying("Hi", "malformed_tool_use") }, "server"],
    ["without text (case 45)", { events: saying("") }, "empty"],
    ["that merely stops (case 57)", { events: saying("Hi").slice(0, 2) }, "truncated"],
    ["whose connection breaks (case 58)", { events: saying("Hi").slice(0, 2), end: "reset", pause: 20 }, "truncated"],
    ["cut within an event", { headers: type, pieces: [whole.subarray(0, 150)] }, "truncated"],
    ["with a wrong checksum", { headers: type, pieces: [flipped(whole, 130)] }, "protocol"],
    ["that is a web page (case 20)", { pieces: ["<html>Please log in to the network first</html>"] }, "protocol"],
    ["with a throttling exception", { events: [["throttlingException", { message: "slow down" }]] }, "rate"],
    ["with an exception of the model", { events: [["modelStreamErrorException", { message: "broken" }]] }, "server"],
    ["with an exception of the server", { events: [["internalServerException", { message: "broken" }]] }, "server"],
    ["with no service", { events: [["serviceUnavailableException", { message: "full" }]] }, "server"],
    ["with a validation exception", { events: [["validationException", { message: "no such field" }]] }, "request"],
    ["with an unknown exception", { events: [["surpriseException", { message: "oh" }]] }, "server"],
  ])("%s is refused", async (_, script, kind) => {
    await expect(answered(script)).rejects.toMatchObject({ name: "ProviderError", kind });
  });

  it("names the exception in the middle (case 77)", async () => {
    await expect(
      answered({ events: [delta({ text: "Hi" }), ["modelStreamErrorException", { message: "broken" }]] }),
    ).rejects.toThrow("the server failed: broken");
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe("a refusal", () => {
  it.each<[number, string, string, object]>([
    [400, "ValidationException", "The provided model identifier is invalid.", { kind: "request" }],
    [400, "ValidationException", "Input is too long for requested model.", { kind: "overflow" }],
    [400, "ServiceQuotaExceededException", "Too many.", { kind: "quota" }],
    [
      403,
      "AccessDeniedException",
      "You don't have access to the model.",
      { kind: "auth", hint: expect.stringContaining("Check access_key, secret_key") },
    ],
    [403, "UnrecognizedClientException", "The security token is invalid.", { kind: "auth" }],
    [
      404,
      "ResourceNotFoundException",
      `Model not found.`,
      { kind: "request", hint: `Check model: eu-west-3 does not offer ${model}.` },
    ],
    [408, "ModelTimeoutException", "Too slow.", { kind: "server" }],
    [424, "ModelErrorException", "The model broke.", { kind: "server" }],
    [429, "ThrottlingException", "Too many requests.", { kind: "rate", status: 429 }],
    [429, "ModelNotReadyException", "The model is not ready.", { kind: "server" }],
    [500, "InternalServerException", "Oh.", { kind: "server", status: 500 }],
    [503, "ServiceUnavailableException", "Full.", { kind: "server", status: 503 }],
  ])("%i %s is understood, and tried once", async (status, exception, message, expected) => {
    const server = await serve({ status, exception, message });
    await expect(drain(await server.connect())).rejects.toMatchObject({
      name: "ProviderError",
      message: expect.stringContaining(`${model} at ${server.url}: `),
      ...expected,
    });
    await expect(drain(await server.connect())).rejects.toThrow(message);
    expect(server.requests).toHaveLength(2);
  });

  it("never shows a key (case 168)", async () => {
    const { access_key, secret_key, session_token } = credentials;
    const message = `The keys ${access_key} ${secret_key} ${session_token} are wrong.`;
    const error = await answered({ status: 403, exception: "AccessDeniedException", message }).catch(
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ message: expect.stringContaining("The keys *** *** *** are wrong.") });
  });

  it("because nobody is there asks whether the server runs (case 59)", async () => {
    const server = await serve("");
    const llm = await server.connect();
    await open.pop()?.close();
    await expect(drain(llm)).rejects.toMatchObject({
      kind: "network",
      message: `${model} at ${server.url}: the connection was refused`,
    });
  });

  it("to answer in time is a timeout (case 66)", async () => {
    const server = await serve({ events: saying("word ".repeat(20_000)), pause: 50 });
    await expect(drain(await server.connect({ timeout: 0.5 }))).rejects.toMatchObject({ kind: "timeout" });
  });
});

describe("ending a call", () => {
  const long = { events: saying("word ".repeat(8000)), pause: 20 };

  it("in the middle of the text is aborted, and the server sees the close (case 68)", async () => {
    const server = await serve(long);
    const caller = new AbortController();
    const stream = (await server.connect()).stream(question, { signal: caller.signal });
    await stream.next();
    caller.abort();
    await expect(
      (async () => {
        for await (const _ of stream);
      })(),
    ).rejects.toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
  });

  it("before it has answered is aborted (case 67)", async () => {
    const server = await serve({ wait: 5000 });
    const caller = new AbortController();
    const call = drain(await server.connect(), {}, caller.signal);
    await expect.poll(() => server.requests.length).toBe(1);
    caller.abort();
    await expect(call).rejects.toMatchObject({ kind: "aborted" });
  });

  it("by reading no further closes the connection (case 70)", async () => {
    const server = await serve({ ...long, end: "stall" });
    for await (const _ of (await server.connect()).stream(question, { signal: new AbortController().signal })) break;
    await expect.poll(server.left).toBe(1);
  });
});

describe("the settings", () => {
  it.each([
    ["no secret", { secret_key: undefined }],
    ["no region", { region_name: undefined }],
    ["a region that would lead elsewhere", { region_name: "x.example.com/" }],
    ["an unknown one", { api_version: "1" }],
  ])("with %s are refused", (_, settings) => {
    expect(bedrock.config.safeParse({ ...credentials, model, ...settings }).success).toBe(false);
  });
});
