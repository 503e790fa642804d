import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import { connectDeployment, providers } from "../../src/llm/index.ts";
import type { ChatMessage, Llm, Notice } from "../../src/llm/provider.ts";
import { recorder } from "../../src/llm/recordings.ts";
import { drain } from "../helpers/drain.ts";
import { openaiServer } from "../helpers/openai-server.ts";

const deployment = (provider: string, settings: Deployment["settings"]): Deployment => ({
  name: "fast",
  provider,
  apiType: "deepseek",
  model: "m",
  baseUrl: "",
  settings,
  price: { input: 0, output: 0 },
  priceBasis: "local",
  maxToken: 100,
});

const tell = { notify: () => {}, heard: () => {} };

it("connects with the settings of the deployment and passes on what the LLM tells", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "llm-"));
  const about = { role: "PM", action: "WritePRD", subject: "", attempt: 1, turn: 1 };
  const usage = { input: 1, output: 1, source: "reported" as const };
  const answer = { text: "a", finish: "stop" as const, model: "gpt-x", usage, usd: 0 };
  await recorder(folder, { idea: "an idea", date: "2026-11-21" }).add({ ...about, messages: [] }, answer);
  const notices: Notice[] = [];
  const llm = await connectDeployment(deployment("recording", { folder }), {
    notify: (notice) => notices.push(notice),
    heard: () => {},
  });
  const request = { messages: [{ role: "user" as const, content: "new" }], maxTokens: 1, about };
  const stream = llm.stream(request, { signal: new AbortController().signal });
  expect((await stream.next()).value).toEqual({ type: "text", text: "a" });
  expect(notices).toEqual([{ type: "prompt-changed", about, recording: "an idea" }]);
  await rm(folder, { recursive: true });
});

it("names the LLM, its kind and the setting that is wrong, and no value", async () => {
  const settings = {
    model: "m",
    base_url: "https://api.example.com",
    api_key: "sk-secret-value",
    temprature: "sk-other",
  };
  const error = await connectDeployment(deployment("openai", settings), tell).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as ConfigError;
  expect(message).toContain("the LLM fast (deepseek)");
  expect(message).toContain("temprature");
  expect(message).not.toContain("sk-");
});

it.each(["/no/such-module.ts", "constructor", ""])("does not connect the unknown provider %j", async (kind) => {
  await expect(connectDeployment(deployment(kind, {}), tell)).rejects.toThrow(ConfigError);
});

it.each([
  ["openai", { base_url: "http://127.0.0.1:1/v1", model: "m" }],
  ["ollama", { base_url: "http://127.0.0.1:1", model: "m" }],
  ["human", {}],
])("connects %s without asking anything", async (kind, settings) => {
  expect(await connectDeployment(deployment(kind, settings), tell)).toHaveProperty("stream");
});

it("sends text that every server takes, also where an emoji was cut in two (case 175)", async () => {
  const server = await openaiServer(() => "Hello.");
  onTestFinished(() => server.close());
  const settings = { base_url: `${server.url}/v1`, model: "m" };
  const llm = await connectDeployment(deployment("openai", settings), tell);
  await drain(llm, { messages: [{ role: "user", content: "a\ud83cb\0c 🎈" }] });
  expect(server.requests[0]?.body.messages[0]?.content).toBe("a\ufffdb\0c 🎈");
});

it("sends such text everywhere, and of the conversation all else as it is", async () => {
  const bodies: unknown[] = [];
  const note = <T>(body: unknown, answer: T) => {
    bodies.push(body);
    return answer;
  };
  const server = await openaiServer(({ body }) => note(body.messages, "Hello."), {
    vectors: (body) => note(body.input, { data: [{ embedding: [1] }] }),
    completion: (body) => note(body.prompt, "Hello."),
  });
  onTestFinished(() => server.close());
  const settings = { base_url: `${server.url}/v1`, model: "m" };
  const llm = (await connectDeployment(deployment("openai", settings), tell)) as Required<Llm>;
  const { signal } = new AbortController();
  const toolCalls = [{ id: "c", name: "look", arguments: "{}" }];
  const messages: ChatMessage[] = [
    { role: "user", content: "a" },
    { role: "assistant", content: "", toolCalls },
    { role: "tool", content: "b\ud83c", toolCallId: "c" },
  ];
  await drain(llm, { messages });
  await llm.embed(["c\ud83c"], { signal });
  await drain({ stream: (_, on) => llm.complete({ prompt: "d\ud83c", maxTokens: 9 }, on) });
  expect(bodies).toEqual([
    [
      { role: "user", content: "a" },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "c", type: "function", function: { name: "look", arguments: "{}" } }],
      },
      { role: "tool", content: "b\ufffd", tool_call_id: "c" },
    ],
    ["c\ufffd"],
    "d\ufffd",
  ]);
});

it("knows every provider by its name", () => {
  expect(Object.keys(providers)).toEqual([
    ...["openai", "anthropic", "ollama", "spark", "dashscope", "zhipu_jwt", "qianfan_v1"],
    ...["llama_cpp", "bedrock", "human", "recording"],
  ]);
});
