import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { gateway } from "../helpers/gateway.ts";
import { tempFolder } from "../helpers/temp.ts";
import { signal, upstream } from "../helpers/upstream.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
const question = { model: "new", messages };
const secret = "sent-key-9876543210";

type Door = Awaited<ReturnType<typeof gateway>>;

/** Status and parsed body. */
const asked = async ({ ask }: Door, method: string, path: string, body?: unknown) => {
  const { status, text } = await ask(method, path, body);
  return [status, JSON.parse(text)];
};

it("puts models up, shows, changes and takes them down while it runs", async () => {
  const server = await upstream({ text: "Hello" });
  const door = await gateway({});
  const { openai } = door;
  await expect(openai.chat.completions.create(question)).rejects.toMatchObject({ status: 404 });

  const body = { name: "new", ...server.at("openai", { api_key: secret }), workers: 2, price: { input: 1, output: 1 } };
  const view = { ...body, api_key: undefined, state: "ready", key: "sent" };
  expect(await asked(door, "POST", "/v1/deployments", body)).toEqual([201, view]);
  const { data, response } = await openai.chat.completions.create(question).withResponse();
  expect(data.choices[0]?.message.content).toBe("Hello");
  expect(response.headers.get("x-metagpt-cost")).toBe("0.000011");
  expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${secret}`);
  expect(await asked(door, "GET", "/v1/deployments")).toEqual([200, { object: "list", data: [view] }]);
  expect(await asked(door, "GET", "/v1/deployments/new")).toEqual([200, view]);
  expect((await openai.models.retrieve("new")).owned_by).toBe("deployment");

  const change = { api_key: "another-key-0123456789", model: "bigger" };
  expect(await asked(door, "PATCH", "/v1/deployments/new", change)).toEqual([200, { ...view, model: "bigger" }]);
  await openai.chat.completions.create(question);
  expect(server.asked[1]?.headers.authorization).toBe("Bearer another-key-0123456789");
  expect(server.asked[1]?.body.model).toBe("bigger");

  expect(await asked(door, "DELETE", "/v1/deployments/new")).toEqual([200, { name: "new", deleted: true }]);
  await expect(openai.chat.completions.create(question)).rejects.toMatchObject({ status: 404 });
  for (const method of ["GET", "PATCH", "DELETE"]) {
    const gone = await asked(door, method, "/v1/deployments/new", method === "PATCH" ? {} : undefined);
    expect(gone).toMatchObject([404, { error: { code: "deployment_not_found" } }]);
  }
});

const wrong: readonly (readonly [what: string, body: object, status: number, said: RegExp])[] = [
  ["a kind that nobody knows", { api_type: "nothing" }, 400, /nothing/],
  ["a setting that its kind does not know", { api_type: "openai", modle: "m" }, 400, /modle/],
  ["no workers", { api_type: "openai", model: "m", workers: 0 }, 400, /workers/],
  ["an address that is none", { api_type: "openai", model: "m", base_url: "file:///etc" }, 400, /base_url/],
  ["a name that is a path", { name: "../a", api_type: "openai" }, 400, /name/],
  ["a file of the server", { api_type: "openai", model: "m", api_key_file: "/etc/passwd" }, 400, /api_key_file/],
  ["a variable that is not set", { api_type: "openai", model: "m", api_key: { env: "NO_SUCH" } }, 400, /NO_SUCH/],
  ["a name that is configured", { name: "fixed", api_type: "openai", model: "m" }, 409, /fixed/],
];

it.each(wrong)("refuses %s", async (_, body, status, said) => {
  const { at } = await upstream({});
  const door = await gateway({ fixed: at("openai") });
  const [answered, { error }] = await asked(door, "POST", "/v1/deployments", { name: "new", ...body });
  expect([answered, error.message]).toEqual([status, expect.stringMatching(said)]);
  expect(await asked(door, "GET", "/v1/deployments")).toMatchObject([200, { data: [] }]);
});

it("has no more calls at once than there are workers, and turns to its fallback", async () => {
  const first = signal<void>();
  const busy = await upstream({ text: "1", until: first.came }, { text: "2" });
  const down = await upstream({ status: 401, body: { error: { message: "no" } } });
  const door = await gateway({ fixed: busy.at("openai") });
  await asked(door, "POST", "/v1/deployments", { name: "new", ...busy.at("openai", { model: "m" }), workers: 1 });
  const answers = [1, 2].map(() => door.openai.chat.completions.create(question));
  await busy.reached(1);
  while (!(await door.ask("GET", "/metrics")).text.includes('metagpt_queue_length{llm="new"} 1')) {
    expect(busy.asked).toHaveLength(1);
  }
  first.give();
  await Promise.all(answers);

  await asked(door, "POST", "/v1/deployments", { name: "weak", ...down.at("openai"), fallback: "fixed" });
  const { response } = await door.openai.chat.completions.create({ ...question, model: "weak" }).withResponse();
  expect(response.headers.get("x-metagpt-llm")).toBe("fixed");
});

it("keeps deployments without their keys, and asks for the key by name after a restart", async () => {
  const stateFile = join(tempFolder(), "state.json");
  const server = await upstream({ text: "Hello", usage: [900_000, 100_000] });
  const env = { MY_KEY: "key-of-the-environment" };
  const before = await gateway({}, { stateFile, env });
  const price = { input: 1, output: 1 };
  await asked(before, "POST", "/v1/deployments", { name: "sent", ...server.at("openai", { api_key: secret, price }) });
  await asked(before, "POST", "/v1/deployments", {
    ...{ name: "by-env", ...server.at("openai", { api_key: { env: "MY_KEY" } }), fallback: ["sent"] },
  });
  await asked(before, "POST", "/v1/deployments", { name: "open", ...server.at("ollama") });
  await before.openai.chat.completions.create({ model: "sent", messages });
  await before.close();

  const kept = readFileSync(stateFile, "utf8");
  expect(kept).not.toContain(secret);
  expect(kept).not.toContain(env.MY_KEY);
  expect(statSync(stateFile).mode & 0o777).toBe(0o600);

  const after = await gateway({}, { stateFile, env });
  const ask = (model: string) => after.openai.chat.completions.create({ model, messages });
  expect((await ask("by-env")).choices[0]?.message.content).toBe("Hello");
  expect(server.asked.at(-1)?.headers.authorization).toBe(`Bearer ${env.MY_KEY}`);
  expect((await ask("open")).choices[0]?.message.content).toBe("Hello");
  expect(await asked(after, "GET", "/v1/deployments/sent")).toMatchObject([
    200,
    { state: "needs_key", key: "missing" },
  ]);
  await expect(ask("sent")).rejects.toMatchObject({
    ...{ status: 503, code: "model_unavailable", message: expect.stringContaining("PATCH /v1/deployments/sent") },
  });
  expect(await asked(after, "GET", "/v1/usage")).toEqual([200, { data: [{ caller: "", usd: 1, budget: null }] }]);
  expect(await asked(after, "PATCH", "/v1/deployments/sent", { api_key: secret })).toMatchObject([
    ...[200, { state: "ready" }],
  ]);
  expect((await ask("sent")).choices[0]?.message.content).toBe("Hello");
  expect(readFileSync(stateFile, "utf8")).not.toContain(secret);
});

it("keeps no secret that stands in another setting, and names each that it waits for", async () => {
  const stateFile = join(tempFolder(), "state.json");
  const { at, asked: heard } = await upstream({ text: "Hello" });
  const headers = { "x-tenant": secret };
  const proxy = "http://me:my-password@127.0.0.1:1";
  const before = await gateway({}, { stateFile });
  const body = { name: "new", ...at("openai"), headers, first_token_timeout: 9 };
  const view = { headers: "***", first_token_timeout: 9 };
  expect(await asked(before, "POST", "/v1/deployments", body)).toMatchObject([201, view]);
  expect(await asked(before, "POST", "/v1/deployments", { ...body, name: "far", proxy })).toMatchObject([
    ...[201, { ...view, proxy: "***" }],
  ]);
  await before.close();
  const kept = readFileSync(stateFile, "utf8");
  for (const word of [secret, "my-password", String(at("openai").api_key)]) expect(kept).not.toContain(word);

  const after = await gateway({}, { stateFile });
  const waits = {
    status: 503,
    message: expect.stringMatching(
      /api_key and headers.*PATCH \/v1\/deployments\/new {"api_key":"...","headers":{"NAME":"..."}}/,
    ),
  };
  await expect(after.openai.chat.completions.create(question)).rejects.toMatchObject(waits);
  const { api_key } = at("openai");
  expect(await asked(after, "PATCH", "/v1/deployments/new", { api_key })).toMatchObject([200, { state: "needs_key" }]);
  await expect(after.openai.chat.completions.create(question)).rejects.toMatchObject({ status: 503 });
  expect(await asked(after, "PATCH", "/v1/deployments/new", { headers })).toMatchObject([200, { state: "ready" }]);
  await after.openai.chat.completions.create(question);
  expect(heard[0]?.headers).toMatchObject({ "x-tenant": secret, authorization: `Bearer ${api_key}` });
});

it("is not led in a circle by deployments that stand in for each other", async () => {
  const down = await upstream({ status: 401, body: { error: { message: "no" } } });
  const door = await gateway({});
  const body = down.at("openai");
  await asked(door, "POST", "/v1/deployments", { ...body, name: "new", fallback: ["other", "new"] });
  await asked(door, "POST", "/v1/deployments", { ...body, name: "other", model: "m", fallback: ["new"] });
  await expect(door.openai.chat.completions.create(question)).rejects.toMatchObject({ status: 502 });
  expect(down.asked).toHaveLength(2);
});

it("refuses to start with a state that is none, and names the file", async () => {
  const stateFile = join(tempFolder(), "state.json");
  writeFileSync(stateFile, '{"version": 2}');
  await expect(gateway({}, { stateFile })).rejects.toMatchObject({
    ...{ name: "ConfigError", message: expect.stringContaining(stateFile), hint: expect.stringContaining("--state") },
  });
});

it("is deployed to and asked by the routes of a Byzer-LLM set-up", async () => {
  const { at, asked: heard } = await upstream({ text: "你好，我是一个人工智能助手" });
  const { url } = await gateway({});
  const address = at("openai").base_url;
  const curl = async (path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url + path, { method: "POST", headers, body });
    return [answer.status, answer.headers.get("content-type")?.replace(/;.*/, ""), await answer.json()];
  };
  const deploy = `{
    "api_key": "9d3c9fxxxxxxx",
    "chat_name": "zhipu_chat", 
    "model_name": "glm-4",
    "model_type": "saas/zhipu",
	"workers": 4
}`;
  const chat = `{
    "chat_name": "zhipu_chat", 
	"content": "你好，你是谁"
}`;
  expect(await curl("/zhipu/deploy", deploy)).toEqual([200, "application/json", { ret: "ok" }]);
  const elsewhere = { ...JSON.parse(deploy), http_proxy: address };
  expect(await curl("/zhipu/deploy", JSON.stringify(elsewhere))).toEqual([200, "application/json", { ret: "ok" }]);
  expect(await curl("/zhipu/chat", chat)).toEqual([200, "application/json", "你好，我是一个人工智能助手"]);
  expect(heard[0]?.body).toMatchObject({ model: "glm-4", messages: [{ role: "user", content: "你好，你是谁" }] });
  expect(await curl("/zhipu/chat", '{"chat_name": "nobody", "content": ""}')).toMatchObject([
    ...[404, "application/json", { ret: "error", message: expect.stringContaining("nobody") }],
  ]);
});

it("knows the kinds of Byzer-LLM by their names there", async () => {
  const door = await gateway({});
  for (const [provider, api_type, more] of [
    ["openai", "openai", {}],
    ["tongwen", "dashscope", { model_type: "saas/qianwen" }],
    ["zhipu", "zhipuai", {}],
  ] as const) {
    const body = { chat_name: provider, model_name: "m", api_key: "key-0123456789", ...more };
    expect(await asked(door, "POST", `/${provider}/deploy`, body)).toEqual([200, { ret: "ok" }]);
    expect(await asked(door, "GET", `/v1/deployments/${provider}`)).toMatchObject([200, { api_type, model: "m" }]);
  }
});
