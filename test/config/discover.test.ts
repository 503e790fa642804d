import { describe, expect, it } from "vitest";
import { discoverLlm } from "../../config/discover.ts";
import { loadPresets } from "../../config/presets.ts";
import { ConfigError } from "../../src/errors.ts";
import { answers, resolveFrom } from "../helpers/config-folder.ts";

const presets = await loadPresets(process.cwd());

/** A machine with these variables, perhaps an Ollama, perhaps a recording of the idea. */
const machine = (env: Record<string, string>, { ollama, recorded }: { ollama?: boolean; recorded?: boolean } = {}) => ({
  presets,
  env,
  localModel: async (baseUrl: string) =>
    ollama && baseUrl === "http://127.0.0.1:11434" ? "qwen2.5-coder:7b" : undefined,
  recording: async () => (recorded ? { folder: "/shipped/snake", model: "gpt-x" } : undefined),
});

describe("with nothing configured", () => {
  it.each([
    [{ OPENAI_API_KEY: "k" }, "openai gpt-6.1-terra (OPENAI_API_KEY in the environment)"],
    [{ DEEPSEEK_API_KEY: "k" }, "deepseek deepseek-flash (DEEPSEEK_API_KEY in the environment)"],
    [{ DASHSCOPE_API_KEY: "k" }, "dashscope qwen-plus (DASHSCOPE_API_KEY in the environment)"],
    [{ ZHIPUAI_API_KEY: "k" }, "zhipuai glm-5.2 (ZHIPUAI_API_KEY in the environment)"],
    [{ MOONSHOT_API_KEY: "k" }, "moonshot kimi-k2.6 (MOONSHOT_API_KEY in the environment)"],
    [{ GEMINI_API_KEY: "k" }, "gemini gemini-3.8-flash (GEMINI_API_KEY in the environment)"],
    [{ ZHIPUAI_API_KEY: "k", DEEPSEEK_API_KEY: "k" }, "deepseek deepseek-flash (DEEPSEEK_API_KEY in the environment)"],
    [{ OPENAI_API_KEY: "k", DEEPSEEK_API_KEY: "k" }, "openai gpt-6.1-terra (OPENAI_API_KEY in the environment)"],
    [
      { OPENAI_API_KEY: "YOUR_API_KEY", DEEPSEEK_API_KEY: "k" },
      "deepseek deepseek-flash (DEEPSEEK_API_KEY in the environment)",
    ],
    [
      { OPENAI_API_KEY: "  ", OPENAI_BASE_URL: "http://x", GROQ_API_KEY: "k" },
      "groq openai/gpt-oss-120b (GROQ_API_KEY in the environment)",
    ],
    [
      { ANTHROPIC_API_KEY: "k", MISTRAL_API_KEY: "k" },
      "anthropic claude-sonnet-5-5 (ANTHROPIC_API_KEY in the environment)",
    ],
    [
      { OPEN_LLM_API_BASE: "http://127.0.0.1:1/v1", OPEN_LLM_API_MODEL: "m" },
      "open_llm m (OPEN_LLM_API_BASE in the environment)",
    ],
    [{ AWS_ACCESS_KEY_ID: "k", DOMAIN: "example.com" }, "qwen2.5-coder:7b of the Ollama at http://127.0.0.1:11434"],
  ])("%j leads to %s", async (env, choice) => {
    expect((await discoverLlm(machine(env, { ollama: true, recorded: true }))).choice).toBe(choice);
  });

  it("a recording of the idea is played where there is neither a key nor an Ollama", async () => {
    const { choice, llm } = await discoverLlm(machine({ SPARK_API_KEY: "k" }, { recorded: true }));
    expect(choice).toBe("a recording of this idea that comes with the program");
    expect(llm.block).toMatchObject({ api_type: "recording", folder: "/shipped/snake" });
  });

  it("the error shows the three shortest ways to go on", async () => {
    const error = await discoverLlm(machine({})).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ message: "no LLM is configured, and none was found", exitCode: 3 });
    const ways =
      error instanceof ConfigError ? (error.hint?.split("\n").filter((line) => /^ +\d\./.test(line)) ?? []) : [];
    expect(ways).toHaveLength(3);
    expect(ways.join("\n")).toMatch(/OPENAI_API_KEY.*\n.*ollama pull qwen2\.5-coder\n.*metagpt "write a snake game"/);
  });
});

describe("an LLM that was found", () => {
  it("can be an Azure described by the old variables", async () => {
    const azure = { OPENAI_API_TYPE: "azure", OPENAI_API_BASE: "https://r.openai.azure.com", DEPLOYMENT_NAME: "dep" };
    const env = { ...azure, OPENAI_API_KEY: "k", OPENAI_API_VERSION: "2024-10-21" };
    const { deployments } = await resolveFrom({}, { env, discover: () => discoverLlm(machine(env)) });
    expect(deployments).toMatchObject([
      { model: "dep", settings: { api_type: "azure", api_key: "k", api_version: "2024-10-21" } },
    ]);
  });

  it("is used with the address that belongs to its key", async () => {
    const env = { OPENAI_API_KEY: "sk-0123456789", OPENAI_BASE_URL: "http://127.0.0.1:1/v1", OPENAI_MODEL: "m" };
    const { deployments, choice, table } = await resolveFrom({}, { env, discover: () => discoverLlm(machine(env)) });
    expect(deployments).toMatchObject([
      { model: "m", baseUrl: "http://127.0.0.1:1/v1", settings: { api_key: "sk-0123456789" } },
    ]);
    expect([choice, table[0]?.origin]).toEqual(["openai m (OPENAI_API_KEY in the environment)", "OPENAI_API_KEY"]);
  });

  it("can be a recording, played from its folder", async () => {
    const { deployments } = await resolveFrom({}, { discover: () => discoverLlm(machine({}, { recorded: true })) });
    expect(deployments).toMatchObject([
      { provider: "recording", model: "gpt-x", priceBasis: "local", settings: { folder: "/shipped/snake" } },
    ]);
  });

  it("is not looked for where something is configured, or every action has its own", async () => {
    const discover = () => Promise.reject(new Error("nobody should look"));
    expect(
      answers(await resolveFrom({ "config/config2.yaml": "llm: { api_type: human }" }, { discover })).WriteCode,
    ).toBe("human");
    const multi = "ProductManager: human\nArchitect: human\nProjectManager: human\nEngineer: human";
    expect(answers(await resolveFrom({ "config/multi_llm_config.yaml": multi }, { discover })).WriteCode).toBe("human");
  });
});
