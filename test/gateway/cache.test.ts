import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { openCache } from "../../src/gateway/cache.ts";
import type { ChatAnswer, ChatCall } from "../../src/gateway/chat-call.ts";
import { collected, gateway } from "../helpers/gateway.ts";
import { upstream } from "../helpers/upstream.ts";

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
const answer = (text: string): ChatAnswer => ({
  ...{ text, reasoning: "", toolCalls: [], finish: "stop", usage: { input: 1, output: 1, source: "reported" } },
  account: { llm: "one", model: "m", provider: "openai", attempts: 1, cost: 1, repaired: false, cached: false },
});

it("forgets an answer when its time is over", async () => {
  const short = openCache({ ...cache, ttl: 0.01 });
  short.keep(call("a"), answer("a"));
  expect(short.find(call("a"))?.text).toBe("a");
  await sleep(15);
  expect(short.find(call("a"))).toBeUndefined();
});

it("forgets the oldest answers where there are too many, or they are too large", () => {
  const few = openCache({ ...cache, entries: 2 });
  for (const each of ["a", "b", "c"]) few.keep(call(each), answer(each));
  expect(["a", "b", "c"].map((each) => few.find(call(each))?.text)).toEqual([undefined, "b", "c"]);
  const small = openCache({ ...cache, megabytes: 0.1 });
  for (const each of ["a", "b", "c"]) small.keep(call(each), answer(each.repeat(20_000)));
  expect(["a", "b", "c"].map((each) => small.find(call(each))?.text.length)).toEqual([undefined, 20_000, 20_000]);
  small.keep(call("d"), answer("d".repeat(60_000)));
  expect(small.find(call("d"))).toBeUndefined();
});
