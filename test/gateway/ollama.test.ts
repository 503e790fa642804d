import { expect, it } from "vitest";
import { collected, gateway } from "../helpers/gateway.ts";
import { upstream, wires } from "../helpers/upstream.ts";

const messages = [
  { role: "system", content: "你是一个助手" },
  { role: "user", content: "你好" },
];
const weather = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather of a city.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

it.each(wires)("answers by a model of %s, whole and in pieces", async (wire) => {
  const { at, asked } = await upstream({ text: ["你好，", "世界"], usage: [7, 3] });
  const { ollama, ask } = await gateway({ 模型: at(wire) });
  const counts = { done: true, done_reason: "stop", prompt_eval_count: 7, eval_count: 3 };
  const whole = await ollama.chat({ model: "模型", messages });
  expect(whole).toMatchObject({ ...counts, model: "模型", message: { role: "assistant", content: "你好，世界" } });
  expect(whole.total_duration).toBeGreaterThan(0);

  const lines = await collected(ollama.chat({ model: "模型", messages, stream: true }));
  expect(lines.map(({ message, done }) => [message.content, done])).toEqual([
    ["你好，", false],
    ["世界", false],
    ["", true],
  ]);
  expect(lines.at(-1)).toMatchObject({
    ...counts,
    metagpt: { llm: "模型", model: `${wire}-model`, provider: wire, attempts: 1 },
  });
  const { headers } = await ask("POST", "/api/chat", { model: "模型", messages, stream: false });
  expect(headers.get("x-metagpt-model")).toBe(`${wire}-model`);
  const said = asked.map(({ body }) => JSON.stringify(body));
  expect(said).toEqual([expect.stringContaining("你是一个助手"), said[0], said[0]]);
});

it("passes thoughts, how to sample, where to stop and how much to say on", async () => {
  const { at, asked } = await upstream({ reasoning: "Hm.", text: "Well", finish: "length" });
  const { ollama } = await gateway({ one: at("openai") });
  const options = { temperature: 0.2, top_p: 0.9, seed: 7, stop: ["END"], num_predict: 5 };
  const answer = await ollama.chat({ model: "one", messages, options });
  expect(answer).toMatchObject({ message: { content: "Well", thinking: "Hm." }, done_reason: "length" });
  expect(asked[0]?.body).toMatchObject({ temperature: 0.2, top_p: 0.9, seed: 7, stop: ["END"], max_tokens: 5 });
  const lines = await collected(ollama.chat({ model: "one", messages, stream: true }));
  expect(lines.map(({ message }) => [message.thinking, message.content])).toEqual([
    ["Hm.", ""],
    [undefined, "Well"],
    [undefined, ""],
  ]);
});

it.each(wires)("has a model of %s call tools, and gives it their results", async (wire) => {
  const call = { id: "call_a", name: "weather", pieces: ['{"city":', ' "北京"}'] };
  const { at, asked } = await upstream({ calls: [call] }, { calls: [call] }, { text: "晴" });
  const { ollama } = await gateway({ one: at(wire) });
  const question = { model: "one", messages, tools: [weather] };
  const { message } = await ollama.chat(question);
  const called = [{ function: { name: "weather", arguments: { city: "北京" } } }];
  expect(message.tool_calls).toMatchObject(called);
  const lines = await collected(ollama.chat({ ...question, stream: true }));
  expect(lines.flatMap(({ message }) => message.tool_calls ?? [])).toMatchObject(called);

  const result = { role: "tool", tool_name: "weather", content: "sunny" };
  const last = await ollama.chat({ ...question, messages: [...messages, message, result] });
  expect(last.message.content).toBe("晴");
  const [back, told] = ((asked[2]?.body.messages ?? []) as unknown[]).slice(-2);
  expect(JSON.stringify(back)).toContain("北京");
  expect(JSON.stringify(told)).toContain("sunny");
});

it("lists the models and says which version it is", async () => {
  const { at } = await upstream({});
  const { ollama } = await gateway({ 模型: at("openai"), two: at("ollama") });
  const { models } = await ollama.list();
  expect(models.map(({ name, model, details }) => [name, model, details.format])).toEqual([
    ["模型", "模型", "openai"],
    ["two", "two", "ollama"],
  ]);
  expect(await ollama.version()).toEqual({ version: "1.2.3" });
});
