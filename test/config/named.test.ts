import { describe, expect, it } from "vitest";
import { everyLlm } from "../../config/named.ts";
import { roster, settingsFrom } from "../helpers/config-folder.ts";

async function every(config2: string, { env = {}, multi = "" }: { env?: Record<string, string>; multi?: string } = {}) {
  const files = { "config/config2.yaml": config2, ...(multi && { "config/multi_llm_config.yaml": multi }) };
  const settings = await settingsFrom(files, { env });
  return (await everyLlm({ settings, roster, flags: {}, env })).llms;
}

const here = (name: string, more = "") =>
  `{api_type: open_llm, base_url: "http://127.0.0.1:9/v1", model: ${name}${more}}`;

describe("every LLM that the settings name", () => {
  it("stands there with what a run wants of it and where it is written", async () => {
    const llms = await every(
      `llm: ${here("a", ", fallback: second")}\nmodels:\n  second: ${here("b")}\n  idle: ${here("c")}\n  same: ${here("b")}\nroles:\n  - {role: Engineer, llm: same}\n`,
    );
    expect(llms.map(({ name, origin, asked, standsBy }) => [name, origin, asked, standsBy])).toEqual([
      ["open_llm", "config/config2.yaml:1", ["WritePRD", "WriteDesign", "WriteTasks"], []],
      ["second", "config/config2.yaml:3", [], ["WritePRD", "WriteDesign", "WriteTasks"]],
      ["same", "config/config2.yaml:5", ["WriteCode", "WriteCodeReview", "SummarizeCode"], []],
      ["idle", "config/config2.yaml:4", [], []],
    ]);
  });

  it("keeps its problem, whether it is asked or not", async () => {
    const llms = await every(`llm: ${here("a")}\nmodels:\n  idle: {api_type: deepseek}\n`, {
      multi: "Engineer: openai\n",
    });
    expect(llms.map(({ name, asked, problem }) => [name, asked.length > 0, problem?.message])).toEqual([
      ["open_llm", true, undefined],
      ["openai", true, expect.stringContaining("has no api_key")],
      ["idle", false, expect.stringContaining("has no api_key")],
    ]);
  });

  it("is there where only another entry of the company names it", async () => {
    const llms = await every(`llm: ${here("a")}\n`, {
      env: { DEEPSEEK_API_KEY: "sk-0123456789ab" },
      multi: "QaEngineer: deepseek\n",
    });
    expect(llms.map(({ name, asked }) => [name, asked.length])).toEqual([
      ["open_llm", 6],
      ["deepseek", 0],
    ]);
  });

  it.each([
    [`llm: ${here("a", `, api_key: "'sk-0123456789'"`)}`, {}, true],
    [`llm: ${here("a", ", api_key: sk-0123456789")}`, {}, false],
    ["llm: {model: gpt-5.4}", { OPENAI_API_KEY: '"sk-0123456789"' }, true],
    ["llm: {model: gpt-5.4}", { OPENAI_API_KEY: " sk-0123456789 " }, false],
  ])("knows of quotes around its key: %s %j", async (config2, env, quoted) => {
    expect(await every(config2, { env })).toMatchObject([{ quoted }]);
  });

  it("shows no secret of its key or its address", async () => {
    const llms = await every(
      `llm: {api_type: open_llm, base_url: "http://127.0.0.1:9/v1?key=secret", api_key: sk-0123456789, model: a}\n`,
    );
    const [{ deployment: _, ...shown } = { deployment: undefined }] = llms;
    expect(JSON.stringify(shown)).not.toMatch(/secret|012345/);
  });
});
