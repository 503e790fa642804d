// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings hold ${VAR} as users write it
import { describe, expect, it } from "vitest";
import { Options } from "../../config/schema.ts";
import { ConfigError } from "../../src/errors.ts";
import { settingsFrom } from "../helpers/config-folder.ts";

describe("loadConfig", () => {
  it("knows every setting without any file", async () => {
    const { options, llm, models, flat, assigned, warnings } = await settingsFrom({});
    expect(options).toEqual(Options.parse({}));
    expect({ llm, models: models.size, flat, assigned: assigned.size, warnings }).toEqual({
      llm: undefined,
      models: 0,
      flat: [],
      assigned: 0,
      warnings: [],
    });
  });

  it.each([
    ["defaults", {}, {}, {}, 5],
    ["the home folder", { "home/.metagpt/config2.yaml": "concurrency: 2" }, {}, {}, 2],
    [
      "the project",
      { "home/.metagpt/config2.yaml": "concurrency: 2", "config/config2.yaml": "concurrency: 3" },
      {},
      {},
      3,
    ],
    ["a variable", { "config/config2.yaml": "concurrency: 3" }, { METAGPT_CONCURRENCY: "4" }, {}, 4],
    [
      "the command line",
      { "config/config2.yaml": "concurrency: 3" },
      { METAGPT_CONCURRENCY: "4" },
      { concurrency: 6 },
      6,
    ],
  ])("lets %s decide", async (_, files, env, flags, concurrency) => {
    const { options } = await settingsFrom(files, { env, flags });
    expect(options.concurrency).toBe(concurrency);
  });

  it.each([
    ["investment", { METAGPT_INVESTMENT: "0.5" }, 0.5],
    ["n_round", { METAGPT_N_ROUND: "7" }, 7],
    ["code_review", { METAGPT_CODE_REVIEW: "false" }, false],
    ["code_review", { METAGPT_CODE_REVIEW: "0" }, false],
    ["language", { METAGPT_LANGUAGE: "中文" }, "中文"],
    ["workspace", { METAGPT_WORKSPACE: "/tmp/made" }, "/tmp/made"],
    ["concurrency", { METAGPT_CONCURRENCY: "" }, 5],
  ] as const)("reads %s from %j", async (name, env, value) => {
    const { options } = await settingsFrom({}, { env });
    expect(options[name]).toBe(value);
  });

  it("understands the command line's camelCase and leaves what is no setting alone", async () => {
    const flags = {
      nRound: 4,
      codeReview: false,
      maxAutoSummarizeCode: -1,
      investment: undefined,
      idea: "x",
      llm: "openai",
    };
    const { options } = await settingsFrom({ "config/config2.yaml": "investment: 9" }, { flags });
    expect(options).toMatchObject({ n_round: 4, code_review: false, max_auto_summarize_code: -1, investment: 9 });
  });

  it("merges the files of home and project key by key", async () => {
    const { llm, models } = await settingsFrom({
      "home/.metagpt/config2.yaml": "llm:\n  api_key: sk-home-0123456789\n  model: a\nmodels:\n  one: { model: m1 }",
      "config/config2.yaml": "llm:\n  model: b\nmodels:\n  two: { model: m2 }",
    });
    expect(llm?.block).toEqual({ api_key: "sk-home-0123456789", model: "b" });
    expect([...models.keys()].sort()).toEqual(["one", "two"]);
    expect([llm?.where("api_key"), llm?.where("model")]).toEqual([
      "home/.metagpt/config2.yaml:2",
      "config/config2.yaml:2",
    ]);
  });

  it("does not give an LLM the address and key of another kind", async () => {
    const { llm } = await settingsFrom({
      "home/.metagpt/config2.yaml": "llm: { api_type: openai, base_url: https://api.openai.com/v1, api_key: sk-1 }",
      "config/config2.yaml": "llm: { api_type: ollama, model: llama2 }",
    });
    expect(llm?.block).toEqual({ api_type: "ollama", model: "llama2" });
  });

  it.each([
    ["a file", "other/mine.yaml"],
    ["a folder", "other/folder"],
  ])("reads %s instead of config/ when told to", async (_, configPath) => {
    const files = {
      "config/config2.yaml": "concurrency: 1",
      "other/mine.yaml": "concurrency: 8",
      "other/folder/config2.yaml": "concurrency: 8",
    };
    expect((await settingsFrom(files, { configPath })).options.concurrency).toBe(8);
  });

  it("fails on a --config that is not there", async () => {
    const loading = settingsFrom({}, { configPath: "nowhere.yaml" });
    await expect(loading).rejects.toMatchObject({ message: "--config: there is no nowhere.yaml", exitCode: 3 });
  });

  it.each([
    ["llm: ...", "llm"],
    ["llm:", "llm"],
    ["llm: {}", "llm"],
  ])("takes %j for no LLM at all", async (text) => {
    expect((await settingsFrom({ "config/config2.yaml": text })).llm).toBeUndefined();
  });

  it.each(["YOUR_API_KEY", "YOUR_BASE_URL", "your-api-key", "<your key>", "sk-xxx", "sk-...", "..."])(
    "takes %j for not written",
    async (text) => {
      const { llm } = await settingsFrom({ "config/config2.yaml": `llm:\n  model: m\n  api_key: "${text}"` });
      expect(llm?.block).toEqual({ model: "m" });
    },
  );

  it("fills variables in, with a value for when they are not set", async () => {
    const text =
      "workspace: ${ROOT}/${SUB:-made}\nllm: { model: m, api_key: '${KEY}', max_token: '${MAX:-100}', base_url: '${NO}' }";
    const { options, llm } = await settingsFrom(
      { "config/config2.yaml": text },
      { env: { ROOT: "/r", KEY: "sk-1", SUB: "" } },
    );
    expect(options.workspace).toBe("/r/made");
    expect(llm?.block).toEqual({ model: "m", api_key: "sk-1", max_token: 100 });
    expect(llm?.missing).toEqual([{ path: ["base_url"], variable: "NO" }]);
  });
});

