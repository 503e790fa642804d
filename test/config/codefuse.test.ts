// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings hold ${VAR} as users write it
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Question } from "../../config/resolve.ts";
import { resolveNames } from "../../config/resolve.ts";
import { ConfigError } from "../../src/errors.ts";
import { answers, resolveFrom, settingsFrom } from "../helpers/config-folder.ts";

/** A block of the tutorial; where it holds a place for the user's own folder, one is put there. */
async function seed(name: string): Promise<string> {
  const text = await readFile(new URL(`../fixtures/seeds/codefuse-${name}.yaml`, import.meta.url), "utf8");
  return text.replaceAll("your personl dir", "/data");
}

const keys = { OPENAI_API_KEY: "sk-0123456789abcd" };

type About = { files?: Record<string, string>; env?: Record<string, string> };

/** What is asked under these names: kind, provider, model, address and own settings. */
async function asked(text: string, names: readonly string[], { files = {}, env = {} }: About = {}) {
  const settings = await settingsFrom({ "config/model_config.yaml": text, ...files }, { env });
  const question: Omit<Question, "roster"> = { settings, flags: {}, env };
  const { deployments, warnings } = await resolveNames(names, question);
  expect(warnings).toEqual([]);
  return deployments.map(({ name, apiType, model, baseUrl, settings: { api_key, proxy } }) => [
    ...[name, apiType, model, baseUrl],
    { ...(api_key === undefined ? {} : { api_key }), ...(proxy === undefined ? {} : { proxy }) },
  ]);
}

const local = ["open_llm", "chatglm-6b", "http://localhost:8888/v1", {}];

describe("the dictionaries of the tutorial", () => {
  it.each([
    ["1", "config/model_config.yaml"],
    ["2", "config/model_config.yml"],
    ["3", "config/config2.yaml"],
  ])("%s are LLMs in %s", async (name, file) => {
    const settings = await settingsFrom({ [file]: await seed(name) });
    const { deployments } = await resolveNames(["chatglm2-6b"], { settings, flags: {}, env: {} });
    expect([settings.llm?.name, [...settings.models.keys()]]).toEqual(["chatglm-6b", ["chatglm-6b", "chatglm2-6b"]]);
    expect(deployments[0]).toMatchObject({
      apiType: "vllm",
      model: "chatglm2-6b",
      baseUrl: "http://localhost:8888/v1",
    });
    expect(await asked(await seed(name), [])).toEqual([["chatglm-6b", ...local]]);
  });

  it("of online models are those of OpenAI, and LLM_MODEL may name the model", async () => {
    const address = "https://api.openai.com/v1";
    const text = await seed("online");
    expect(await asked(text, ["openai-api", "example"], { env: keys })).toEqual([
      ["openai-api", "openai", "gpt-3.5-turbo", address, { api_key: keys.OPENAI_API_KEY }],
      ["example", "openai", "gpt-3.5", address, { api_key: keys.OPENAI_API_KEY }],
    ]);
    expect((await settingsFrom({ "config/model_config.yaml": text })).llm?.name).toBe("openai-api");
  });

  it("may be JSON, with tabs", async () => {
    const dictionary = { m: { name: "THUDM/chatglm-6b/", api_base_url: "http://localhost:8888/v1" } };
    const json = JSON.stringify({ llm_model_dict: dictionary, LLM_MODELs: "m" }, null, "\t");
    const resolved = await resolveFrom({ "config/model_config.json": json });
    expect(resolved.table[0]).toMatchObject({ llm: "m", model: "chatglm-6b", origin: "config/model_config.json:3" });
  });
});

