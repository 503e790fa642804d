import { describe, expect, it } from "vitest";
import type { Resolved } from "../../config/resolve.ts";
import { ConfigError } from "../../src/errors.ts";
import { answers, resolveFrom, roster } from "../helpers/config-folder.ts";

const openai = { OPENAI_API_KEY: "sk-0123456789abcd" };
const models = `
models:
  fast: { api_type: deepseek, api_key: sk-fast-0123456789 }
  here: { api_type: ollama, model: qwen2.5-coder }
`;
const all = (llm: string) =>
  Object.fromEntries(roster.flatMap(({ actions }) => actions.map((action) => [action, llm])));

describe("which LLM answers", () => {
  it.each<[string, Record<string, string>, Record<string, string>, string | undefined, Record<string, string>]>([
    [
      "the default where nothing else is said",
      { "config/config2.yaml": `llm: { model: gpt-4o }${models}` },
      openai,
      undefined,
      all("openai"),
    ],
    [
      "the role's own LLM, the default elsewhere",
      { "config/config2.yaml": `llm: { model: gpt-4o }${models}roles:\n  - { role: Engineer, llm: fast }` },
      openai,
      undefined,
      { ...all("openai"), WriteCode: "fast", WriteCodeReview: "fast", SummarizeCode: "fast" },
    ],
    [
      "the action's LLM before its role's",
      {
        "config/config2.yaml": `llm: { model: gpt-4o }${models}`,
        "config/multi_llm_config.yaml": "Engineer: fast\nWriteCode: here",
      },
      openai,
      undefined,
      { ...all("openai"), WriteCode: "here", WriteCodeReview: "fast", SummarizeCode: "fast" },
    ],
    [
      "multi_llm_config before roles",
      {
        "config/config2.yaml": `llm: { model: gpt-4o }${models}roles:\n  - { role: Architect, llm: fast }\n  - { role: Engineer, llm: fast }`,
        "config/multi_llm_config.yaml": "Architect: here",
      },
      openai,
      undefined,
      { ...all("openai"), WriteDesign: "here", WriteCode: "fast", WriteCodeReview: "fast", SummarizeCode: "fast" },
    ],
    [
      "config2.yaml before config.yaml",
      { "config/config2.yaml": "llm: { model: gpt-4o }", "config/config.yaml": "ZHIPUAI_API_KEY: id.secret" },
      openai,
      undefined,
      all("openai"),
    ],
    [
      "the first complete LLM of config.yaml",
      {
        "config/config.yaml":
          "OPENAI_API_BASE: https://api.openai.com/v1\nZHIPUAI_API_KEY: id.secret\nOPEN_LLM_API_BASE: http://127.0.0.1:8000/v1",
      },
      {},
      undefined,
      all("zhipuai"),
    ],
    [
      "the first of config.yaml once a variable completes it",
      { "config/config.yaml": "OPENAI_API_BASE: https://api.openai.com/v1\nZHIPUAI_API_KEY: id.secret" },
      openai,
      undefined,
      all("openai"),
    ],
    [
      "--llm, for the default only",
      { "config/config2.yaml": `llm: { model: gpt-4o }${models}`, "config/multi_llm_config.yaml": "Architect: here" },
      openai,
      "fast",
      { ...all("fast"), WriteDesign: "here" },
    ],
    ["a kind as --llm", {}, openai, "openai", all("openai")],
    ["another word for a kind", {}, { ZHIPUAI_API_KEY: "id.secret" }, "zhipu", all("zhipu")],
    ["kind/model as --llm", {}, openai, "openai/gpt-4o-mini", all("openai/gpt-4o-mini")],
    ["a local model as --llm", {}, {}, "ollama/qwen2.5-coder:7b", all("ollama/qwen2.5-coder:7b")],
    ["a person as --llm", {}, {}, "human", all("human")],
    ["METAGPT_LLM", { "config/config2.yaml": models }, { METAGPT_LLM: "fast" }, undefined, all("fast")],
    ["--llm before METAGPT_LLM", { "config/config2.yaml": models }, { METAGPT_LLM: "fast" }, "here", all("here")],
    ["nothing where nothing is configured", {}, {}, undefined, all("")],
    [
      "an emptied multi_llm_config.yaml turns off the one at home",
      {
        "config/config2.yaml": `llm: { model: gpt-4o }${models}`,
        "home/.metagpt/multi_llm_config.yaml": "Architect: here",
        "config/multi_llm_config.yaml": "# nothing\n",
      },
      openai,
      undefined,
      all("openai"),
    ],
  ])("%s", async (_, files, env, llm, expected) => {
    expect(answers(await resolveFrom(files, { env, ...(llm ? { llm } : {}) }))).toEqual(expected);
  });

  it("says where each choice was made", async () => {
    const files = {
      "config/config2.yaml": `llm:\n  model: gpt-4o\n${models}roles:\n  - role: Architect\n    llm: fast`,
      "config/multi_llm_config.yaml": "# by action\nWriteCode: here",
    };
    const { table, choice } = await resolveFrom(files, { env: openai });
    expect(table.map(({ action, key, origin }) => [action, key, origin])).toEqual([
      ["WritePRD", "sk-…abcd", "config/config2.yaml:1"],
      ["WriteDesign", "sk-…6789", "config/config2.yaml:9"],
      ["WriteTasks", "sk-…abcd", "config/config2.yaml:1"],
      ["WriteCode", "", "config/multi_llm_config.yaml:2"],
      ["WriteCodeReview", "sk-…abcd", "config/config2.yaml:1"],
      ["SummarizeCode", "sk-…abcd", "config/config2.yaml:1"],
    ]);
    expect(choice).toBe(
      "openai gpt-4o (config/config2.yaml:1), fast deepseek-flash (config/config2.yaml:9), here qwen2.5-coder (config/multi_llm_config.yaml:2)",
    );
  });

  it("names LLMs apart that would be called the same", async () => {
    const files = {
      "config/config2.yaml":
        "llm: { model: gpt-4o }\nmodels:\n  openai: { model: gpt-4o-mini }\nroles:\n  - { role: Architect, llm: openai }",
    };
    const { deployments, warnings } = await resolveFrom(files, { env: openai });
    expect(deployments.map(({ name, model }) => [name, model])).toEqual([
      ["openai", "gpt-4o"],
      ["openai-2", "gpt-4o-mini"],
    ]);
    expect(warnings).toEqual([
      "config/config2.yaml:3: openai is also the kind openai; your own LLM of that name counts",
    ]);
  });

  it("takes a kind's settings from wherever it is configured", async () => {
    const multi = "Architect: zhipu\nEngineer: deepseek\nProductManager: openai";
    const files = {
      "config/config2.yaml": `llm: { api_type: openai, model: gpt-4o, base_url: http://127.0.0.1:9/v1, api_key: sk-1 }${models}`,
      "config/config.yaml": "ZHIPUAI_API_KEY: id.secret\nZHIPUAI_API_MODEL: glm-4.7",
      "config/multi_llm_config.yaml": multi,
    };
    const { deployments } = await resolveFrom(files);
    expect(deployments.map(({ model, baseUrl, settings }) => [model, baseUrl, settings.api_key])).toEqual([
      ["gpt-4o", "http://127.0.0.1:9/v1", "sk-1"],
      ["glm-4.7", "https://open.bigmodel.cn/api/paas/v4", "id.secret"],
      ["deepseek-flash", "https://api.deepseek.com", "sk-fast-0123456789"],
    ]);
  });
});

