import { afterEach, describe, expect, it } from "vitest";
import { openai } from "../../src/llm/openai.ts";
import { drain } from "../helpers/drain.ts";
import { type Answer, type HttpServer, httpServer } from "../helpers/http-server.ts";
import { tools } from "../helpers/tools.ts";

// What is answered here was captured from the servers named, of these versions:
// vLLM 0.32.0, llama-cpp-python 0.3.36, FastChat 0.2.36, LLaMA-Factory 0.9.5, LiteLLM 1.106.2.

const open: HttpServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Body = Record<string, unknown>;

async function serve(answer: (body: Body) => Answer) {
  const server = await httpServer(({ text }) => answer(text === "" ? {} : JSON.parse(text)));
  open.push(server);
  const config = openai.config.parse({ base_url: `${server.url}/v1`, api_key: "test-key-0001", model: "tiny" });
  const bodies = (): Body[] => server.requests.map(({ text }) => JSON.parse(text));
  return { llm: await openai.connect(config, tools()), bodies, left: server.left };
}

const stream = (raw: string, end: Answer["end"] = "close"): Answer => ({
  headers: { "content-type": "text/event-stream; charset=utf-8" },
  pieces: [raw],
  end,
});

const refusal = (status: number, raw: string): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  pieces: [raw],
});

const vllm = (text: string) =>
  stream(`data: {"id":"chatcmpl-96987fc8b6e56fcb","object":"chat.completion.chunk","created":1795242132,"model":"tiny","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null}

data: {"id":"chatcmpl-96987fc8b6e56fcb","object":"chat.completion.chunk","created":1795242132,"model":"tiny","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"logprobs":null,"finish_reason":null,"token_ids":null}]}

data: {"id":"chatcmpl-96987fc8b6e56fcb","object":"chat.completion.chunk","created":1795242132,"model":"tiny","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"length","stop_reason":null,"token_ids":null}]}

data: {"id":"chatcmpl-96987fc8b6e56fcb","object":"chat.completion.chunk","created":1795242132,"model":"tiny","choices":[],"usage":{"prompt_tokens":20,"total_tokens":32,"completion_tokens":12},"system_fingerprint":"vllm-0.32.0-21443fbc"}

data: [DONE]

`);

const schema = { name: "prd", schema: { type: "object", properties: { a: { pattern: "(?=a)b" } }, required: ["a"] } };
const formats = (bodies: Body[]) =>
  bodies.map(({ response_format: format }) => (format === undefined ? "off" : JSON.stringify(format).slice(9, 15)));

describe("answers", () => {
  it("of vLLM", async () => {
    const { llm } = await serve(() => vllm("Hi"));
    expect(await drain(llm)).toMatchObject({
      text: "Hi",
      finish: "length",
      model: "tiny",
      usage: { input: 20, output: 12, source: "reported" },
    });
  });

  it.each([
    [
      "llama-cpp-python",
      `data: {"id": "chatcmpl-aaf99fb9-ca0d", "model": "tiny", "created": 1795241957, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"role": "assistant"}, "logprobs": null, "finish_reason": null}]}\n\ndata: {"id": "chatcmpl-aaf99fb9-ca0d", "model": "tiny", "created": 1795241957, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}, "logprobs": null, "finish_reason": null}]}\n\ndata: {"id": "chatcmpl-aaf99fb9-ca0d", "model": "tiny", "created": 1795241957, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "logprobs": null, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n`,
    ],
    [
      "LLaMA-Factory",
      `data: {"id": "chatcmpl-41ec431e", "model": "tiny", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]}\n\ndata: {"id": "chatcmpl-41ec431e", "model": "tiny", "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": null}]}\n\ndata: {"id": "chatcmpl-41ec431e", "model": "tiny", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n`,
    ],
  ])("of %s, which counts no tokens", async (_, raw) => {
    const { llm } = await serve(() => stream(raw));
    expect(await drain(llm)).toMatchObject({ text: "Hi", finish: "stop", usage: undefined });
  });

  it("left after their first piece have their connection closed", async () => {
    const [role, text] = String(vllm("Hi").pieces?.[0]).split(/(?<=\n\n)/);
    const { llm, left } = await serve(() => stream(`${role}${text}`, "stall"));
    const question = { messages: [], maxTokens: 9, about: { role: "", action: "", subject: "", attempt: 1, turn: 1 } };
    const answer = llm.stream(question, { signal: new AbortController().signal });
    expect((await answer.next()).value).toEqual({ type: "text", text: "Hi" });
    await answer.return({ finish: "stop", usage: undefined, model: "" });
    await expect.poll(left).toBe(1);
  });
});

