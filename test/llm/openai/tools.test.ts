import { describe, expect, it, onTestFinished } from "vitest";
import { openai } from "../../../src/llm/openai.ts";
import type { LlmRequest, ToolChoice } from "../../../src/llm/provider.ts";
import { drain } from "../../helpers/drain.ts";
import {
  chunk,
  done,
  event,
  type OpenAiBody,
  type OpenAiRequest,
  openaiServer,
  type Script,
} from "../../helpers/openai-server.ts";
import { tools } from "../../helpers/tools.ts";
import { called, weather } from "../../helpers/weather.ts";

/** The model of a server with this answer, and the bodies that were sent to it. */
async function serve(answer: Script | ((request: OpenAiRequest, number: number) => Script), settings: object = {}) {
  const server = await openaiServer(typeof answer === "function" ? answer : () => answer);
  onTestFinished(server.close);
  const own = { base_url: `${server.url}/v1`, api_key: "test-key-0001", model: "test-model", ...settings };
  const llm = await openai.connect(openai.config.parse(own), tools());
  return { llm, bodies: () => server.requests.map(({ body }) => body) };
}

/** What is sent besides the usual. */
async function sent(request: Partial<LlmRequest>, settings: object = {}) {
  const { llm, bodies } = await serve("Hello.", settings);
  await drain(llm, request);
  const [{ model, stream, stream_options, max_tokens, ...rest }] = bodies() as [OpenAiBody];
  return rest;
}

describe("tools", () => {
  const offered = [{ type: "function", function: weather }];

  it.each<[string, ToolChoice | undefined, unknown]>([
    ["the model's own", undefined, undefined],
    ["free", "auto", "auto"],
    ["none", "none", "none"],
    ["some tool", "required", "required"],
    ["one tool", { name: "get_weather" }, { type: "function", function: { name: "get_weather" } }],
  ])("are offered, the choice being %s", async (_, toolChoice, tool_choice) => {
    const { messages, ...rest } = await sent({ tools: [weather], toolChoice });
    expect(rest).toEqual({ tools: offered, ...(tool_choice !== undefined && { tool_choice }) });
  });

  it("are left out where there are none, the choice with them", async () => {
    expect(await sent({ tools: [], toolChoice: "required" })).not.toHaveProperty("tools");
  });

  it("and their results keep their places and ids in the conversation", async () => {
    const { messages } = await sent({ messages: called, tools: [weather] });
    expect(messages).toEqual([
      { role: "system", content: "You are terse." },
      { role: "user", content: "Oslo or Rome?" },
      {
        role: "assistant",
        content: "",
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"place":"Oslo"}' } },
          { id: "call_2", type: "function", function: { name: "get_weather", arguments: "" } },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: "rain" },
      { role: "tool", tool_call_id: "call_2", content: "" },
      { role: "user", content: "Hurry." },
    ]);
  });

  it("may have the last word: nobody goes on for them", async () => {
    const { messages = [] } = await sent({ messages: called.slice(0, -1), tools: [weather] });
    expect(messages.at(-1)).toMatchObject({ role: "tool" });
  });

  it("leave a schema to every mechanism but the forced call", async () => {
    const schema = { name: "note", schema: { type: "object" } };
    const body = await sent({ tools: [weather], schema }, { structures: ["tool", "json"] });
    expect(body).toMatchObject({ tools: offered, response_format: { type: "json_object" } });
    expect(body).not.toHaveProperty("tool_choice");
  });

  it("that are called say nothing about how a server keeps to a schema", async () => {
    const call = { index: 0, id: "call_1", function: { name: "get_weather", arguments: "{}" } };
    const raw = [chunk({ tool_calls: [call] }), chunk({}, {}, { finish_reason: "tool_calls" }), done];
    const { llm, bodies } = await serve({ raw });
    const request = { tools: [weather], schema: { name: "note", schema: { type: "object" } } };
    await drain(llm, request);
    await drain(llm, request);
    expect(bodies().map(({ response_format }) => response_format?.type)).toEqual(["json_schema", "json_schema"]);
  });

  it("that a server does not know are the caller's to leave out, and the schema stays", async () => {
    const refused = { status: 400, body: { error: { message: "tools are not supported by this model" } } };
    const { llm, bodies } = await serve(({ body }) => (body.tools ? refused : '{"a": 1}'));
    const schema = { name: "note", schema: { type: "object" } };
    await expect(drain(llm, { tools: [weather], schema })).rejects.toMatchObject({ kind: "request" });
    await drain(llm, { schema });
    expect(bodies().map(({ response_format }) => response_format?.type)).toEqual(["json_schema", "json_schema"]);
  });

  it("are called at once, in pieces that take turns", async () => {
    const piece = (index: number, args: string, rest: object = {}) =>
      chunk({ tool_calls: [{ index, ...rest, function: { arguments: args } }] });
    const begin = (index: number, name: string) =>
      chunk({ tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name, arguments: "" } }] });
    const raw = [begin(0, "a"), begin(1, "b"), piece(0, '{"x"'), piece(1, '{"y":2}'), piece(0, ":1}")];
    const { llm } = await serve({ raw: [...raw, chunk({}, {}, { finish_reason: "tool_calls" }), done] });
    const { deltas, finish } = await drain(llm, { tools: [weather] });
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([
      { type: "tool-call", index: 0, id: "call_0", name: "a", arguments: "" },
      { type: "tool-call", index: 1, id: "call_1", name: "b", arguments: "" },
      { type: "tool-call", index: 0, arguments: '{"x"' },
      { type: "tool-call", index: 1, arguments: '{"y":2}' },
      { type: "tool-call", index: 0, arguments: ":1}" },
    ]);
  });
});