describe("a deployment", () => {
  const one = async (llm: string, env: Record<string, string> = {}) => {
    const { deployments } = await resolveFrom({ "config/config2.yaml": `llm: ${llm}` }, { env });
    return deployments[0];
  };

  it("has all that its provider needs and its kind knows", async () => {
    expect(await one("{ api_type: claude_gateway }").catch((error: ConfigError) => error.hint)).toMatch(
      /^Kinds are openai/,
    );
    expect(await one("{ api_type: openai, api_key: ' sk-1 ', temperature: 0, headers: { X-Team: 7 } }")).toEqual({
      name: "openai",
      provider: "openai",
      apiType: "openai",
      model: "gpt-6.1-terra",
      baseUrl: "https://api.openai.com/v1",
      settings: {
        api_type: "openai",
        base_url: "https://api.openai.com/v1",
        model: "gpt-6.1-terra",
        api_key: "sk-1",
        temperature: 0,
        headers: { "X-Team": 7 },
        max_tokens_field: "max_completion_tokens",
      },
      price: { input: 1, output: 5, cached: 0.05 },
      priceBasis: "known",
      maxToken: 8192,
      contextLength: undefined,
      limits: {},
    });
  });

  it.each([
    [
      "{ api_type: ollama, model: llama2, base_url: http://127.0.0.1:11434/api, num_ctx: 4096 }",
      "ollama",
      { api_type: "ollama", base_url: "http://127.0.0.1:11434/api", model: "llama2", num_ctx: 4096 },
    ],
    [
      "{ api_type: open_llm, base_url: http://127.0.0.1:8000/v1, model: llama2-13b }",
      "openai",
      { api_type: "open_llm", base_url: "http://127.0.0.1:8000/v1", model: "llama2-13b" },
    ],
    ["{ api_type: human }", "human", { api_type: "human", model: "human" }],
    [
      "{ api_type: deepseek, api_key: k, use_system_prompt: false }",
      "openai",
      {
        api_type: "deepseek",
        base_url: "https://api.deepseek.com",
        model: "deepseek-flash",
        api_key: "k",
        structured: "json",
        use_system_prompt: false,
      },
    ],
    [
      "{ api_type: deepseek, api_key: k, base_url: http://10.0.0.1/v1, structured: 'off' }",
      "openai",
      {
        api_type: "deepseek",
        base_url: "http://10.0.0.1/v1",
        model: "deepseek-flash",
        api_key: "k",
        structured: "off",
      },
    ],
    [
      "{ api_type: azure, api_key: k, base_url: https://r.openai.azure.com, model: m, endpoint: dep, api_version: 2024-10-21 }",
      "openai",
      {
        api_type: "azure",
        base_url: "https://r.openai.azure.com",
        model: "dep",
        api_key: "k",
        api_version: "2024-10-21",
      },
    ],
    [
      "{ api_type: ark, api_key: k, endpoint: ep-123 }",
      "openai",
      {
        api_type: "ark",
        base_url: "https://ark.cn-beijing.volces.com/api/v3",
        model: "ep-123",
        api_key: "k",
        structured: "json",
      },
    ],
    [
      "{ base_url: http://127.0.0.1:1/v1, model: m }",
      "openai",
      { api_type: "openai", base_url: "http://127.0.0.1:1/v1", model: "m" },
    ],
  ])("%s", async (llm, provider, settings) => {
    expect(await one(llm)).toMatchObject({ provider, settings });
    expect((await one(llm))?.settings).toEqual(settings);
  });

  it("takes address and model from the environment only together with the key", async () => {
    const env = { OPENAI_API_KEY: "sk-env", OPENAI_BASE_URL: "https://proxy.example/v1", OPENAI_MODEL: "m-env" };
    expect(await one("{ api_type: openai }", env)).toMatchObject({
      baseUrl: "https://proxy.example/v1",
      model: "m-env",
    });
    expect(await one("{ api_type: openai, api_key: sk-own }", env)).toMatchObject({
      baseUrl: "https://api.openai.com/v1",
      model: "gpt-6.1-terra",
    });
  });

  it("reads Azure out of the old config.yaml", async () => {
    const text =
      "OPENAI_API_TYPE: azure\nOPENAI_API_BASE: https://r.openai.azure.com\nOPENAI_API_KEY: k\nOPENAI_API_VERSION: 2024-10-21\nDEPLOYMENT_NAME: dep\nMAX_TOKENS: 1500\nLLM_API_TIMEOUT: 60";
    const { deployments } = await resolveFrom({ "config/config.yaml": text });
    expect(deployments).toMatchObject([
      {
        name: "azure",
        model: "dep",
        maxToken: 1500,
        settings: { api_type: "azure", api_version: "2024-10-21", timeout: "60" },
      },
    ]);
  });

  it("finds folders from where the program was started, and uses the proxy of all", async () => {
    const files = {
      "config/config2.yaml":
        "proxy: http://127.0.0.1:8118\nllm: { api_key: k }\nroles:\n  - { role: Architect, llm: { api_type: human, folder: inbox } }",
    };
    const { deployments } = await resolveFrom(files);
    expect(deployments[0]?.settings.proxy).toBe("http://127.0.0.1:8118");
    expect(deployments[1]?.settings.folder).toMatch(/metagpt-test-\w+.inbox$/);
  });

  it("asks a local Ollama which model it has only where none is named", async () => {
    const asked: string[] = [];
    const localModel = async (baseUrl: string) => {
      asked.push(baseUrl);
      return "qwen2.5-coder:7b";
    };
    const named = await resolveFrom({}, { llm: "ollama/llama2", localModel });
    const unnamed = await resolveFrom({}, { llm: "ollama", localModel });
    expect([named.deployments[0]?.model, unnamed.deployments[0]?.model, asked]).toEqual([
      "llama2",
      "qwen2.5-coder:7b",
      ["http://127.0.0.1:11434"],
    ]);
  });

  it("warns of settings that change nothing, and only of LLMs in use", async () => {
    const files = {
      "config/config2.yaml": "llm: { api_key: k, stream: false, seed: 7 }\nmodels:\n  other: { api_key: k, top_k: 3 }",
    };
    expect((await resolveFrom(files)).warnings).toEqual([
      "config/config2.yaml:1: without effect here: stream, seed; what the server understands may stand under extra_body",
    ]);
  });
});