describe("what a config file may not hold", () => {
  it.each([
    ["concurency: 3", "config/config2.yaml:1: unknown key concurency, did you mean concurrency?"],
    ["# x\n\nllm:\n  modle: gpt-4o", "config/config2.yaml:4: unknown key modle, did you mean model?"],
    [
      "models:\n  a:\n    model: m\n  b:\n    ap_key: x",
      "config/config2.yaml:5: unknown key ap_key, did you mean api_key?",
    ],
    [
      "roles:\n  - role: Architect\n    llm:\n      modl: x",
      "config/config2.yaml:4: unknown key modl, did you mean model?",
    ],
    ["roles:\n  - rol: Architect\n    llm: x", "config/config2.yaml:2: unknown key rol, did you mean role?"],
    ["concurrency: many", "config/config2.yaml:1: concurrency must be a number"],
    ["concurrency: 0", "config/config2.yaml:1: concurrency must be at least 1"],
    ["n_round: 1.5", "config/config2.yaml:1: n_round must be a whole number"],
    ["investment: -1", "config/config2.yaml:1: investment must not be negative"],
    ["code_review: maybe", "config/config2.yaml:1: code_review must be true or false"],
    ["llm: gpt-4o", "config/config2.yaml:1: llm must be the settings of an LLM"],
    ["models: [a]", "config/config2.yaml:1: models must hold names of LLMs"],
    ["workspace: ${NOWHERE}", "config/config2.yaml:1: workspace needs the variable NOWHERE, which is not set"],
    ["a: 1\na: 2", "config/config2.yaml:2: not valid YAML: Map keys must be unique"],
    ["- a\n- b", "config/config2.yaml:1: holds no keys"],
  ])("%j", async (text, message) => {
    const error = await settingsFrom({ "config/config2.yaml": text }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(message);
  });

  it("is said all at once", async () => {
    const loading = settingsFrom({ "config/config2.yaml": "n_round: x\nconcurrency: y" });
    await expect(loading).rejects.toThrow(
      "config2.yaml:1: n_round must be a number\nconfig/config2.yaml:2: concurrency must be a number",
    );
  });

  it("is said without its value, which may be a key", async () => {
    for (const text of [
      'llm: { api_key: ["sk-secret"] }',
      "llm:\n  api_key: sk-secret: x",
      "llm: 'sk-secret",
      "sk-secret",
    ]) {
      const error = await settingsFrom({ "config/config2.yaml": text }).catch((cause: unknown) => cause);
      expect(error, text).toBeInstanceOf(ConfigError);
      expect(String(error)).not.toContain("secret");
    }
  });

  it("names the variable or option that holds it", async () => {
    await expect(settingsFrom({}, { env: { METAGPT_N_ROUND: "x" } })).rejects.toThrow(
      "METAGPT_N_ROUND: n_round must be a number",
    );
    await expect(settingsFrom({}, { flags: { nRound: 0 } })).rejects.toThrow("--n-round: n_round must be at least 1");
  });
});

describe("keys of MetaGPT without use here", () => {
  it("give one warning together", async () => {
    const text =
      "search: { api_type: google }\nbrowser: {}\nmermaid: {}\nredis: {}\nazure_tts_region: x\nworkspace:\n  path: made\n  uid: 7";
    const { options, warnings } = await settingsFrom({ "config/config2.yaml": text });
    expect(options.workspace).toBe("made");
    expect(warnings).toEqual([
      "config/config2.yaml: known from MetaGPT, without effect here: search, browser, mermaid, redis, azure_tts_region, workspace.uid",
    ]);
  });

  it("give one warning together in the old config.yaml", async () => {
    const text =
      "RPM: 10\nSEARCH_ENGINE: serpapi\nSERPAPI_API_KEY: abc\nCALC_USAGE: false\nREPAIR_LLM_OUTPUT: false\nWORKSPACE_PATH: made";
    const { options, warnings } = await settingsFrom({ "config/config.yaml": text });
    expect(options).toMatchObject({ repair_llm_output: false, workspace: "made" });
    expect(warnings).toEqual([
      "config/config.yaml: known from MetaGPT, without effect here: RPM, SEARCH_ENGINE, SERPAPI_API_KEY, CALC_USAGE",
    ]);
  });

  it("are no excuse for a slip in the old config.yaml", async () => {
    const loading = settingsFrom({ "config/config.yaml": "RPM: 10\nOPENAI_API_KEI: sk-1" });
    await expect(loading).rejects.toThrow(
      "config/config.yaml:2: unknown key OPENAI_API_KEI, did you mean OPENAI_API_KEY?",
    );
  });

  it("include a variable that is almost one of ours", async () => {
    const { warnings } = await settingsFrom({}, { env: { METAGPT_NROUND: "3", METAGPT_PROJECT_ROOT: "/x" } });
    expect(warnings).toEqual(["the variable METAGPT_NROUND has no effect; did you mean METAGPT_N_ROUND?"]);
  });
});

it("a YAML file that holds itself is refused, not read without end", async () => {
  const config2 = "llm: &a { api_type: openai, api_key: k, extra_body: *a }";
  await expect(settingsFrom({ "config/config2.yaml": config2 })).rejects.toMatchObject({
    message: "config/config2.yaml: an alias (*) stands inside its own anchor (&)",
    exitCode: 3,
  });
});
