import { createHash } from "node:crypto";
import { get } from "node:http";
import { expect, it } from "vitest";
import { collected, gateway } from "../helpers/gateway.ts";
import { upstream } from "../helpers/upstream.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
const question = { model: "qwen-max", messages };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

const caller = (name: string, more: object = {}) => ({
  ...{ name, keyHash: `sha256:${createHash("sha256").update(`key of ${name}`.replaceAll(" ", "-")).digest("hex")}` },
  ...more,
});
const keyOf = (name: string) => `key-of-${name}`;

it("asks for a key, in the place that each API has for it", async () => {
  const { at, asked } = await upstream({ text: "Hello" });
  const blocks = { "qwen-max": at("openai") };
  const callers = [caller("ann")];
  const door = await gateway(blocks, { callers, key: keyOf("ann") });
  expect((await door.openai.chat.completions.create(question)).choices[0]?.message.content).toBe("Hello");
  expect((await door.anthropic.messages.create({ ...question, max_tokens: 9 })).content).toHaveLength(1);
  expect((await door.ollama.chat(question)).message.content).toBe("Hello");
  expect(asked).toHaveLength(3);

  const { ask } = door;
  const none = await ask("POST", "/v1/chat/completions", question);
  expect([none.status, JSON.parse(none.text).error]).toMatchObject([
    401,
    { type: "authentication_error", code: "invalid_api_key", message: expect.stringContaining("Bearer") },
  ]);
  const wrong = await ask("POST", "/v1/messages", question, { "x-api-key": "key-of-somebody" });
  expect([wrong.status, JSON.parse(wrong.text)]).toMatchObject([
    401,
    { type: "error", error: { type: "authentication_error", message: "this key is not known here" } },
  ]);
  expect((await ask("GET", "/api/tags")).status).toBe(401);
  expect((await ask("GET", "/health")).status).toBe(200);
  expect((await ask("GET", "/api/version")).status).toBe(200);
  expect(asked).toHaveLength(3);
});

it("lets a caller name only the models of its key, and see no others", async () => {
  const { at, asked } = await upstream({ text: "Hello" });
  const blocks = { "qwen-max": at("openai"), "qwen-min": at("openai"), other: at("openai") };
  const callers = [caller("ann", { models: ["qwen-*", "repair:other"] })];
  const { openai, ask } = await gateway(blocks, { callers, key: keyOf("ann") });
  await openai.chat.completions.create(question);
  const refused = { status: 403, code: "model_not_allowed", param: "model" };
  for (const model of ["other", "repair:other"]) {
    await expect(openai.chat.completions.create({ ...question, model })).rejects.toMatchObject(refused);
  }
  await expect(openai.embeddings.create({ model: "other", input: "a" })).rejects.toMatchObject(refused);
  expect((await collected(openai.models.list())).map(({ id }) => id)).toEqual(["qwen-max", "qwen-min"]);
  await expect(openai.models.retrieve("other")).rejects.toMatchObject({ status: 404 });
  expect(asked).toHaveLength(1);

  const operators = ["/v1/deployments", "/metrics"].map((path) => ask("GET", path, undefined, bearer(keyOf("ann"))));
  for (const { status, text } of await Promise.all(operators)) {
    expect([status, JSON.parse(text).error.type]).toEqual([403, "permission_error"]);
  }
});

it("ends a caller's budget, and only that caller's", async () => {
  const { at, asked } = await upstream({ text: "Hello", usage: [900_000, 100_000] });
  const blocks = { "qwen-max": at("openai", { price: { input: 1, output: 1 }, max_token: 1000 }) };
  const callers = [caller("ann", { budget: 1 }), caller("bob")];
  const door = await gateway(blocks, { callers, key: keyOf("ann") });
  await door.openai.chat.completions.create(question);
  await expect(door.openai.chat.completions.create(question)).rejects.toMatchObject({
    ...{ status: 429, code: "insufficient_quota", type: "insufficient_quota" },
  });
  const others = await door.ask("POST", "/v1/chat/completions", question, bearer(keyOf("bob")));
  expect(others.status).toBe(200);
  expect(asked).toHaveLength(2);

  const used = async (name: string) => (await door.ask("GET", "/v1/usage", undefined, bearer(keyOf(name)))).text;
  expect(JSON.parse(await used("bob"))).toEqual({
    data: [
      { caller: "ann", usd: 1, budget: 1 },
      { caller: "bob", usd: 1, budget: null },
    ],
  });
});