describe("an entry that cannot be used", () => {
  const config2 = `llm: { api_key: sk-1 }\nmodels:\n  broken: { api_type: openai }\n  spell: { api_type: opnai }\n  var: { api_key: "\${NO_KEY}" }\n  odd: { api_key: k, base_url: "localhost:8000", temperature: 1 }`;
  const errors: [string, string, RegExp][] = [
    ["Engineer: fats", "config/multi_llm_config.yaml:1: Engineer: no LLM is called fats", /models:/],
    ["Engineer: brokn", "config/multi_llm_config.yaml:1: Engineer: no LLM is called brokn", /^Did you mean broken\?/],
    [
      "Engineer: broken",
      "config/multi_llm_config.yaml:1: Engineer: broken has no api_key",
      /OPENAI_API_KEY.*\(config\/config2\.yaml:3\)/,
    ],
    ["\nWriteCode: zhipu", "config/multi_llm_config.yaml:2: WriteCode: zhipu has no api_key", /ZHIPUAI_API_KEY/],
    [
      "Engineer: open_llm",
      "config/multi_llm_config.yaml:1: Engineer: open_llm has no base_url and no model",
      /OPEN_LLM_API_BASE/,
    ],
    ["Engineer: claude", "config/multi_llm_config.yaml:1: Engineer: claude has no api_key", /ANTHROPIC_API_KEY/],
    [
      "Engineer: spark",
      "config/multi_llm_config.yaml:1: Engineer: spark has no app_id and no api_secret and no api_key",
      /SPARK_APPID/,
    ],
    ["Engineer: spell", "config/config2.yaml:4: opnai is no kind of LLM", /Did you mean openai/],
    ["Engineer: var", "config/config2.yaml:5: api_key needs the variable NO_KEY, which is not set", /NO_KEY/],
    ["Engineer: odd", "config/config2.yaml:6: base_url of odd: has to be an http or https address", /^$/],
  ];

  it.each(errors)("%j stops the run before any call", async (multi, message, hint) => {
    const files = { "config/config2.yaml": config2, "config/multi_llm_config.yaml": multi };
    const error = await resolveFrom(files).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ message, exitCode: 3 });
    expect((error instanceof ConfigError && error.hint) || "").toMatch(hint);
  });

  it.each(errors)("%j does not matter where nobody is answered by it", async (multi) => {
    const files = { "config/config2.yaml": config2, "config/multi_llm_config.yaml": multi };
    const known = roster.flatMap(({ role, actions }) => [role, ...actions]);
    const small = roster.filter(({ role }) => role !== "Engineer");
    expect((await resolveFrom(files, { roster: small, known })).table).toHaveLength(3);
  });

  it("does not matter where every action of its role has one of its own", async () => {
    const files = {
      "config/config2.yaml": "llm: { api_key: sk-1 }",
      "config/multi_llm_config.yaml": "Architect: claude\nWriteDesign: openai",
    };
    expect(answers(await resolveFrom(files))).toMatchObject({ WriteDesign: "openai" });
  });

  it.each([
    ["nothing", "--llm: no LLM is called nothing"],
    ["opnai/gpt-4o", "--llm: no LLM is called opnai/gpt-4o"],
    ["claude", "--llm: claude has no api_key"],
    ["ollama", "--llm: ollama has no model"],
  ])("--llm %s", async (llm, message) => {
    await expect(resolveFrom({}, { llm })).rejects.toMatchObject({ message, exitCode: 3 });
  });

  it("stops a run whose only configured LLM lacks its key", async () => {
    const resolving = resolveFrom({ "config/config2.yaml": "# x\nllm: { api_type: openai, api_key: YOUR_API_KEY }" });
    await expect(resolving).rejects.toThrow("config/config2.yaml:2: openai has no api_key");
  });

  it("is shown with the others where problems are only to be shown", async () => {
    const files = {
      "config/config2.yaml": "llm: { api_key: sk-1 }",
      "config/multi_llm_config.yaml": "Architect: claude\nEngineer: nobody",
    };
    const { table, deployments } = await resolveFrom(files, { showProblems: true });
    expect(table.slice(0, 4).map(({ llm, apiType, problem }) => [llm, apiType, problem?.message])).toEqual([
      ["openai", "openai", undefined],
      ["claude", "claude", "config/multi_llm_config.yaml:1: Architect: claude has no api_key"],
      ["openai", "openai", undefined],
      ["", "", "config/multi_llm_config.yaml:2: Engineer: no LLM is called nobody"],
    ]);
    expect(deployments).toHaveLength(1);
  });
});

