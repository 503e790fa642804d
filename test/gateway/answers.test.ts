import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openCache } from "../../src/gateway/cache.ts";
import type { ChatAnswer, ChatCall } from "../../src/gateway/chat-call.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import { collected, gateway } from "../helpers/gateway.ts";
import { upstream, wires } from "../helpers/upstream.ts";

describe("answers in JSON", () => {
  const messages = [{ role: "user" as const, content: "哪个城市？" }];
  const schema = {
    type: "object",
    properties: { city: { type: "string" }, people: { type: "integer" } },
    required: ["city", "people"],
    additionalProperties: false,
  };
  const city = { city: "北京", people: 21_000_000 };
  const whole = JSON.stringify(city);
  const asSchema = { type: "json_schema" as const, json_schema: { name: "city", schema, strict: true } };

  /** What holds a model of each kind to a shape. */
  const Held = z.union([
    z.object({
      response_format: z.object({ json_schema: z.object({ schema: z.object({ type: z.literal("object") }) }) }),
    }),
    z.object({ output_config: z.object({ format: z.object({ schema: z.object({ type: z.literal("object") }) }) }) }),
    z.object({ format: z.object({ type: z.literal("object") }) }),
  ]);

  it.each(wires)("has a model of %s held to the shape by its own server", async (wire) => {
    const { at, asked } = await upstream({ text: whole });
    const { openai, ollama } = await gateway({ one: at(wire) });
    const { data, response } = await openai.chat.completions
      .create({ model: "one", messages, response_format: asSchema })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe(whole);
    expect(data.choices[0]?.finish_reason).toBe("stop");
    expect(response.headers.get("x-metagpt-repaired")).toBe("false");
    expect((await ollama.chat({ model: "one", messages, format: schema })).message.content).toBe(whole);
    expect(asked.map(({ body }) => Held.safeParse(body).success)).toEqual([true, true]);
  });

  const readable: readonly (readonly [what: string, text: string])[] = [
    ["in a fence, with words around it", `Sure!\n\`\`\`json\n${whole}\n\`\`\`\nAnything else?`],
    ["with quotes and commas that JSON does not know", "{'city': '北京', people: 21000000,}"],
    ["that lacks its last brace", '{"people": 21000000, "city": "北京"'],
  ];

  it.each(readable)("repairs an answer %s", async (_, text) => {
    const { at, asked } = await upstream({ text });
    const { openai } = await gateway({ one: at("openai") });
    const question = { model: "one", messages, response_format: asSchema };
    const { data, response } = await openai.chat.completions.create(question).withResponse();
    expect(JSON.parse(data.choices[0]?.message.content ?? "")).toEqual(city);
    expect(response.headers.get("x-metagpt-repaired")).toBe("true");
    expect(response.headers.get("x-metagpt-attempts")).toBe("1");
    expect(asked).toHaveLength(1);
  });

  it("asks again, with what is wrong, where an answer cannot be read", async () => {
    const { at, asked } = await upstream({ text: "I would rather not." }, { text: whole });
    const { openai } = await gateway({ one: at("openai", { price: { input: 1, output: 1 } }) });
    const { data, response } = await openai.chat.completions
      .create({ model: "one", messages, response_format: asSchema })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe(whole);
    expect(data.usage).toMatchObject({ prompt_tokens: 18, completion_tokens: 4 });
    expect(response.headers.get("x-metagpt-attempts")).toBe("2");
    expect(response.headers.get("x-metagpt-cost")).toBe("0.000022");
    const [, again] = asked.map(({ body }) => JSON.stringify(body.messages));
    expect(again).toContain("I would rather not.");
  });

  it("says so where no answer can be read in the end", async () => {
    const { at, asked } = await upstream({ text: "No." }, { text: "No, no." }, { text: "Never." });
    const { openai } = await gateway({ one: at("openai") });
    const asking = openai.chat.completions.create({ model: "one", messages, response_format: asSchema });
    await expect(asking).rejects.toMatchObject({ status: 502, code: "unusable" });
    expect(asked).toHaveLength(3);
  });

  it("goes down the ladder where a server knows no shapes", async () => {
    const { at, asked } = await upstream(
      { status: 400, body: { error: { message: "response_format is not supported" } } },
      { status: 400, body: { error: { message: "response_format is not supported" } } },
      { text: whole },
    );
    const { openai } = await gateway({ one: at("openai") });
    const { choices } = await openai.chat.completions.create({ model: "one", messages, response_format: asSchema });
    expect(choices[0]?.message.content).toBe(whole);
    expect(asked.map(({ body }) => (body.response_format as { type?: string } | undefined)?.type)).toEqual([
      ...["json_schema", "json_object", undefined],
    ]);
    expect(JSON.stringify(asked[2]?.body.messages)).toContain("people");
  });

  it("has any object where no shape is given, and says that it is to be one", async () => {
    const { at, asked } = await upstream({ text: `\`\`\`\n${whole}\n\`\`\`` });
    const { openai, ollama } = await gateway({ one: at("openai") });
    const question = { model: "one", messages, response_format: { type: "json_object" as const } };
    expect((await openai.chat.completions.create(question)).choices[0]?.message.content).toBe(whole);
    expect((await ollama.chat({ model: "one", messages, format: "json" })).message.content).toBe(whole);
    for (const { body } of asked) expect(JSON.stringify(body.messages)).toContain("JSON");
  });

  it("streams such an answer only when it is whole and read", async () => {
    const { at } = await upstream({ text: ["```json\n", '{"city":"北京",', '"people":21000000,}', "\n```"] });
    const { openai } = await gateway({ one: at("openai") });
    const question = { model: "one", messages, response_format: asSchema, stream: true } as const;
    const chunks = await collected(await openai.chat.completions.create(question));
    expect(chunks.map(({ choices: [choice] }) => choice?.delta.content)).toEqual([whole, undefined]);
    expect(chunks.at(-1)).toMatchObject({ metagpt: { repaired: true } });
  });

  it("repairs what any question is answered with for repair:NAME", async () => {
    const { at, asked } = await upstream({ text: `Here: ${whole.slice(0, -1)},}` });
    const { openai, anthropic } = await gateway({ one: at("openai") });
    const { data, response } = await openai.chat.completions.create({ model: "repair:one", messages }).withResponse();
    expect(data).toMatchObject({ model: "repair:one", choices: [{ message: { content: whole } }] });
    expect(response.headers.get("x-metagpt-repaired")).toBe("true");
    const { content } = await anthropic.messages.create({ model: "repair:one", messages, max_tokens: 99 });
    expect(content).toMatchObject([{ type: "text", text: whole }]);
    expect(asked.map(({ body }) => body.messages)).toEqual([messages, messages]);
  });

  it("counts the caller's limit for everything that is asked for one answer", async () => {
    const { at, asked } = await upstream({ text: "No.", usage: [9, 60] }, { text: whole, usage: [9, 40] });
    const { openai } = await gateway({ one: at("openai") });
    const question = { model: "one", messages, response_format: asSchema };
    await openai.chat.completions.create({ ...question, max_tokens: 100 });
    expect(asked.map(({ body }) => body.max_tokens)).toEqual([100, 40]);
  });

  it("says that an answer does not fit once that limit is used up", async () => {
    const { at, asked } = await upstream({ text: "No.", usage: [9, 60] });
    const { openai } = await gateway({ one: at("openai") });
    const question = { model: "one", messages, response_format: asSchema, max_tokens: 60 };
    await expect(openai.chat.completions.create(question)).rejects.toMatchObject({
      ...{ status: 400, message: expect.stringContaining("max_tokens") },
    });
    expect(asked).toHaveLength(1);
  });

  it("refuses tools beside a shape", async () => {
    const { at } = await upstream({});
    const { openai } = await gateway({ one: at("openai") });
    const tools = [{ type: "function" as const, function: { name: "weather" } }];
    const asking = openai.chat.completions.create({ model: "one", messages, tools, response_format: asSchema });
    await expect(asking).rejects.toMatchObject({ status: 400, param: "response_format" });
  });
});

