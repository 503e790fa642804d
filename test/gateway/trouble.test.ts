import { expect, it } from "vitest";
import { collected, gateway } from "../helpers/gateway.ts";
import { type Reply, signal, upstream } from "../helpers/upstream.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
const question = { model: "one", messages };

const refused = (status: number, headers: Record<string, string>): Reply => ({
  ...{ status, body: { error: { message: "asleep" } }, headers },
});
const forGood = { "x-should-retry": "false" };
const atOnce = { "retry-after-ms": "1" };

it("turns to the next LLM before anything was said, and says who answered", async () => {
  const down = await upstream(refused(500, forGood));
  const up = await upstream({ text: "Hello" });
  const { openai } = await gateway({ one: down.at("openai", { fallback: ["two"] }), two: up.at("anthropic") });
  const { data, response } = await openai.chat.completions.create(question).withResponse();
  expect(data.choices[0]?.message.content).toBe("Hello");
  expect(response.headers.get("x-metagpt-llm")).toBe("two");
  expect(response.headers.get("x-metagpt-attempts")).toBe("2");
  const chunks = await collected(await openai.chat.completions.create({ ...question, stream: true }));
  expect(chunks.at(-1)).toMatchObject({ metagpt: { llm: "two", provider: "anthropic", attempts: 2 } });
});

it("does not try the same again where the request itself is wrong, and still asks the next LLM", async () => {
  const strict = await upstream({ status: 400, body: { error: { message: "too many messages" } } });
  const up = await upstream({ text: "Hello" });
  const { openai } = await gateway({ one: strict.at("openai", { fallback: ["two"] }), two: up.at("openai") });
  expect((await openai.chat.completions.create(question)).choices[0]?.message.content).toBe("Hello");
  expect(strict.asked).toHaveLength(1);
});

it("tries again what may pass, and counts the tries", async () => {
  const { at, asked } = await upstream(refused(503, atOnce), refused(429, atOnce), { text: "Hello" });
  const { openai } = await gateway({ one: at("openai") });
  const { data, response } = await openai.chat.completions.create(question).withResponse();
  expect(data.choices[0]?.message.content).toBe("Hello");
  expect(response.headers.get("x-metagpt-attempts")).toBe("3");
  expect(asked).toHaveLength(3);
});

it("skips an LLM that has failed for good, until it has rested", async () => {
  const down = await upstream({ status: 401, body: { error: { message: "no such key" } } });
  const up = await upstream({ text: "Hello" });
  const door = await gateway({ one: down.at("openai", { fallback: ["two"] }), two: up.at("openai") });
  await door.openai.chat.completions.create(question);
  await door.openai.chat.completions.create(question);
  expect([down.asked.length, up.asked.length]).toEqual([1, 2]);
  const { text } = await door.ask("GET", "/metrics");
  expect(text).toContain('metagpt_breaker_open{llm="one"} 1');
  expect(text).toContain('metagpt_breaker_open{llm="two"} 0');
});

it("asks a deployment no more at once than it may be asked, and lets the others wait", async () => {
  const first = signal<void>();
  const { at, asked, reached } = await upstream({ text: "1", until: first.came }, { text: "2" });
  const door = await gateway({ one: at("openai", { workers: 1 }) });
  const answers = [1, 2, 3].map(() => door.openai.chat.completions.create(question));
  await reached(1);
  const queue = async () =>
    /metagpt_queue_length\{llm="one"\} (\d)/.exec((await door.ask("GET", "/metrics")).text)?.[1];
  while ((await queue()) !== "2") await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
  first.give();
  await Promise.all(answers);
  expect(asked).toHaveLength(3);
  expect(await queue()).toBe("0");
});

it("turns callers away when too many are being answered", async () => {
  const first = signal<void>();
  const { at, reached } = await upstream({ text: "1", until: first.came });
  const { openai } = await gateway({ one: at("openai") }, { maxCalls: 1 });
  const answer = openai.chat.completions.create(question);
  await reached(1);
  const other = openai.chat.completions.create(question);
  await expect(other).rejects.toMatchObject({ status: 503, message: expect.stringContaining("1 calls are under way") });
  first.give();
  expect((await answer).choices[0]?.message.content).toBe("1");
});
