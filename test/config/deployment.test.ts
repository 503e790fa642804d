// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings hold ${VAR} as users write it
import { expect, it } from "vitest";
import { deploymentFrom } from "../../config/deployment.ts";
import { ConfigError } from "../../src/errors.ts";
import { settingsFrom } from "../helpers/config-folder.ts";

const env = { OPENAI_API_KEY: "sk-of-the-server", TEAM_KEY: "sk-of-the-team" };

async function deployed(block: unknown, files: Record<string, string> = {}) {
  return deploymentFrom(block, "chat", { settings: await settingsFrom(files, { env }), env });
}

it("makes an LLM of the words of config2.yaml and of workers", async () => {
  const block = {
    ...{ api_type: "open_llm", base_url: "http://127.0.0.1:9/v1", model: "m", api_key: "sk-1" },
    ...{ workers: 4, rpm: 60, tpm: 1000, max_token: 100, context_length: 4096 },
    ...{ price: { input: 1, output: 2 }, fallback: ["other"], top_k: 3 },
  };
  const { deployment, fallback, warnings } = await deployed(block, { "config/config2.yaml": "proxy: http://p:1" });
  expect(deployment).toEqual({
    name: "chat",
    provider: "openai",
    apiType: "open_llm",
    model: "m",
    baseUrl: "http://127.0.0.1:9/v1",
    settings: expect.objectContaining({ api_key: "sk-1", max_token: 100, proxy: "http://p:1" }),
    price: { input: 1, output: 2 },
    priceBasis: "config",
    maxToken: 100,
    contextLength: 4096,
    limits: { concurrency: 4, requestsPerMinute: 60, tokensPerMinute: 1000 },
  });
  expect(fallback).toEqual(["other"]);
  expect(warnings).toEqual([
    "deployment chat: without effect here: top_k; what the server understands may stand under extra_body",
  ]);
});

it.each([
  ["the variable that is named", { api_type: "zhipu", api_key: { env: "TEAM_KEY" } }, "sk-of-the-team"],
  ["its kind's variable", { api_type: "openai" }, "sk-of-the-server"],
  ["itself", { api_type: "openai", base_url: "https://else.example/v1", api_key: "sk-own" }, "sk-own"],
  ["nowhere at an address of its own here", { api_type: "openai", base_url: "http://127.0.0.1:9/v1" }, undefined],
])("takes its key from %s", async (_, block, key) => {
  expect((await deployed(block)).deployment.settings.api_key).toBe(key);
});

it.each<[string, unknown]>([
  ["deployment chat: must be the settings of an LLM", "openai"],
  ["deployment chat: unknown key modle, did you mean model?", { modle: "m" }],
  ["deployment chat: opena is no kind of LLM", { api_type: "opena" }],
  ["deployment chat: workers must be at least 1", { workers: 0 }],
  ["deployment chat: rpm must be a number", { api_key: "k", rpm: "many" }],
  ["deployment chat: timeout of chat: must not be negative", { api_key: "k", timeout: -1 }],
  ["deployment chat: api_key must be a key or { env: NAME }", { api_key: { variable: "TEAM_KEY" } }],
  ["deployment chat: api_key needs the variable NO_KEY, which is not set", { api_key: { env: "NO_KEY" } }],
  ["deployment chat: there is no base_url and no model", { api_type: "open_llm" }],
  ["deployment chat: there is no api_key", { base_url: "https://else.example/v1" }],
])("says: %s", async (message, block) => {
  const error = await deployed(block).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConfigError);
  expect(String(error)).toContain(message);
});

it.each<[string, Record<string, unknown>]>([
  ["api_key_file", { api_key_file: "/etc/passwd" }],
  ["api_key", { api_key: "keyring:openai" }],
  ["api_key", { api_key: "${OPENAI_API_KEY}" }],
  ["headers", { api_key: "k", headers: { "x-key": "${OPENAI_API_KEY}" } }],
  ["api_type", { api_type: "./examples/my-llm.ts" }],
  ["api_type", { api_type: "zod" }],
  ["folder", { api_type: "recording", folder: "/tmp" }],
  ["package", { api_type: "llama_cpp", model: "hf:a/b:q", package: "/tmp" }],
])("lets %s not reach into this machine: %j", async (setting, block) => {
  const message = `deployment chat: ${setting} may not point at files, code or variables of this machine`;
  const files = { "package.json": "{}", "node_modules/zod/index.js": "" };
  await expect(deployed(block, files)).rejects.toThrow(message);
});