describe("an entry", () => {
  const server = "http://10.0.0.5:8888/v1";
  it.each<[string, string, unknown[]]>([
    [
      "its model_name",
      `{ model_name: a, version: b, path: x/c, api_base_url: "${server}" }`,
      ["open_llm", "a", server, {}],
    ],
    ["its version", `{ version: 3.5, path: x/c, api_base_url: "${server}" }`, ["open_llm", "3.5", server, {}]],
    ["its path", `{ path: '~\\models\\c', api_base_url: "${server}" }`, ["open_llm", "c", server, {}]],
    ["its key", `{ api_base_url: "${server}" }`, ["open_llm", "m", server, {}]],
    [
      "the setting of config2.yaml",
      `{ model: d, model_name: a, base_url: "${server}" }`,
      ["open_llm", "d", server, {}],
    ],
  ])("asks for %s", async (_, entry, expected) => {
    expect(await asked(`llm_model_dict: { m: ${entry} }`, ["m"])).toEqual([["m", ...expected]]);
  });

  it.each<[string, string, unknown[]]>([
    ["ChatGLMWorker", "version: glm-4", ["zhipuai", "glm-4", "https://open.bigmodel.cn/api/paas/v4"]],
    [
      "QwenWorker",
      "version: qwen-turbo",
      ["dashscope", "qwen-turbo", "https://dashscope.aliyuncs.com/compatible-mode/v1"],
    ],
    ["QianFanWorker", "version: ernie", ["qianfan", "ernie", "https://qianfan.baidubce.com/v2"]],
    ["FangZhouWorker", "version: doubao", ["ark", "doubao", "https://ark.cn-beijing.volces.com/api/v3"]],
    [
      "AzureWorker",
      `version: d, api_base_url: "https://r.openai.azure.com"`,
      ["azure", "d", "https://r.openai.azure.com"],
    ],
    ["XingHuoWorker", "app_id: a, api_secret: s, domain: lite", ["spark", "lite", ""]],
    ["zhipu", "version: glm-4", ["zhipuai", "glm-4", "https://open.bigmodel.cn/api/paas/v4"]],
    ["ExampleWorker", `api_base_url: "${server}"`, ["open_llm", "m", server]],
  ])("of %s with %s is a kind that we have", async (provider, more, expected) => {
    const text = `ONLINE_LLM_MODEL: { m: { provider: ${provider}, api_key: "k.1", ${more} } }`;
    expect(await asked(text, ["m"])).toEqual([["m", ...expected, { api_key: "k.1" }]]);
  });

  it.each([
    ["https://api.deepseek.com", "deepseek"],
    ["https://open.bigmodel.cn/api/paas/v4", "zhipuai"],
    ["http://127.0.0.1:11434/v1", "open_llm"],
    ["https://gateway.example.com/v1", "open_llm"],
  ])("at %s is of the kind %s", async (address, kind) => {
    const text = `llm_model_dict: { m: { api_base_url: "${address}", api_key: k } }`;
    expect(await asked(text, ["m"])).toEqual([["m", kind, "m", address, { api_key: "k" }]]);
  });

  it("has its proxy, no key where that is EMPTY, and the variables it names", async () => {
    const text =
      "llm_model_dict: { m: { model_name: '${MODEL}', api_base_url: '${BASE}', api_key: EMPTY, openai_proxy: '${PROXY}' } }";
    const env = { MODEL: "a", BASE: "https://api.deepseek.com", PROXY: "http://127.0.0.1:8118" };
    await expect(asked(text, ["m"], { env })).rejects.toThrow("m has no api_key");
    expect(await asked(text, ["m"], { env: { ...env, BASE: server } })).toEqual([
      ["m", "open_llm", "a", server, { proxy: env.PROXY }],
    ]);
  });

  it("is found by roles, lists of others, and its kind", async () => {
    const files = {
      "config/model_config.yaml": `llm_model_dict:\n  a: { api_base_url: "${server}", fallback: [b] }\n  b: { api_base_url: "${server}" }\nLLM_MODEL: b\n`,
      "config/multi_llm_config.yaml": "Engineer: a\nWritePRD: open_llm",
    };
    const resolved = await resolveFrom(files);
    expect(answers(resolved)).toEqual({
      ...{ WritePRD: "b", WriteDesign: "b", WriteTasks: "b" },
      ...{ WriteCode: "a", WriteCodeReview: "a", SummarizeCode: "a" },
    });
    expect(resolved.table.at(-1)?.fallback).toEqual(["b"]);
  });

  it("gives way to models: and to llm: of config2.yaml", async () => {
    const config2 = `llm: { api_type: ollama, model: o }\nmodels: { m: { api_type: ollama, model: own } }`;
    const text = `llm_model_dict: { m: { api_base_url: "${server}" } }\nLLM_MODEL: m`;
    const settings = await settingsFrom({ "config/config2.yaml": config2, "config/model_config.yaml": text });
    expect([settings.llm?.block.model, settings.models.get("m")?.block.model]).toEqual(["o", "own"]);
  });
});

describe("VLLM_MODEL_DICT", () => {
  it("decides where llm_model_dict has the name too, and asks for the name at its address", async () => {
    const text = `llm_model_dict:\n  m: { local_model_path: x/y, model_name: z, api_base_url: "http://10.0.0.5:1/v1", api_key: k }\nVLLM_MODEL_DICT: { m: x/y }`;
    expect(await asked(text, ["m"])).toEqual([["m", "vllm", "m", "http://10.0.0.5:1/v1", { api_key: "k" }]]);
  });

  it("keeps away from the address of an online model of that name", async () => {
    const text = `ONLINE_LLM_MODEL: { m: { api_base_url: "https://api.openai.com/v1", api_key: k } }\nVLLM_MODEL_DICT: { m: x/y }`;
    expect(await asked(text, ["m"])).toEqual([["m", "vllm", "m", "http://localhost:8888/v1", {}]]);
  });
});

