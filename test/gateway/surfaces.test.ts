import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { describe, expect, it } from "vitest";
import { collected, gateway } from "../helpers/gateway.ts";
import { type Asked, upstream, wires } from "../helpers/upstream.ts";

/** What was asked, whether the answer was to come in pieces or not. */
const questionIn = ({ body: { stream: _, stream_options: __, ...question } }: Asked) => JSON.stringify(question);

describe("the API of OpenAI", () => {
  const messages = [
    { role: "system" as const, content: "你是一个助手" },
    { role: "user" as const, content: "你好" },
  ];
  const weather = {
    type: "function" as const,
    function: {
      name: "weather",
      description: "The weather of a city.",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  };

  it.each(wires)("answers by a model of %s, whole and in pieces", async (wire) => {
    const { at, asked } = await upstream({ text: ["你好，", "世界"], usage: [7, 3] });
    const { openai } = await gateway({ 模型: at(wire) });
    const { data, response } = await openai.chat.completions.create({ model: "模型", messages }).withResponse();
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
    expect(data).toMatchObject({ object: "chat.completion", model: "模型", usage });
    expect(data.choices).toMatchObject([
      { index: 0, message: { role: "assistant", content: "你好，世界", refusal: null }, finish_reason: "stop" },
    ]);
    expect(Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("x-metagpt-")))).toEqual({
      ...{ "x-metagpt-llm": encodeURIComponent("模型"), "x-metagpt-model": `${wire}-model` },
      ...{ "x-metagpt-provider": wire, "x-metagpt-attempts": "1", "x-metagpt-cost": "0" },
      ...{ "x-metagpt-repaired": "false", "x-metagpt-cache": "miss" },
    });
    expect(response.headers.get("x-request-id")).toBe(data.id.replace("chatcmpl-", ""));

    const streamed = { model: "模型", messages, stream: true, stream_options: { include_usage: true } } as const;
    const chunks = await collected(await openai.chat.completions.create(streamed));
    expect(chunks.map(({ choices: [choice] }) => choice?.delta)).toEqual([
      { role: "assistant", content: "你好，" },
      { content: "世界" },
      {},
      undefined,
    ]);
    expect(chunks.map(({ choices: [choice] }) => choice?.finish_reason)).toEqual([null, null, "stop", undefined]);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.at(-1)).toMatchObject({
      usage,
      metagpt: { llm: "模型", model: `${wire}-model`, provider: wire, attempts: 1, cost: 0 },
    });
    const said = asked.map(questionIn);
    expect(said).toEqual([expect.stringContaining("你是一个助手"), said[0]]);
  });

  it("asks a model for pieces only where the caller wants them", async () => {
    const { at, asked } = await upstream({ text: "Hi" });
    const { openai } = await gateway({ one: at("openai") });
    await openai.chat.completions.create({ model: "one", messages });
    await collected(await openai.chat.completions.create({ model: "one", messages, stream: true }));
    expect(asked.map(({ body }) => body.stream)).toEqual([false, true]);
  });

  it("says what an answer took in the last chunk, whether usage was asked for or not", async () => {
    const { at } = await upstream({ text: "Hi" });
    const { openai } = await gateway({ one: at("openai", { price: { input: 1, output: 2 } }) });
    const chunks = await collected(await openai.chat.completions.create({ model: "one", messages, stream: true }));
    expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: "stop" }], metagpt: { cost: 0.000013 } });
    expect(chunks.some((chunk) => "usage" in chunk)).toBe(false);
  });

  it("passes thoughts on beside the text, and says when an answer was cut", async () => {
    const { at } = await upstream({ reasoning: "Hm.", text: "Well", finish: "length" });
    const { openai } = await gateway({ one: at("openai") });
    const { choices } = await openai.chat.completions.create({ model: "one", messages, max_tokens: 5 });
    expect(choices).toMatchObject([
      { message: { content: "Well", reasoning_content: "Hm." }, finish_reason: "length" },
    ]);
    const chunks = await collected(await openai.chat.completions.create({ model: "one", messages, stream: true }));
    expect(chunks.map(({ choices: [choice] }) => choice?.delta)).toEqual([
      { role: "assistant", content: "", reasoning_content: "Hm." },
      { content: "Well" },
      {},
    ]);
  });

  it("passes on how to sample, where to stop and how much to say", async () => {
    const { at, asked } = await upstream({ text: "Hi" });
    const { openai } = await gateway(Object.fromEntries(wires.map((wire) => [wire, at(wire)])));
    const sampling = { temperature: 0.2, top_p: 0.9, seed: 7, presence_penalty: 0.5, frequency_penalty: -0.5 };
    for (const model of wires) {
      await openai.chat.completions.create({ model, messages, ...sampling, stop: "END", max_completion_tokens: 50 });
    }
    expect(asked.map(({ body }) => body)).toMatchObject([
      { ...sampling, stop: ["END"], max_tokens: 50 },
      { stop_sequences: ["END"], max_tokens: 50 },
      { options: { ...sampling, stop: ["END"], num_predict: 50 } },
    ]);
  });

  it.each(wires)("has a model of %s call tools, and gives it their results", async (wire) => {
    const call = { id: "call_a", name: "weather", pieces: ['{"city":', ' "北京"}'] };
    const { at, asked } = await upstream({ calls: [call] }, { calls: [call] }, { text: "晴" });
    const { openai } = await gateway({ one: at(wire) });
    const question = { model: "one", messages, tools: [weather], tool_choice: "auto" as const };

    const whole = await openai.chat.completions.create(question);
    const [choice] = whole.choices;
    expect(choice).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const [called] = choice?.message.tool_calls ?? [];
    expect(called).toMatchObject({ type: "function", function: { name: "weather" } });

    const stream = openai.chat.completions.stream(question);
    const streamed = await stream.finalChatCompletion();
    const [again] = streamed.choices[0]?.message.tool_calls ?? [];
    for (const each of [called, again]) {
      expect(JSON.parse(each?.type === "function" ? each.function.arguments : "")).toEqual({ city: "北京" });
      expect(each?.id).toMatch(/./);
    }

    const { id = "" } = called ?? {};
    const result = { role: "tool" as const, tool_call_id: id, content: "sunny" };
    const spoken = choice?.message ?? { role: "assistant" as const, content: "" };
    const last = await openai.chat.completions.create({ ...question, messages: [...messages, spoken, result] });
    expect(last.choices[0]?.message.content).toBe("晴");
    const { parameters, name, description } = weather.function;
    expect(asked[0]?.body.tools).toEqual([
      wire === "anthropic"
        ? { name, description, input_schema: parameters }
        : { type: "function", function: { name, description, parameters } },
    ]);
    const back = (asked[2]?.body.messages as unknown[] | undefined)?.slice(-2);
    expect(back).toMatchObject(resultFor[wire](id));
  });

  /** The call of the tool and its result as each API has them. */
  const resultFor = {
    openai: (id: string) => [
      { role: "assistant", tool_calls: [{ id, type: "function", function: { name: "weather" } }] },
      { role: "tool", tool_call_id: id, content: "sunny" },
    ],
    anthropic: (id: string) => [
      { role: "assistant", content: [{ type: "tool_use", id, name: "weather", input: { city: "北京" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "sunny" }] },
    ],
    ollama: () => [
      { role: "assistant", tool_calls: [{ function: { name: "weather", arguments: { city: "北京" } } }] },
      { role: "tool", content: "sunny" },
    ],
  };

  it("goes on with a raw text, whole and in pieces", async () => {
    const { at, asked } = await upstream({ text: ["b", "c"], usage: [1, 2] });
    const { openai } = await gateway({ one: at("openai") });
    const request = { model: "one", prompt: "a", max_tokens: 9, temperature: 0.5, stop: ["z"] };
    const { data, response } = await openai.completions.create(request).withResponse();
    expect(data).toMatchObject({
      ...{ object: "text_completion", model: "one", usage: { prompt_tokens: 1, completion_tokens: 2 } },
      choices: [{ text: "bc", index: 0, logprobs: null, finish_reason: "stop" }],
    });
    expect(response.headers.get("x-metagpt-model")).toBe("openai-model");
    const chunks = await collected(
      await openai.completions.create({ ...request, stream: true, stream_options: { include_usage: true } }),
    );
    expect(chunks.map(({ choices: [choice] }) => choice?.text)).toEqual(["b", "c", ""]);
    expect(chunks.at(-1)).toMatchObject({
      ...{ choices: [{ finish_reason: "stop" }], usage: { total_tokens: 3 }, metagpt: { attempts: 1 } },
    });
    for (const { path, body } of asked) {
      expect(path).toBe("/completions");
      expect(body).toMatchObject({ prompt: "a", max_tokens: 9, temperature: 0.5, stop: ["z"] });
    }
  });

  it("gives vectors of texts, as numbers and as the clients ask for them", async () => {
    const { at, asked } = await upstream({
      vectors: [
        [0.5, -0.25],
        [1, 2],
      ],
    });
    const { openai } = await gateway({ one: at("openai") });
    const input = ["你好", "world"];
    const asFloats = await openai.embeddings.create({ model: "one", input, encoding_format: "float", dimensions: 2 });
    expect(asFloats).toEqual({
      ...{ object: "list", model: "one", usage: { prompt_tokens: 9, total_tokens: 9 } },
      data: [
        { object: "embedding", index: 0, embedding: [0.5, -0.25] },
        { object: "embedding", index: 1, embedding: [1, 2] },
      ],
    });
    expect(
      (await openai.embeddings.create({ model: "one", input })).data.map(({ embedding }) => [...embedding]),
    ).toEqual(asFloats.data.map(({ embedding }) => embedding));
    expect(asked.map(({ path, body }) => [path, body.input, body.dimensions])).toEqual([
      ["/embeddings", input, 2],
      ["/embeddings", input, undefined],
    ]);
  });

  it("says where a model cannot do what is asked of it", async () => {
    const { at, asked } = await upstream({ text: "Hi" });
    const { openai } = await gateway({ one: at("anthropic") });
    const refused = { status: 400, type: "invalid_request_error", message: expect.stringMatching(/anthropic-model/) };
    await expect(openai.embeddings.create({ model: "one", input: "a" })).rejects.toMatchObject(refused);
    await expect(openai.completions.create({ model: "one", prompt: "a" })).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  it("lists the models", async () => {
    const { at } = await upstream({});
    const { openai } = await gateway({ 模型: at("openai"), two: at("ollama") });
    const listed = await collected(openai.models.list());
    expect(listed.map(({ id, object, owned_by }) => [id, object, owned_by])).toEqual([
      ["模型", "model", "configured"],
      ["two", "model", "configured"],
    ]);
    expect((await openai.models.retrieve("模型")).id).toBe("模型");
    await expect(openai.models.retrieve("three")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  });
});

describe("the API of Anthropic", () => {
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
    expect(events.at(-1)).toMatchObject({
      metagpt: { llm: "模型", model: `${wire}-model`, attempts: 1, cached: false },
    });
    const said = asked.map(questionIn);
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
    const result = {
      type: "tool_result" as const,
      tool_use_id: id,
      content: [{ type: "text" as const, text: "sunny" }],
    };
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
      {
        role: "assistant",
        content: "查",
        tool_calls: [{ function: { name: "weather", arguments: { city: "北京" } } }],
      },
      { role: "tool", content: "sunny" },
    ],
  };
});

describe("the API of Ollama", () => {
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
    const said = asked.map(questionIn);
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
});
