import { afterEach, describe, expect, it } from "vitest";
import { dashscope } from "../../src/llm/dashscope.ts";
import { ProviderError } from "../../src/llm/provider.ts";
import {
  type DashscopeRequest,
  type DashscopeScript,
  dashscopeServer,
  event,
  result,
} from "../helpers/dashscope-server.ts";
import { drain, question } from "../helpers/drain.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Answer = DashscopeScript | ((request: DashscopeRequest, number: number) => DashscopeScript);

async function serve(answer: Answer) {
  const server = await dashscopeServer(typeof answer === "function" ? answer : () => answer);
  open.push(server);
  const connect = (settings: Record<string, unknown> = {}) => {
    const config = { base_url: `${server.url}/api/v1`, api_key: "sk-test-0001", model: "qwen-max", ...settings };
    return dashscope.connect(dashscope.config.parse(config), tools());
  };
  return Object.assign(server, { connect });
}

const answered = async (answer: Answer) => drain(await (await serve(answer)).connect());

describe("the request", () => {
  it("holds the whole conversation and asks for pieces", async () => {
    const server = await serve("Hello.");
    expect(await drain(await server.connect())).toMatchObject({
      text: "Hello.",
      finish: "stop",
      model: "qwen-max",
      usage: { input: 9, output: 2, source: "reported" },
    });
    expect(server.requests.map(({ body }) => body)).toEqual([
      {
        model: "qwen-max",
        input: { messages: question.messages },
        parameters: { result_format: "message", incremental_output: true, max_tokens: 1000 },
      },
    ]);
  });

  it("holds what the settings add to it", async () => {
    const server = await serve("Hello.");
    await drain(await server.connect({ extra_body: { repetition_penalty: 1.1 } }));
    expect(server.requests[0]?.body.parameters).toMatchObject({ repetition_penalty: 1.1, max_tokens: 1000 });
  });

  it("keeps its numbers below the limits", async () => {
    const server = await serve("Hello.");
    await drain(await server.connect({ temperature: 2, top_p: 1, max_token: 50 }));
    expect(server.requests[0]?.body.parameters).toMatchObject({ temperature: 1.99, top_p: 0.9999, max_tokens: 50 });
  });

  it("is a stream from the first, as thinking models insist (case 155)", async () => {
    const refused = { status: 400, body: { code: "InvalidParameter", message: "enable_thinking must be false" } };
    const server = await serve(({ headers }) => (headers["x-dashscope-sse"] === "enable" ? "Hello." : refused));
    await drain(await server.connect({ enable_thinking: true }));
    expect(server.requests.map(({ body }) => body.parameters.enable_thinking)).toEqual([true]);
  });

  it("is held to no shape, and says so (case 99)", async () => {
    const llm = await (await serve("{}")).connect();
    const schema = { name: "Prd", schema: { type: "object" } };
    expect(await drain(llm, { schema })).toMatchObject({ text: "{}", structure: "off" });
  });

  it.each(["/api/v1", "/api/v1/", "/api/v1/services/aigc/text-generation/generation"])(
    "goes to one address, given %s",
    async (path) => {
      const server = await serve("Hello.");
      await drain(await server.connect({ base_url: server.url + path }));
      expect(server.requests.length).toBe(1);
    },
  );
});

describe("the answer", () => {
  const stop = result({ content: "" }, "stop", 7);
  it.each<[string, DashscopeScript]>([
    ["in frames with id, event and comment", { frames: [result({ content: "你" }), result({ content: "好!" }), stop] }],
    ["with text in the last frame", { frames: [result({ content: "你" }), result({ content: "好!" }, "stop", 7)] }],
    [
      "with the whole text in each frame",
      {
        frames: ["你", "你好", "你好!"]
          .map((content) => result({ content }))
          .concat(result({ content: "你好!" }, "stop", 7)),
      },
    ],
    ["byte by byte", { frames: [...(result({ content: "你好!" }) + stop)] }],
    ["in parts", { frames: [result({ content: [{ text: "你" }, { text: "好!" }] }), stop] }],
    [
      "as plain text",
      {
        frames: [
          event("result", 200, { output: { text: "你好!", finish_reason: "null" } }),
          event("result", 200, {
            output: { text: "", finish_reason: "stop" },
            usage: { input_tokens: 9, output_tokens: 7 },
          }),
        ],
      },
    ],
    [
      "as one JSON body",
      {
        type: "application/json",
        frames: [
          JSON.stringify({
            output: { choices: [{ message: { content: "你好!" }, finish_reason: "stop" }] },
            usage: { input_tokens: 9, output_tokens: 7 },
          }),
        ],
      },
    ],
  ])("%s is read whole (cases 46, 154)", async (_, script) => {
    const { text, finish, usage } = await answered(script);
    expect({ text, finish, usage }).toEqual({
      text: "你好!",
      finish: "stop",
      usage: { input: 9, output: 7, source: "reported" },
    });
  });

  it("holds no reasoning", async () => {
    const thought = (reasoning_content: string) => result({ content: "", reasoning_content });
    const frames = [thought("Let me "), thought("see."), result({ content: "42", reasoning_content: "" }), stop];
    expect(await answered({ frames })).toMatchObject({ text: "42", reasoning: "Let me see." });
  });

  it("that was cut by its limit says so", async () => {
    expect((await answered({ frames: [result({ content: "Hel" }, "length")] })).finish).toBe("length");
  });

  it.each([["close"], ["reset"]] as const)("that ends with %s before a reason is truncated (case 154)", async (end) => {
    await expect(answered({ frames: [result({ content: "Hel" })], end })).rejects.toMatchObject({ kind: "truncated" });
  });

  it.each([
    [400, "InvalidParameter", "Required parameter missing", "request"],
    [400, "DataInspectionFailed", "Output data may contain inappropriate content", "policy"],
    [400, "InvalidParameter", "Range of input length should be [1, 30720]", "overflow"],
    [429, "Throttling.RateQuota", "Requests rate limit exceeded", "rate"],
    [500, "InternalError.Algo", "inference failed", "server"],
  ])("%i %s is a failure of its kind, in mid-stream too (case 154)", async (status, code, message, kind) => {
    const body = { code, message, request_id: "r" };
    const failure = { kind, message: expect.stringContaining(message) };
    const frames = [result({ content: "Hel" }), event("error", status, body)];
    await expect(answered({ frames })).rejects.toMatchObject(failure);
    await expect(answered({ status, body })).rejects.toMatchObject({ ...failure, status });
  });
});

it("ends at once with the caller, and the connection with it", async () => {
  const server = await serve({ frames: [result({ content: "Hel" })], end: "stall" });
  const caller = new AbortController();
  const ended = drain(await server.connect(), {}, caller.signal).catch((error: unknown) => error);
  await expect.poll(() => server.requests.length).toBe(1);
  caller.abort();
  expect(await ended).toMatchObject({ kind: "aborted" });
  await expect.poll(server.left).toBe(1);
});

it("closes the connection when nobody reads any further", async () => {
  const server = await serve({ frames: [result({ content: "Hel" })], end: "stall" });
  for await (const delta of (await server.connect()).stream(question, { signal: new AbortController().signal })) {
    expect(delta).toEqual({ type: "text", text: "Hel" });
    break;
  }
  await expect.poll(server.left).toBe(1);
});

it("shows no key in a failure (case 168)", async () => {
  const body = { code: "InvalidApiKey", message: "sk-test-0001 is no key of ours" };
  const error: unknown = await answered({ status: 401, body }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProviderError)) throw error;
  expect(error.kind).toBe("auth");
  expect(`${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain("test-0001");
});