describe("a name in multi_llm_config.yaml that is no role and no action", () => {
  it.each([
    ["WriteDesing: openai", "WriteDesign"],
    ["Enginer: openai", "Engineer"],
  ])("%j is a slip", async (multi, meant) => {
    const resolving = resolveFrom({ "config/multi_llm_config.yaml": multi }, { env: openai });
    await expect(resolving).rejects.toMatchObject({
      message: `config/multi_llm_config.yaml:1: there is no role and no action ${multi.split(":")[0]}`,
      hint: `Did you mean ${meant}?`,
    });
  });

  it.each(["QaEngineer", "WriteTest", "RunCode", "DebugError", "Tester"])("%s is known from MetaGPT", async (name) => {
    const { warnings } = await resolveFrom({ "config/multi_llm_config.yaml": `${name}: nobody` }, { llm: "human" });
    expect(warnings).toEqual([
      `config/multi_llm_config.yaml:1: ${name} is not part of this company yet; the entry has no effect`,
    ]);
  });
});

describe("a provider of the user's own", () => {
  const module = 'exports.mine = { connect: async () => ({ async *stream() { yield "hello"; } }) };';

  it.each([
    ["./mine.cjs", { "mine.cjs": module }],
    ["metagpt-llm-mine", { "node_modules/metagpt-llm-mine/index.js": module }],
    ["@me/llm", { "node_modules/@me/llm/index.js": module }],
  ])("is found as %s, with every setting that is its own", async (word, files) => {
    const config2 = `llm: { api_type: "${word}", model: m, base_url: "http://127.0.0.1:1", spell: abracadabra, rpm: 3 }`;
    const { deployments, warnings } = await resolveFrom({ "config/config2.yaml": config2, ...files });
    expect(warnings).toEqual([]);
    expect(deployments).toMatchObject([
      { model: "m", limits: { requestsPerMinute: 3 }, settings: { model: "m", spell: "abracadabra" } },
    ]);
    expect(deployments[0]?.settings).not.toHaveProperty("rpm");
  });

  it("that is not there is no kind of LLM", async () => {
    const config2 = "llm: { api_type: metagpt-llm-yours, model: m }";
    await expect(resolveFrom({ "config/config2.yaml": config2 })).rejects.toThrow(
      "config/config2.yaml:1: metagpt-llm-yours is no kind of LLM",
    );
  });
});