it("ends the budget of all callers together", async () => {
  const { at } = await upstream({ text: "Hello", usage: [900_000, 100_000] });
  const blocks = { "qwen-max": at("openai", { price: { input: 1, output: 1 }, max_token: 1000 }) };
  const { openai } = await gateway(blocks, { investment: 1 });
  await openai.chat.completions.create(question);
  await expect(openai.chat.completions.create(question)).rejects.toMatchObject({ code: "insufficient_quota" });
});

it("tells a caller of its own spending only", async () => {
  const { at } = await upstream({ text: "Hello", usage: [900_000, 100_000] });
  const blocks = { "qwen-max": at("openai", { price: { input: 1, output: 1 } }) };
  const callers = [caller("ann", { models: ["*"] }), caller("bob")];
  const { openai, ask } = await gateway(blocks, { callers, key: keyOf("bob") });
  await openai.chat.completions.create(question);
  const { text } = await ask("GET", "/v1/usage", undefined, bearer(keyOf("ann")));
  expect(JSON.parse(text)).toEqual({ data: [{ caller: "ann", usd: 0, budget: null }] });
});

it("says when a caller who has asked too often may ask again", async () => {
  const { at, asked } = await upstream({ text: "Hello" });
  const callers = [caller("ann", { rpm: 2 }), caller("bob")];
  const { ask } = await gateway({ "qwen-max": at("openai") }, { callers });
  const answers = [];
  for (const name of ["ann", "ann", "ann", "bob"]) {
    answers.push(await ask("POST", "/v1/chat/completions", question, bearer(keyOf(name))));
  }
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200]);
  expect(Number(answers[2]?.headers.get("retry-after"))).toBeGreaterThan(50);
  expect(Number(answers[2]?.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  expect(JSON.parse(answers[2]?.text ?? "").error).toMatchObject({ code: "rate_limit_exceeded" });
  expect(asked).toHaveLength(3);
});

it("turns wrong keys away that come from one address at speed, and still lets a right one in", async () => {
  const { ask } = await gateway({}, { callers: [caller("ann")] });
  for (let number = 0; number < 25; number++) expect((await ask("GET", "/v1/models")).status).toBe(401);
  const tries = [];
  for (let number = 0; number < 25; number++) {
    tries.push(await ask("GET", "/v1/models", undefined, bearer(`guess-${number}`)));
  }
  expect(tries.map(({ status }) => status)).toEqual([...Array(20).fill(401), ...Array(5).fill(429)]);
  expect(Number(tries.at(-1)?.headers.get("retry-after"))).toBeGreaterThan(50);
  expect((await ask("GET", "/v1/models", undefined, bearer(keyOf("ann")))).status).toBe(200);
  // which does not make up for them
  expect((await ask("GET", "/v1/models", undefined, bearer("guess-25"))).status).toBe(429);
  expect((await ask("GET", "/health")).status).toBe(200);
});

it("answers to names of this machine only where it needs no key", async () => {
  const { url } = await gateway({});
  const port = new URL(url).port;
  const as = async (host: string) => statusOf(Number(port), host);
  expect(await as(`localhost:${port}`)).toBe(200);
  expect(await as(`evil.example:${port}`)).toBe(403);
});

/** fetch would set the name itself. */
function statusOf(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ port, host: "127.0.0.1", path: "/health", headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on("error", reject);
  });
}
