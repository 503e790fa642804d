import { describe, expect, it, onTestFinished } from "vitest";
import { ollama } from "../../../src/llm/ollama.ts";
import type { Llm, LlmRequest, ToolChoice } from "../../../src/llm/provider.ts";
import { drain } from "../../helpers/drain.ts";
import { line, type OllamaScript, ollamaServer, type TextsBody } from "../../helpers/ollama-server.ts";
import { tools } from "../../helpers/tools.ts";
import { called, weather } from "../../helpers/weather.ts";

async function serve(script: OllamaScript, settings: object = {}, vectors?: (body: TextsBody) => unknown) {
  const server = await ollamaServer(() => script, vectors && { vectors });
  onTestFinished(server.close);
  const config = ollama.config.parse({ base_url: server.url, model: "test-model", ...settings });
  return { llm: (await ollama.connect(config, tools())) as Required<Llm>, requests: server.requests };
}

async function sent(request: Partial<LlmRequest>, settings: object = {}) {
  const { llm, requests } = await serve("Hello.", settings);
  await drain(llm, request);
  return requests[0]?.body;
}

const { signal } = new AbortController();

describe("tools", () => {
  const time = { name: "get_time", parameters: { type: "object" } };
  const offer = (tool: object) => ({ type: "function", function: tool });

  it.each<[string, ToolChoice | undefined, object[] | undefined]>([
    ["all where the choice is the model's", undefined, [offer(weather), offer(time)]],
    ["all where the choice is free", "auto", [offer(weather), offer(time)]],
    ["all where some is to be called, since the server forces none", "required", [offer(weather), offer(time)]],
    ["only the one to be called", { name: "get_time" }, [offer(time)]],
    ["none where none may be called", "none", undefined],
  ])("are offered: %s", async (_, toolChoice, expected) => {
    expect((await sent({ tools: [weather, time], toolChoice }))?.tools).toEqual(expected);
  });

  it("that were called are sent back with their arguments as objects, the results with their names", async () => {
    const body = await sent({ messages: called, tools: [weather] });
    expect(body?.messages.slice(2)).toEqual([
      {
        role: "assistant",
        content: "",
        tool_calls: [
          { function: { name: "get_weather", arguments: { place: "Oslo" } } },
          { function: { name: "get_weather", arguments: {} } },
        ],
      },
      { role: "tool", tool_name: "get_weather", content: "rain" },
      { role: "tool", tool_name: "get_weather", content: "" },
      { role: "user", content: "Hurry." },
    ]);
  });

  it("are called with JSON", async () => {
    const call = (args: object, rest: object = {}) => ({ ...rest, function: { name: "get_weather", arguments: args } });
    const raw = [
      line({ content: "", tool_calls: [call({ place: "Oslo" }, { id: "call_7" }), call({})] }),
      line({ content: "" }, { done: true, done_reason: "stop" }),
    ];
    const { deltas, finish } = await drain((await serve({ raw })).llm, { tools: [weather] });
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([
      { type: "tool-call", index: 0, id: "call_7", name: "get_weather", arguments: '{"place":"Oslo"}' },
      { type: "tool-call", index: 1, name: "get_weather", arguments: "{}" },
    ]);
  });

  it("are not for prompts without a template for them", async () => {
    const { llm, requests } = await serve("Hello.", { api_type: "ollama.generate" });
    await expect(drain(llm, { tools: [weather] })).rejects.toMatchObject({
      kind: "request",
      message: expect.stringContaining("test-model takes no tools"),
    });
    expect(requests).toEqual([]);
  });
});

it("lets what the caller says of sampling beat the settings", async () => {
  const sampling = { temperature: 0.7, topP: 0.5, stop: ["END"], seed: 5, presencePenalty: 1, frequencyPenalty: -1 };
  expect((await sent({ sampling }, { temperature: 0.1, num_ctx: 8192 }))?.options).toEqual({
    num_ctx: 8192,
    num_predict: 1000,
    temperature: 0.7,
    top_p: 0.5,
    stop: ["END"],
    seed: 5,
    presence_penalty: 1,
    frequency_penalty: -1,
  });
});

it("goes on with a raw text, which it reads as it stands", async () => {
  const { llm, requests } = await serve("<think> 3, 4", { num_ctx: 8192 });
  const request = { prompt: "1, 2,", maxTokens: 9, sampling: { stop: ["9"] } };
  const { text, finish } = await drain({ stream: (_, on) => llm.complete(request, on) });
  expect({ text, finish }).toEqual({ text: "<think> 3, 4", finish: "stop" });
  expect(requests[0]).toMatchObject({
    url: "/api/generate",
    prompt: { raw: true, prompt: "1, 2," },
    body: { options: { num_ctx: 8192, num_predict: 9, stop: ["9"] } },
  });
});

it("makes vectors of texts", async () => {
  const bodies: TextsBody[] = [];
  const { llm } = await serve("Hello.", {}, (body) => {
    bodies.push(body);
    return {
      model: "e-1",
      embeddings: [
        [1, 2],
        [3, 4],
      ],
      prompt_eval_count: 7,
    };
  });
  expect(await llm.embed(["one", "two"], { signal, dimensions: 2 })).toEqual({
    vectors: [
      [1, 2],
      [3, 4],
    ],
    usage: { input: 7, output: 0, source: "reported" },
    model: "e-1",
  });
  expect(bodies).toEqual([{ model: "test-model", input: ["one", "two"], dimensions: 2 }]);
});

it("takes no answer without vectors for one", async () => {
  const { llm } = await serve("Hello.", {}, () => ({ embeddings: "none" }));
  await expect(llm.embed(["one"], { signal })).rejects.toMatchObject({ kind: "protocol" });
});