describe("a schema that is refused", () => {
  const validation = `{"error":{"message":"1 validation error:\\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \\"Input should be 'text' or 'json_object'\\", 'input': 'json_schema', 'ctx': {'expected': \\"'text' or 'json_object'\\"}}\\n\\n  File \\"/app/llama_cpp/server/app.py\\", line 376, in create_chat_completion\\n    POST /v1/chat/completions","type":"internal_server_error","param":null,"code":null}}`;
  const grammar = `data: {"error": {"message": "Grammar error: regex parse error:\\n    (?=a)b\\n    ^^^\\nerror: look-around, including look-ahead and look-behind, is not supported", "type": "BadRequestError", "param": null, "code": 400}}\n\ndata: [DONE]\n\n`;

  it.each([
    ["as a failure of the server by llama-cpp-python", refusal(500, validation)],
    ["within the answer by vLLM", stream(grammar)],
  ])("%s gives way to JSON mode", async (_, refused) => {
    const { llm, bodies } = await serve((body) =>
      JSON.stringify(body.response_format).includes("json_schema") ? refused : vllm("{}"),
    );
    expect(await drain(llm, { schema })).toMatchObject({ text: "{}", structure: "json" });
    await drain(llm, { schema });
    expect(formats(bodies())).toEqual(["json_s", "json_o", "json_o"]);
  });

  it("within the answer is no failure that passes where there was no schema", async () => {
    const { llm, bodies } = await serve(() => stream(grammar));
    await expect(drain(llm)).rejects.toMatchObject({ kind: "request" });
    expect(bodies()).toHaveLength(1);
  });

  it("is not mistaken for a failure that passes", async () => {
    const message = "EngineCore encountered an issue. See stack trace (above) for the root cause.";
    const fault = `{"error":{"message":"${message}","type":"InternalServerError","param":null,"code":500}}`;
    const { llm, bodies } = await serve(() => refusal(500, fault));
    await expect(drain(llm, { schema })).rejects.toMatchObject({ kind: "server", status: 500 });
    expect(formats(bodies())).toEqual(["json_s"]);
  });
});

describe("requests", () => {
  it("for more than vLLM can hold are made smaller", async () => {
    const { llm, bodies } = await serve(({ max_tokens }) =>
      Number(max_tokens) > 900
        ? refusal(
            400,
            `{"error":{"message":"max_tokens=${max_tokens} cannot be greater than max_model_len=900. Please request fewer output tokens. (parameter=max_tokens, value=${max_tokens})","type":"BadRequestError","param":"max_tokens","code":400}}`,
          )
        : vllm("Hi"),
    );
    await drain(llm);
    await drain(llm);
    expect(bodies().map(({ max_tokens }) => max_tokens)).toEqual([1000, 900, 900]);
  });
});