describe("a model file without an address", () => {
  it.each([
    ["models/qwen.gguf", "models/qwen.gguf"],
    ["Qwen/qwen.GGUF", "llm_models/Qwen/qwen.GGUF"],
    ["~/models/qwen.gguf", "~/models/qwen.gguf"],
  ])("%s is run in this program, as %s", async (file, model) => {
    const files = { "models/qwen.gguf": "", "llm_models/models/qwen.gguf": "", "llm_models/Qwen/qwen.GGUF": "" };
    const text = `llm_model_dict: { m: { local_model_path: "${file}", model_name: x } }`;
    expect(await asked(text, ["m"], { files })).toEqual([["m", "llama_cpp", model, "", {}]]);
  });

  it("is asked of a server where there is an address, and by a module where one is named", async () => {
    const text = `llm_model_dict:\n  m: { path: a/q.gguf, api_base_url: "http://localhost:8888/v1" }\n  own: { path: a/q.gguf, provider: ./worker.mjs }`;
    const files = {
      "worker.mjs":
        "export const worker = { async connect(settings) { return { async *stream() { yield settings.model } } } }",
    };
    expect(await asked(text, ["m", "own"], { files })).toEqual([
      ["m", "open_llm", "q.gguf", "http://localhost:8888/v1", {}],
      ["own", "./worker.mjs", "q.gguf", "", {}],
    ]);
    const settings = await settingsFrom({ "config/model_config.yaml": text, ...files });
    const { deployments } = await resolveNames(["own"], { settings, flags: {}, env: {} });
    expect(deployments[0]?.settings).toMatchObject({ local_model_path: "a/q.gguf", model: "q.gguf" });
  });
});

describe("what the dictionaries may not hold", () => {
  it.each([
    ["llm_model_dict: [a]", "config/model_config.yaml:1: llm_model_dict must hold names of LLMs"],
    ["llm_model_dict:\n  m: path", "config/model_config.yaml:2: an LLM must be described by local_model_path, "],
    [
      "llm_model_dict:\n  m:\n    api_base_ulr: x",
      "config/model_config.yaml:3: unknown key api_base_ulr, did you mean api_base_url?",
    ],
    ["llm_model_dict:\n  m:\n    provider: [a]", "config/model_config.yaml:3: provider must be text"],
    ["llm_model_dict:\n  m:\n    rpm: many", "config/model_config.yaml:3: rpm must be a number"],
    ["VLLM_MODEL_DICT:\n  m: { path: x }", "config/model_config.yaml:2: m must be the path of a model"],
    [
      "llm_model_dict: {m: {path: x}}\nONLINE_LLM_MODEL: {m: {version: x}}",
      "config/model_config.yaml:2: m stands in llm_model_dict too",
    ],
    ["llm_model_dikt: {}", "config/model_config.yaml:1: unknown key llm_model_dikt, did you mean llm_model_dict?"],
    ["VLLM_MODEL_DICT: { qwen: x }\nLLM_MODEL: qwem", "config/model_config.yaml:2: no LLM is called qwem"],
    [
      "VLLM_MODEL_DICT: { qwen: x }\nLLM_MODELs:\n  - qwen\n  - glm",
      "config/model_config.yaml:4: no LLM is called glm",
    ],
    ["LLM_MODEL: { a: b }", "config/model_config.yaml:1: LLM_MODEL must be text"],
    ["LLM_MODEL: ${NOWHERE}", "config/model_config.yaml:1: LLM_MODEL needs the variable NOWHERE, which is not set"],
  ])("%j", async (text, message) => {
    const error = await settingsFrom({ "config/model_config.yaml": text }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(message);
  });

  it.each([
    [
      "provider: MiniMaxWorker",
      "config/model_config.yaml:3: MiniMaxWorker is no kind of LLM",
      "Kinds are openai, anthropic, ",
    ],
    ["api_base_url: nowhere", "config/model_config.yaml:3: base_url of m: has to be an http or https address", ""],
    ["local_model_path: THUDM/chatglm-6b", "m has no base_url", "base_url: ... for m (config/model_config.yaml:2)"],
  ])("and what is wrong only once it is asked: %s", async (entry, message, hint) => {
    const error = await asked(`llm_model_dict:\n  m:\n    ${entry}`, ["m"]).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      message: expect.stringContaining(message),
      ...(hint && { hint: expect.stringContaining(hint) }),
    });
  });

  it("is no reason to refuse what only CodeFuse needs", async () => {
    const text = "USE_FASTCHAT: true\nembedding_model_dict: { m3e: x }\nVLLM_MODEL_DICT: { m: x }";
    const { warnings } = await settingsFrom({ "config/model_config.yaml": text });
    expect(warnings).toEqual([
      "config/model_config.yaml: known from CodeFuse, without effect here: USE_FASTCHAT, embedding_model_dict",
    ]);
  });

  it("is a second file of the same kind", async () => {
    const files = { "config/model_config.yaml": "LLM_MODELs: []", "config/model_config.json": "{}" };
    await expect(settingsFrom(files)).rejects.toThrow(
      "config/model_config.yaml and config/model_config.json both hold models",
    );
  });
});

it("the project's dictionaries come over those at home, and --config reads such a file alone", async () => {
  const files = {
    "home/.metagpt/model_config.yaml": "VLLM_MODEL_DICT: { a: x, b: x }\nLLM_MODEL: a",
    "config/model_config.yaml": "LLM_MODEL: b",
    "other/model_config.json": '{ "VLLM_MODEL_DICT": { "c": "x" }, "LLM_MODEL": "c" }',
  };
  expect((await settingsFrom(files)).llm?.name).toBe("b");
  expect((await settingsFrom(files, { configPath: "other/model_config.json" })).llm?.name).toBe("c");
});
