import { expect, it } from "vitest";
import { z } from "zod";
import { collected, gateway } from "../helpers/gateway.ts";
import { upstream, wires } from "../helpers/upstream.ts";

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