describe("failures", () => {
  const failures: [string, Answer, object][] = [
    [
      "vLLM's engine died",
      stream(
        `data: {"error": {"message": "EngineCore encountered an issue. See stack trace (above) for the root cause.", "type": "InternalServerError", "param": null, "code": 500}}\n\ndata: [DONE]\n\n`,
      ),
      { kind: "server", message: expect.stringContaining("EngineCore encountered an issue") },
    ],
    [
      "vLLM has no room for the prompt",
      refusal(
        400,
        `{"error":{"message":"This model's maximum context length is 1024 tokens. However, your prompt contains at least 1025 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=1025)","type":"BadRequestError","param":"input_tokens","code":400}}`,
      ),
      { kind: "overflow" },
    ],
    [
      "vLLM has another key",
      refusal(401, `{"error":"Unauthorized"}`),
      { kind: "auth", message: expect.stringContaining("the key was refused: Unauthorized (HTTP 401)") },
    ],
    [
      "vLLM has another model",
      refusal(
        404,
        `{"error":{"message":"The model \`no-such-model\` does not exist. Valid aliases: tiny.","type":"NotFoundError","param":"model","code":404}}`,
      ),
      { kind: "request", hint: expect.stringMatching(/^Check model/) },
    ],
    [
      "FastChat has another key",
      refusal(
        401,
        `{"detail":{"error":{"message":"","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}}`,
      ),
      { kind: "auth", message: expect.stringMatching(/: the key was refused: invalid_api_key \(HTTP 401\)$/) },
    ],
    [
      "FastChat has no room for the prompt",
      refusal(
        400,
        `{"object":"error","message":"This model's maximum context length is 1024 tokens. However, your messages resulted in 8161 tokens. Please reduce the length of the messages.","code":40303}`,
      ),
      { kind: "overflow" },
    ],
    [
      "LiteLLM does not know the key and has no database",
      refusal(400, `{"error":{"message":"No connected db.","type":"no_db_connection","param":null,"code":"400"}}`),
      { kind: "auth", hint: expect.stringMatching(/^Check api_key/) },
    ],
    [
      "LiteLLM has another model",
      refusal(
        400,
        `{"error":{"message":"/chat/completions: Invalid model name passed in model=no-such-model. Call \`/v1/models\` to view available models for your key.","type":"invalid_request_error","param":null,"code":"400"}}`,
      ),
      { kind: "request", hint: expect.stringMatching(/^Check model/) },
    ],
    [
      "llama-cpp-python leaves an answer for the next question",
      stream(
        `data: {"id": "chatcmpl-fb106fde", "model": "tiny", "created": 1795242042, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"role": "assistant"}, "logprobs": null, "finish_reason": null}]}\n\ndata: [DONE]\n\n`,
      ),
      { kind: "truncated", hint: expect.stringContaining("--concurrency") },
    ],
    ["FastChat fails before the first chunk", stream("", "reset"), { kind: "truncated" }],
  ];
  it.each(failures)("%s", async (_, answer, expected) => {
    const { llm } = await serve(() => answer);
    await expect(drain(llm)).rejects.toMatchObject({ name: "ProviderError", ...expected });
  });
});

describe("models", () => {
  it.each([
    [
      "vLLM",
      `{"object":"list","data":[{"id":"tiny","object":"model","created":1795241873,"owned_by":"vllm","root":"/models/tiny","parent":null,"max_model_len":1024,"permission":[]}]}`,
      [{ id: "tiny", context: 1024 }],
    ],
    [
      "LiteLLM",
      `{"data":[{"id":"claude-mock","object":"model","created":1677610602,"owned_by":"openai","mode":"chat","max_input_tokens":200000,"max_output_tokens":64000}],"object":"list"}`,
      [{ id: "claude-mock", context: 200000 }],
    ],
    [
      "llama-cpp-python",
      `{"object":"list","data":[{"id":"tiny","object":"model","owned_by":"me","permissions":[]}]}`,
      [{ id: "tiny" }],
    ],
  ])("of %s", async (_, raw, expected) => {
    const { llm } = await serve(() => refusal(200, raw));
    expect(await llm.models?.({ signal: new AbortController().signal })).toEqual(expected);
  });
});
