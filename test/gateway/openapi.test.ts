import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { FastifyInstance } from "fastify";
import { expect, it } from "vitest";
import { z } from "zod";
import { gateway } from "../helpers/gateway.ts";
import { upstream } from "../helpers/upstream.ts";

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
