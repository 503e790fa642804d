import { describe, expect, it, onTestFinished } from "vitest";
import { anthropic } from "../../../src/llm/anthropic.ts";
import type { LlmRequest, ToolChoice } from "../../../src/llm/provider.ts";
import {
  type AnthropicBody,
  type AnthropicScript,
  anthropicServer,
  block,
  end,
  start,
  stop,
  textBlock,
} from "../../helpers/anthropic-server.ts";
import { drain } from "../../helpers/drain.ts";
import { tools } from "../../helpers/tools.ts";
import { called, weather } from "../../helpers/weather.ts";

async function asked(script: AnthropicScript, request: Partial<LlmRequest>, settings: object = {}) {
  const server = await anthropicServer(() => script);
  onTestFinished(server.close);
  const own = { base_url: server.url, api_key: "test-key-0001", model: "test-model", cache: false, ...settings };
  const llm = await anthropic.connect(anthropic.config.parse(own), tools());
  const answer = await drain(llm, request);
  return { ...answer, bodies: server.requests.map(({ body }) => body) };
}

/** What is sent besides the usual. */
async function sent(request: Partial<LlmRequest>, settings: object = {}) {
  const { bodies } = await asked("Hello.", request, settings);
  const [{ model, stream, max_tokens, system, ...rest }] = bodies as [AnthropicBody];
  return rest;
}

describe("tools", () => {
  it.each<[string, ToolChoice | undefined, unknown]>([
    ["the model's own", undefined, undefined],
    ["free", "auto", { type: "auto" }],
    ["none", "none", { type: "none" }],
    ["some tool", "required", { type: "any" }],
    ["one tool", { name: "get_weather" }, { type: "tool", name: "get_weather" }],
  ])("are offered, the choice being %s", async (_, toolChoice, tool_choice) => {
    const { messages, ...rest } = await sent({ tools: [weather], toolChoice });
    const { name, description, parameters } = weather;
    const offered = [{ name, description, input_schema: parameters }];
    expect(rest).toEqual({ tools: offered, ...(tool_choice !== undefined && { tool_choice }) });
  });

  it("that were called are the assistant's, and their results with what follows the user's", async () => {
    const { messages } = await sent({ messages: called, tools: [weather] });
    expect(messages).toEqual([
      { role: "user", content: "Oslo or Rome?" },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "call_1", name: "get_weather", input: { place: "Oslo" } },
          { type: "tool_use", id: "call_2", name: "get_weather", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1", content: "rain" },
          { type: "tool_result", tool_use_id: "call_2", content: "" },
          { type: "text", text: "Hurry." },
        ],
      },
    ]);
  });

  it("that were called after some words stand behind them", async () => {
    const toolCalls = [{ id: "call_1", name: "get_weather", arguments: "{}" }];
    const { messages } = await sent({
      messages: [
        { role: "user", content: "Oslo?" },
        { role: "assistant", content: "Let me look.", toolCalls },
        { role: "tool", toolCallId: "call_1", content: "rain" },
      ],
      tools: [weather],
    });
    expect(messages[1]?.content).toEqual([
      { type: "text", text: "Let me look." },
      { type: "tool_use", id: "call_1", name: "get_weather", input: {} },
    ]);
  });

  it("with arguments that are no object cannot be sent back", async () => {
    const toolCalls = [{ id: "call_1", name: "get_weather", arguments: '{"place":' }];
    const messages = [{ role: "assistant" as const, content: "", toolCalls }];
    await expect(sent({ messages, tools: [weather] })).rejects.toMatchObject({
      kind: "request",
      message: expect.stringContaining("the arguments of the call of get_weather are no JSON object"),
    });
  });

  it("leave no forced call to a schema", async () => {
    const open = { name: "note", schema: { type: "object" } };
    const { tools: offered = [], tool_choice } = await sent({ tools: [weather], schema: open });
    expect({ names: offered.map(({ name }) => name), tool_choice }).toEqual({
      names: ["get_weather"],
      tool_choice: undefined,
    });
  });

  it("are called in pieces", async () => {
    const use = (index: number, id: string, ...pieces: string[]) =>
      block(
        index,
        { type: "tool_use", id, name: "get_weather", input: {} },
        ...pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })),
      );
    const raw = [start(), textBlock(0, "Look:"), use(1, "toolu_1", "", '{"place"', ':"Oslo"}'), use(2, "toolu_2")];
    const { deltas, finish } = await asked({ raw: [...raw, end("tool_use"), stop] }, { tools: [weather] });
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([
      { type: "text", text: "Look:" },
      { type: "tool-call", index: 0, id: "toolu_1", name: "get_weather", arguments: "" },
      { type: "tool-call", index: 0, arguments: '{"place"' },
      { type: "tool-call", index: 0, arguments: ':"Oslo"}' },
      { type: "tool-call", index: 1, id: "toolu_2", name: "get_weather", arguments: "" },
      { type: "tool-call", index: 1, arguments: "{}" },
    ]);
  });
});

describe("sampling", () => {
  const sampling = { temperature: 0.7, topP: 0.5, stop: ["END"], seed: 5, presencePenalty: 1 };

  it.each([
    ["of which the newer API knows only where to stop", "2026-10-21", { stop_sequences: ["END"] }],
    ["beats the settings in the older one", "2023-06-01", { temperature: 0.7, top_p: 0.5, stop_sequences: ["END"] }],
  ])("%s", async (_, api_version, expected) => {
    const { messages, ...rest } = await sent({ sampling }, { api_version, temperature: 0.1 });
    expect(rest).toEqual(expected);
  });

  it("may stop an answer before its first word", async () => {
    const raw = [start(), end("stop_sequence"), stop];
    expect(await asked({ raw }, { sampling: { stop: ["A"] } })).toMatchObject({ text: "", finish: "stop" });
  });
});