describe("sampling", () => {
  const settings = { temperature: 0.2, top_p: 0.9, extra_body: { seed: 1, reasoning_effort: "low" } };

  it("of the caller beats the settings, word by word", async () => {
    const { messages, ...rest } = await sent({ sampling: { temperature: 0.7, seed: 5, stop: ["END"] } }, settings);
    expect(rest).toEqual({ temperature: 0.7, top_p: 0.9, seed: 5, stop: ["END"], reasoning_effort: "low" });
  });

  it("is said in the words of the API", async () => {
    const sampling = { topP: 0.5, presencePenalty: 1, frequencyPenalty: -1, stop: [] };
    const { messages, ...rest } = await sent({ sampling });
    expect(rest).toEqual({ top_p: 0.5, presence_penalty: 1, frequency_penalty: -1 });
  });

  it.each([
    ["stop", { stop: ["END"] }, "Unsupported parameter: 'stop' is not supported with this model."],
    ["seed", { seed: 5 }, "Unknown parameter: 'seed'."],
    ["temperature", { temperature: 0.5 }, "Unsupported value: 'temperature' does not support 0.5 with this model."],
    ["presence_penalty", { presencePenalty: 1 }, "presence_penalty is not allowed"],
  ])("that no request may hold is left out from now on: %s", async (name, sampling, message) => {
    const refused = { status: 400, body: { error: { message } } };
    const { llm, bodies } = await serve(({ body }) => (name in body ? refused : "Hello."));
    await drain(llm, { sampling });
    await drain(llm, { sampling });
    expect(bodies().map((body) => name in body)).toEqual([true, false, false]);
  });

  it("out of bounds is the fault of its caller, and says nothing about others", async () => {
    const message = "Invalid 'temperature': decimal above maximum value. Expected a value <= 1.";
    const refused = { status: 400, body: { error: { message } } };
    const { llm, bodies } = await serve(({ body: { temperature = 0 } }) => (temperature > 1 ? refused : "Hello."));
    await expect(drain(llm, { sampling: { temperature: 1.5 } })).rejects.toMatchObject({ kind: "request" });
    await drain(llm, { sampling: { temperature: 0.5 } });
    expect(bodies().map(({ temperature }) => temperature)).toEqual([1.5, 0.5]);
  });

  it("that ends an answer early says nothing about how a server keeps to a schema", async () => {
    const { llm, bodies } = await serve('{"a": 1, "b');
    const request = { sampling: { stop: ["c"] }, schema: { name: "note", schema: { type: "object" } } };
    await drain(llm, request);
    await drain(llm, request);
    expect(bodies().map(({ response_format }) => response_format?.type)).toEqual(["json_schema", "json_schema"]);
  });
});

it("reads a call whose server sends none of its words as one text", async () => {
  const whole = {
    choices: [
      { index: 0, message: { tool_calls: [{ function: { name: "a", arguments: { x: 1 } } }] }, finish_reason: "stop" },
    ],
  };
  const { llm } = await serve({ raw: event(whole) });
  const { deltas, finish } = await drain(llm, { tools: [weather] });
  expect({ deltas, finish }).toEqual({
    deltas: [{ type: "tool-call", index: 0, name: "a", arguments: '{"x":1}' }],
    finish: "tool_calls",
  });
});