describe("answers from memory", () => {
  const question = { model: "one", messages: [{ role: "user" as const, content: "Hi" }], temperature: 0 };
  const cache = { ttl: 60, entries: 10, megabytes: 1 };

  it("answers the same request from memory, and says that it costs nothing", async () => {
    const { at, asked } = await upstream({ text: "Hello", usage: [7, 3] });
    const { openai, anthropic } = await gateway({ one: at("openai", { price: { input: 1, output: 1 } }) }, { cache });
    const ask = async () => openai.chat.completions.create(question).withResponse();
    const [first, second] = [await ask(), await ask()];
    expect(second.data).toEqual({ ...first.data, id: second.data.id, created: second.data.created });
    expect([first, second].map(({ response }) => response.headers.get("x-metagpt-cache"))).toEqual(["miss", "hit"]);
    expect([first, second].map(({ response }) => response.headers.get("x-metagpt-cost"))).toEqual(["0.00001", "0"]);
    expect(second.response.headers.get("x-metagpt-attempts")).toBe("0");
    const chunks = await collected(await openai.chat.completions.create({ ...question, stream: true }));
    expect(chunks.map(({ choices: [choice] }) => choice?.delta.content)).toEqual(["Hello", undefined]);
    expect(chunks.at(-1)).toMatchObject({ metagpt: { cached: true, cost: 0 } });
    expect(asked).toHaveLength(1);
    // another limit is another question
    await anthropic.messages.create({ ...question, max_tokens: 9 });
    expect(asked).toHaveLength(2);
  });

  const others: readonly object[] = [
    { temperature: 0.1 },
    { temperature: undefined },
    { messages: [{ role: "user", content: "Hi!" }] },
    { model: "two" },
    { max_tokens: 5 },
    { seed: 1 },
    { stop: "." },
    { tools: [{ type: "function", function: { name: "weather" } }] },
    { response_format: { type: "json_object" } },
  ];

  it("asks again where anything is different, or the temperature is not 0", async () => {
    const { at, asked } = await upstream({ text: "{}" });
    const { openai } = await gateway({ one: at("openai"), two: at("openai") }, { cache });
    await openai.chat.completions.create(question);
    for (const [number, other] of others.entries()) {
      await openai.chat.completions.create({ ...question, ...other });
      expect(asked).toHaveLength(number + 2);
    }
  });

  it("asks again where a name has come to stand for another model", async () => {
    const { at, asked } = await upstream({ text: "Hello" });
    const { openai, ask } = await gateway({}, { cache });
    await ask("POST", "/v1/deployments", { name: "one", ...at("openai") });
    await openai.chat.completions.create(question);
    await ask("PATCH", "/v1/deployments/one", { model: "another" });
    const { response } = await openai.chat.completions.create(question).withResponse();
    expect(response.headers.get("x-metagpt-model")).toBe("another");
    expect(asked).toHaveLength(2);
  });

  it("keeps nothing unless it is told to", async () => {
    const { at, asked } = await upstream({ text: "Hello" });
    const { openai } = await gateway({ one: at("openai") });
    await openai.chat.completions.create(question);
    await openai.chat.completions.create(question);
    expect(asked).toHaveLength(2);
  });

  it("keeps no failure and no answer that was refused", async () => {
    const failing = { status: 500, body: { error: { message: "asleep" } }, headers: { "x-should-retry": "false" } };
    const { at, asked } = await upstream(failing, { text: "Hello" });
    const { openai } = await gateway({ one: at("openai") }, { cache });
    await expect(openai.chat.completions.create(question)).rejects.toMatchObject({ status: 502 });
    expect((await openai.chat.completions.create(question)).choices[0]?.message.content).toBe("Hello");
    expect(asked).toHaveLength(2);
  });

  const call = (content: string): ChatCall => ({
    ...{ model: "one", messages: [{ role: "user", content }], sampling: { temperature: 0 } },
  });
  const by: Deployment = {
    ...{ name: "one", provider: "openai", apiType: "openai", model: "m", baseUrl: "", settings: {}, maxToken: 1 },
    ...{ price: { input: 0, output: 0 }, priceBasis: "local" },
  };
  const answer = (text: string): ChatAnswer => ({
    ...{ text, reasoning: "", toolCalls: [], finish: "stop", usage: { input: 1, output: 1, source: "reported" } },
    account: { llm: "one", model: "m", provider: "openai", attempts: 1, cost: 1, repaired: false, cached: false },
  });

  it("forgets an answer when its time is over", async () => {
    const short = openCache({ ...cache, ttl: 0.3 });
    short.keep(call("a"), by, answer("a"));
    expect(short.find(call("a"), by)?.text).toBe("a");
    await expect.poll(() => short.find(call("a"), by)).toBeUndefined();
  });

  it("forgets the oldest answers where there are too many, or they are too large", () => {
    const few = openCache({ ...cache, entries: 2 });
    for (const each of ["a", "b", "c"]) few.keep(call(each), by, answer(each));
    expect(["a", "b", "c"].map((each) => few.find(call(each), by)?.text)).toEqual([undefined, "b", "c"]);
    const small = openCache({ ...cache, megabytes: 0.1 });
    for (const each of ["a", "b", "c"]) small.keep(call(each), by, answer(each.repeat(20_000)));
    expect(["a", "b", "c"].map((each) => small.find(call(each), by)?.text.length)).toEqual([undefined, 20_000, 20_000]);
    small.keep(call("d"), by, answer("d".repeat(60_000)));
    expect(small.find(call("d"), by)).toBeUndefined();
  });
});
