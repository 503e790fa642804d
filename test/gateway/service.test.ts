import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as pause } from "node:timers/promises";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { gateway } from "../helpers/gateway.ts";
import { type Reply, upstream } from "../helpers/upstream.ts";

describe("figures and logs", () => {
  const prompt = "a prompt that nobody else may read";
  const messages = [{ role: "user" as const, content: prompt }];
  const question = { model: "one", messages };
  const failing = {
    status: 500,
    body: { error: { message: "asleep" } },
    headers: { "x-should-retry": "false" },
  };
  const price = { input: 1, output: 2 };

  /** The values of Prometheus' text by name and labels; a line of another form fails. */
  function metricsIn(text: string): Record<string, number> {
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return Object.fromEntries(
      lines.map((line) => {
        const [, name = "", value] = /^([a-z_]+(?:\{(?:[a-z_]+="[^"]*",?)*\})?) ([\d.e+-]+)$/.exec(line) ?? [];
        if (value === undefined) throw new Error(`no line of a metric: ${line}`);
        return [name, Number(value)];
      }),
    );
  }

  it("counts what was asked and what it took", async () => {
    const { at } = await upstream({ text: "Hi", usage: [7, 3] }, { text: "Hi", usage: [7, 3] }, failing);
    const { openai, ask } = await gateway({ one: at("openai", { price }) });
    await openai.chat.completions.create(question);
    for await (const _ of await openai.chat.completions.create({ ...question, stream: true }));
    await expect(openai.chat.completions.create(question)).rejects.toMatchObject({ status: 502 });
    await expect(openai.chat.completions.create({ ...question, model: "two" })).rejects.toMatchObject({ status: 404 });
    const { headers, text } = await ask("GET", "/metrics");
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const route = 'route="POST /v1/chat/completions"';
    expect(metricsIn(text)).toMatchObject({
      [`metagpt_requests_total{${route},status="200"}`]: 2,
      [`metagpt_requests_total{${route},status="502"}`]: 1,
      [`metagpt_requests_total{${route},status="404"}`]: 1,
      [`metagpt_request_seconds_count{${route}}`]: 4,
      [`metagpt_request_seconds_bucket{le="+Inf",${route}}`]: 4,
      'metagpt_first_token_seconds_count{llm="one"}': 1,
      'metagpt_tokens_total{llm="one",caller="",direction="in"}': 14,
      'metagpt_tokens_total{llm="one",caller="",direction="out"}': 6,
      'metagpt_cost_usd_total{llm="one",caller=""}': 0.000026,
      'metagpt_errors_total{model="one",kind="server"}': 1,
      'metagpt_queue_length{llm="one"}': 0,
      'metagpt_breaker_open{llm="one"}': 0,
      metagpt_calls_under_way: 0,
    });
  });

  it("counts what is asked of the other routes, too, and under the name of who answered", async () => {
    const { at } = await upstream(({ path }) =>
      path === "/embeddings" ? { vectors: [[1]] } : { text: "b", usage: [7, 3] },
    );
    const down = await upstream(failing);
    const blocks = { one: at("openai", { price }), weak: down.at("openai", { fallback: ["one"] }) };
    const { openai, ask, logged } = await gateway(blocks);
    const { id } = await openai.completions.create({ model: "one", prompt: "a" });
    for await (const _ of await openai.completions.create({ model: "one", prompt: "a", stream: true }));
    await openai.embeddings.create({ model: "one", input: "a" });
    for await (const _ of await openai.chat.completions.create({ model: "weak", messages, stream: true }));
    expect(metricsIn((await ask("GET", "/metrics")).text)).toMatchObject({
      'metagpt_tokens_total{llm="one",caller="",direction="in"}': 30,
      'metagpt_tokens_total{llm="one",caller="",direction="out"}': 9,
      'metagpt_first_token_seconds_count{llm="one"}': 1,
    });
    const answered = { status: 200, llm: "one", tokens_in: 7, tokens_out: 3 };
    expect(logged().slice(0, 4)).toMatchObject([
      { ...answered, id: id.replace("cmpl-", ""), attempts: 1 },
      { ...answered, attempts: 1 },
      { ...answered, tokens_in: 9, tokens_out: 0 },
      { ...answered, model: "weak", attempts: 2 },
    ]);
  });

  it("says that it is up", async () => {
    const { ask } = await gateway({});
    const { status, text } = await ask("GET", "/health");
    expect([status, text]).toEqual([200, '{"status":"ok"}']);
  });

  it("writes one line for each request, with neither keys nor prompts", async () => {
    const { at } = await upstream({ text: "an answer for one alone", usage: [7, 3] });
    const { openai, ask, logged } = await gateway({ one: at("openai", { price }) }, { key: "caller-key-0123456789" });
    const { id } = await openai.chat.completions.create(question);
    await expect(openai.chat.completions.create({ ...question, model: "two" })).rejects.toMatchObject({ status: 404 });
    const deployment = { name: "new", ...at("openai", { api_key: "deployed-key-0123456789" }) };
    await ask("POST", "/v1/deployments", deployment, { "x-api-key": "caller-key-0123456789" });
    const route = "/v1/chat/completions";
    expect(logged()).toMatchObject([
      {
        ...{ level: 30, msg: "request", method: "POST", route, status: 200, id: id.replace("chatcmpl-", "") },
        ...{ model: "one", llm: "one", attempts: 1, finish: "stop", tokens_in: 7, tokens_out: 3, usd: 0.000013 },
      },
      { route, status: 404, error: "model_not_found" },
      { route: "/v1/deployments", status: 201 },
    ]);
    const text = JSON.stringify(logged());
    for (const secret of ["key-0123456789", prompt, "for one alone"]) expect(text).not.toContain(secret);
  });

  it("says how long an answer took, to the log and to the counters", async () => {
    const { at } = await upstream(() => ({ text: "Hi", until: pause(60) }));
    const { openai, ask, logged } = await gateway({ one: at("openai") });
    const began = performance.now();
    await openai.chat.completions.create(question);
    const most = performance.now() - began;
    const [{ ms } = {}] = logged();
    expect(ms).toBeGreaterThanOrEqual(50);
    expect(ms).toBeLessThanOrEqual(most);
    const sum = metricsIn((await ask("GET", "/metrics")).text);
    expect(sum['metagpt_request_seconds_sum{route="POST /v1/chat/completions"}']).toBe(Number(ms) / 1000);
  });

  it("writes a line for a caller who has gone before the answer", async () => {
    const { at, reached, left } = await upstream("silence");
    const { openai, ask, logged } = await gateway({ one: at("openai") });
    const gone = new AbortController();
    const asking = openai.chat.completions.create(question, { signal: gone.signal }).catch(() => {});
    await reached(1);
    gone.abort();
    await Promise.all([asking, left()]);
    await expect.poll(() => logged().length).toBe(1);
    const { text } = await ask("GET", "/metrics");
    expect(logged()[0]).toMatchObject({
      route: "/v1/chat/completions",
      status: 499,
      gone: true,
      model: "one",
      llm: "one",
    });
    expect(metricsIn(text)).toMatchObject({
      'metagpt_requests_total{route="POST /v1/chat/completions",status="499"}': 1,
      metagpt_calls_under_way: 0,
    });
  });

  it("says which model has failed a caller, what that took and why", async () => {
    const slow: Reply = { ...failing, status: 429, body: { error: { message: "Slow down" } } };
    const { at } = await upstream(failing, slow, failing);
    const down = await upstream({ ...failing, body: { error: { message: "not with upstream-key-0123456789" } } });
    const blocks = { one: at("openai", { price }), weak: down.at("openai", { fallback: ["one"] }) };
    const { openai, logged } = await gateway(blocks);
    const raw = { model: "one", prompt };
    await expect(openai.chat.completions.create({ ...question, model: "weak" })).rejects.toMatchObject({ status: 502 });
    await expect(openai.completions.create(raw)).rejects.toMatchObject({ status: 429 });
    await expect(openai.embeddings.create({ model: "one", input: prompt })).rejects.toMatchObject({ status: 502 });
    await expect(openai.chat.completions.create({ ...question, model: "two" })).rejects.toMatchObject({ status: 404 });
    const lines = logged();
    expect(lines.slice(0, 3)).toMatchObject([
      { model: "weak", llm: "one", attempts: 2, usd: 0, error: "server", reason: expect.stringContaining("asleep") },
      {
        model: "one",
        llm: "one",
        attempts: 1,
        usd: 0,
        error: "rate_limit_exceeded",
        reason: expect.stringContaining("Slow down"),
      },
      { model: "one", llm: "one", attempts: 1, usd: 0, error: "server", reason: expect.stringContaining("asleep") },
    ]);
    expect(Object.keys(lines[3] ?? {})).not.toContain("model");
    expect(Object.keys(lines[3] ?? {})).not.toContain("reason");
    for (const secret of ["key-0123456789", prompt]) expect(JSON.stringify(lines)).not.toContain(secret);
  });

  it.each([
    ["as a whole", `cannot answer "${prompt}"`],
    ["in part", `cannot answer ${prompt.slice(3)}...`],
  ])("does not say why where a model's server repeats %s what was asked", async (_, message) => {
    const { at } = await upstream({ ...failing, body: { error: { message } } });
    const { openai, logged } = await gateway({ one: at("openai") });
    await expect(openai.chat.completions.create(question)).rejects.toMatchObject({ status: 502 });
    expect(logged()).toMatchObject([{ model: "one", llm: "one", attempts: 1, error: "server" }]);
    expect(JSON.stringify(logged())).not.toContain("nobody else");
  });

  it("says what an answer has cost that broke off, and one whose caller has gone", async () => {
    const { at, left } = await upstream(
      { text: ["Once ", "upon"], ends: "reset" },
      { text: ["Once ", "upon"], ends: "stall" },
    );
    const { openai, ask, logged } = await gateway({ one: at("openai", { price: { input: 1000, output: 1000 } }) });
    const reading = async () => {
      for await (const _ of await openai.chat.completions.create({ ...question, stream: true }));
    };
    await expect(reading()).rejects.toThrow();
    for await (const _ of await openai.chat.completions.create({ ...question, stream: true })) break;
    await left();
    await expect.poll(() => logged().length).toBe(2);
    const { data } = JSON.parse((await ask("GET", "/v1/usage")).text);
    const [broken, gone] = logged();
    const about = { status: 200, model: "one", llm: "one", attempts: 1 };
    expect(broken).toMatchObject({
      ...about,
      error: "truncated",
      reason: expect.stringContaining("broke in the middle"),
    });
    expect(gone).toMatchObject({ ...about, gone: true });
    expect(Object.keys(gone ?? {})).not.toContain("error");
    expect(Number(gone?.usd)).toBeGreaterThan(0);
    expect(Number(broken?.usd) + Number(gone?.usd)).toBeCloseTo(data[0].usd, 9);
  });

  it("writes prompts where it is told to, and still no keys", async () => {
    const { at } = await upstream({ text: "Hi" });
    const { openai, ask, logged } = await gateway({ one: at("openai") }, { logPrompts: true });
    await openai.chat.completions.create(question);
    const headers = { "x-tenant": "tenant-key-0123456789" };
    const deployment = { name: "new", ...at("openai", { api_key: "deployed-key-0123456789" }), headers };
    await ask("POST", "/v1/deployments", deployment);
    await ask("POST", "/openai/deploy", { chat_name: "new", model_name: "m", api_key: "byzer-key-0123456789" });
    expect(logged()[0]).toMatchObject({ body: { messages } });
    expect(JSON.stringify(logged())).not.toContain("key-0123456789");
  });
});

describe("the description", () => {
  const Content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
  const Operation = z.object({
    operationId: z.string(),
    requestBody: z.object({ content: Content }).optional(),
    responses: z.record(z.string(), z.object({ content: Content.optional() })),
  });
  const Description = z.object({
    openapi: z.literal("3.1.0"),
    paths: z.record(z.string(), z.record(z.string(), Operation)),
  });

  const described = async ({ ask }: Awaited<ReturnType<typeof gateway>>) =>
    JSON.parse((await ask("GET", "/openapi.json")).text);

  it("describes itself in valid OpenAPI 3.1, every operation under a name of its own", async () => {
    const document = await described(await gateway({}));
    const { valid, errors } = await new Validator().validate(document);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    const { paths } = Description.parse(document);
    const names = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(new Set(names).size).toBe(names.length);
  });

  it("describes exactly the routes that it has", async () => {
    const routes: string[] = [];
    const listen = (message: unknown) => {
      const { fastify } = message as { fastify: FastifyInstance };
      fastify.addHook("onRoute", ({ method, url }) => void routes.push(`${String(method).toLowerCase()} ${url}`));
    };
    subscribe("fastify.initialization", listen);
    const door = await gateway({}).finally(() => unsubscribe("fastify.initialization", listen));
    const { paths } = Description.parse(await described(door));
    expect(operationsOf(paths).sort()).toEqual(routes.map((route) => route.replace(/:(\w+)/g, "{$1}")).sort());
  });

  const operationsOf = (paths: z.infer<typeof Description>["paths"]) =>
    Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));

  const messages = [{ role: "user", content: "你好" }];
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
  const examples: readonly (readonly [route: string, body?: object | undefined, path?: string])[] = [
    ["post /v1/chat/completions", { model: "one", messages }],
    [
      "post /v1/chat/completions",
      { model: "one", messages: [{ role: "user", content: [{ type: "text", text: "a" }] }], tools },
    ],
    ["post /v1/chat/completions", { model: "one", messages, response_format: { type: "json_object" }, stop: ["a"] }],
    ["post /v1/completions", { model: "one", prompt: "a", max_tokens: 5 }],
    ["post /v1/embeddings", { model: "one", input: ["a"] }],
    ["get /v1/models"],
    ["get /v1/models/{model}", undefined, "/v1/models/one"],
    ["post /v1/messages", { model: "one", messages, max_tokens: 9, system: [{ type: "text", text: "a" }] }],
    ["post /api/chat", { model: "one", messages, stream: false, options: { temperature: 0 } }],
    ["get /api/tags"],
    ["get /api/version"],
    ["post /v1/deployments", { name: "new", api_type: "openai", model: "m", api_key: { env: "KEY" }, workers: 2 }],
    ["get /v1/deployments"],
    ["get /v1/deployments/{name}", undefined, "/v1/deployments/new"],
    ["patch /v1/deployments/{name}", { model: "other" }, "/v1/deployments/new"],
    ["delete /v1/deployments/{name}", undefined, "/v1/deployments/new"],
    [
      "post /{provider}/deploy",
      { chat_name: "b", model_name: "m", api_key: "k".repeat(16), workers: 4 },
      "/openai/deploy",
    ],
    ["post /{provider}/chat", { chat_name: "one", content: "a" }, "/openai/chat"],
    ["get /health"],
    ["get /v1/usage"],
    ["get /openapi.json"],
  ];

  it("says of requests and answers what is true of them", async () => {
    const { at } = await upstream(({ path }) =>
      path === "/embeddings"
        ? { vectors: [[1, 2]] }
        : path === "/completions"
          ? { text: "b" }
          : { text: '{"a": 1}', reasoning: "Hm.", calls: [{ id: "call_a", name: "weather", pieces: ["{}"] }] },
    );
    const door = await gateway({ one: at("openai") }, { env: { KEY: "key-0123456789" } });
    const { paths } = Description.parse(await described(door));
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const tried = new Set<string>();
    for (const [route, body, address] of examples) {
      const [method = "", path = ""] = route.split(" ");
      const { requestBody, responses } = Operation.parse(paths[path]?.[method]);
      const { status, text, headers } = await door.ask(method.toUpperCase(), address ?? path, body);
      expect([route, status, text]).toEqual([route, route === "post /v1/deployments" ? 201 : 200, text]);
      expect(headers.get("content-type")).toContain("application/json");
      const sent = requestBody?.content["application/json"]?.schema;
      const came = responses[status]?.content?.["application/json"]?.schema;
      for (const [schema, value] of [
        [sent, body],
        [came, JSON.parse(text)],
      ] as const) {
        if (value === undefined) continue;
        const check = ajv.compile(schema ?? false);
        check(value);
        expect([route, check.errors]).toEqual([route, null]);
      }
      tried.add(route);
    }
    expect(operationsOf(paths).filter((route) => !tried.has(route))).toEqual(["get /metrics"]);
  });
});
