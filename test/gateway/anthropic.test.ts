import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { expect, it } from "vitest";
import { collected, gateway } from "../helpers/gateway.ts";
import { upstream, wires } from "../helpers/upstream.ts";

const hello: MessageParam[] = [{ role: "user", content: "你好" }];
const weather = {
  name: "weather",
  description: "The weather of a city.",
  input_schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

it.each(wires)("answers by a model of %s, whole and in pieces", async (wire) => {
  const { at, asked } = await upstream({ text: ["你好，", "世界"], usage: [7, 3] });
  const { anthropic } = await gateway({ 模型: at(wire) });
  const question = { model: "模型", max_tokens: 50, system: "你是一个助手", messages: hello };
  const { data, response } = await anthropic.messages.create(question).withResponse();
  const whole = {
    ...{ type: "message", role: "assistant", model: "模型", stop_reason: "end_turn", stop_sequence: null },
    content: [{ type: "text", text: "你好，世界" }],
    usage: { input_tokens: 7, output_tokens: 3 },
  };
  expect(data).toMatchObject(whole);
  expect(response.headers.get("x-metagpt-model")).toBe(`${wire}-model`);
  expect(response.headers.get("x-metagpt-provider")).toBe(wire);

  const stream = anthropic.messages.stream(question);
  const events = await collected(stream);
  expect(await stream.finalMessage()).toMatchObject(whole);
  expect(events.map(({ type }) => type)).toEqual([
    ...["message_start", "content_block_start", "content_block_delta", "content_block_delta"],
    ...["content_block_stop", "message_delta", "message_stop"],
  ]);
  expect(events.at(-1)).toMatchObject({ metagpt: { llm: "模型", model: `${wire}-model`, attempts: 1, cached: false } });
  const said = asked.map(({ body }) => JSON.stringify(body));
  expect(said).toEqual([expect.stringContaining("你是一个助手"), said[0]]);
});

it("passes on how to sample and where to stop, and says when an answer was cut", async () => {
  const { at, asked } = await upstream({ reasoning: "Hm.", text: "Well", finish: "length" });
  const { anthropic } = await gateway({ one: at("openai") });
  const sampling = { temperature: 0.2, top_p: 0.9, stop_sequences: ["END"] };
  const answer = await anthropic.messages.create({ model: "one", max_tokens: 5, messages: hello, ...sampling });
  expect(answer).toMatchObject({ content: [{ type: "text", text: "Well" }], stop_reason: "max_tokens" });
  expect(asked[0]?.body).toMatchObject({ temperature: 0.2, top_p: 0.9, stop: ["END"], max_tokens: 5 });
});

it.each(wires)("has a model of %s call tools, and gives it their results", async (wire) => {
  const call = { id: "toolu_a", name: "weather", pieces: ['{"city":', ' "北京"}'] };
  const { at, asked } = await upstream({ text: "查", calls: [call] }, { calls: [call, call] }, { text: "晴" });
  const { anthropic } = await gateway({ one: at(wire) });
  const question = {
    model: "one",
    max_tokens: 500,
    messages: hello,
    tools: [weather],
    tool_choice: { type: "any" } as const,
  };
  const whole = await anthropic.messages.create(question);
  expect(whole).toMatchObject({
    stop_reason: "tool_use",
    content: [
      { type: "text", text: "查" },
      { type: "tool_use", name: "weather", input: { city: "北京" } },
    ],
  });

  const stream = anthropic.messages.stream(question);
  const { content } = await stream.finalMessage();
  const used = { type: "tool_use", name: "weather", input: { city: "北京" } };
  expect(content).toMatchObject([used, used]);

  const id = whole.content[1]?.type === "tool_use" ? whole.content[1].id : "";
  const result = { type: "tool_result" as const, tool_use_id: id, content: [{ type: "text" as const, text: "sunny" }] };
  const last = await anthropic.messages.create({
    ...{ ...question, tool_choice: { type: "auto" } },
    messages: [...hello, { role: "assistant", content: whole.content }, { role: "user", content: [result] }],
  });
  expect(last.content).toMatchObject([{ type: "text", text: "晴" }]);
  expect((asked[2]?.body.messages as unknown[] | undefined)?.slice(-2)).toMatchObject(resultFor[wire](id));
});

/** The call of the tool and its result as each API has them. */
const resultFor = {
  openai: (id: string) => [
    { role: "assistant", content: "查", tool_calls: [{ id, type: "function", function: { name: "weather" } }] },
    { role: "tool", tool_call_id: id, content: "sunny" },
  ],
  anthropic: (id: string) => [
    { role: "assistant", content: [{ type: "text" }, { type: "tool_use", id, input: { city: "北京" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "sunny" }] },
  ],
  ollama: () => [
    { role: "assistant", content: "查", tool_calls: [{ function: { name: "weather", arguments: { city: "北京" } } }] },
    { role: "tool", content: "sunny" },
  ],
};