describe("fallback", () => {
  const lanes = ({ table }: Resolved) =>
    Object.fromEntries(table.map(({ action, llm, fallback }) => [action, [llm, ...fallback]]));
  const models =
    "models:\n  a: { api_key: k, fallback: [b, c] }\n  b: { api_type: human }\n  c: { api_type: ollama, model: m }\n";

  it("is what the LLM says, unless its role or action says otherwise", async () => {
    const config2 = `${models}llm: { api_key: k2, fallback: b }\nroles:\n  - { role: Architect, llm: a }\n  - { role: WriteTasks, llm: a, fallback: [c] }\n`;
    const multi = "WriteCode: [c, b, a]\nWriteCodeReview: c";
    const resolved = await resolveFrom({ "config/config2.yaml": config2, "config/multi_llm_config.yaml": multi });
    expect(lanes(resolved)).toEqual({
      WritePRD: ["openai", "b"],
      WriteDesign: ["a", "b", "c"],
      WriteTasks: ["a", "c"],
      WriteCode: ["c", "b", "a"],
      WriteCodeReview: ["c"],
      SummarizeCode: ["openai", "b"],
    });
    expect(resolved.choice).not.toContain("human");
  });

  it("goes on with those of the substitutes, each once, also in a circle", async () => {
    const circle =
      "models:\n  a: { api_key: k, fallback: b }\n  b: { api_key: k, fallback: [c, a] }\n  c: { api_key: k, fallback: b }\nllm: { api_key: k2, fallback: a }";
    expect(lanes(await resolveFrom({ "config/config2.yaml": circle })).WritePRD).toEqual(["openai", "a", "b", "c"]);
  });

  it.each([
    ["fallback: [nobody]", "config/config2.yaml:5: Architect: fallback: no LLM is called nobody"],
    ["fallback: [zhipu]", "config/config2.yaml:5: Architect: fallback: zhipu has no api_key"],
  ])("that cannot be used stops the run before any call: %s", async (fallback, message) => {
    const config2 = `llm: { api_key: k }\nmodels:\n  a: { api_key: k }\nroles:\n  - { role: Architect, llm: a, ${fallback} }`;
    await expect(resolveFrom({ "config/config2.yaml": config2 })).rejects.toMatchObject({ message, exitCode: 3 });
  });
});
