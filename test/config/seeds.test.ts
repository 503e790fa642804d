import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { resolveFrom, settingsFrom } from "../helpers/config-folder.ts";

const seed = (name: string) => readFile(new URL(`../fixtures/seeds/${name}.yaml`, import.meta.url), "utf8");
const indent = (text: string) => text.replace(/^(?=.)/gm, "  ");
const keys = { OPENAI_API_KEY: "sk-0123456789abcd", ZHIPUAI_API_KEY: "id.0123456789" };

/** Block of a tutorial -> the file it belongs into, who is assigned what, and the LLMs it describes. */
const blocks: [string, string, Record<string, string>, Record<string, string>][] = [
  ["open-llm-integration-1", "config2.yaml", {}, { open_llm: "http://106.75.10.xxx:8000/v1" }],
  ["open-llm-integration-2", "config2.yaml", {}, { ollama: "http://127.0.0.1:11434/api" }],
  ["open-llm-integration-3", "config2.yaml", {}, {}],
  [
    "multi-llm-config-1",
    "multi_llm_config.yaml",
    { ProductManager: "openai", WritePRD: "Llama-2-13b-chat-hf" },
    { "Llama-2-13b-chat-hf": "http://0.0.0.0:12346/v1" },
  ],
  ["multi-llm-config-2", "multi_llm_config.yaml", { ProductManager: "openai", WritePRD: "openai" }, {}],
  ["multi-llm-config-3", "config.yaml", {}, {}],
  [
    "multi-llm-config-4",
    "multi_llm_config.yaml",
    { ProductManager: "openai", Architect: "claude", WritePRD: "openai", WriteDesign: "claude" },
    {},
  ],
  ["multi-llm-config-5", "config.yaml", {}, {}],
  [
    "multi-llm-config-6",
    "multi_llm_config.yaml",
    {
      ...{ ProductManager: "openai", Architect: "claude", ProjectManager: "spark" },
      ...{ WritePRD: "openai", WriteDesign: "claude", WriteTasks: "spark" },
    },
    {},
  ],
  ["multi-llm-config-7", "config.yaml", {}, {}],
  [
    "multi-llm-config-8",
    "multi_llm_config.yaml",
    {
      ...{ ProductManager: "openai", Architect: "claude", ProjectManager: "spark", Engineer: "zhipu" },
      ...{ WritePRD: "openai", WriteDesign: "claude", WriteTasks: "spark", WriteCode: "zhipu" },
    },
    {},
  ],
  ["multi-llm-config-9", "config.yaml", {}, {}],
  [
    "multi-llm-config-10",
    "multi_llm_config.yaml",
    {
      ...{ ProductManager: "openai", Architect: "claude", ProjectManager: "spark", Engineer: "zhipu" },
      ...{ WritePRD: "deepseek-llm-67b-chat", WriteDesign: "Llama-2-13b-chat-hf" },
      ...{ WriteTasks: "baichuan2-13b", WriteCode: "chatglm3-6b" },
    },
    {
      "deepseek-llm-67b-chat": "http://0.0.0.0:12345/v1",
      "Llama-2-13b-chat-hf": "http://0.0.0.0:12346/v1",
      "baichuan2-13b": "http://0.0.0.0:12347/v1",
      "chatglm3-6b": "http://0.0.0.0:12348/v1",
    },
  ],
];

describe.each([
  ["as written", (text: string) => text],
  ["with the indentation of the page it is copied from", indent],
])("a block of the tutorials, %s", (_, change) => {
  it.each(blocks)("%s loads as %s", async (name, file, assigned, llms) => {
    const settings = await settingsFrom({ [`config/${file}`]: change(await seed(name)) });
    expect(Object.fromEntries([...settings.assigned].map(([key, { llm }]) => [key, llm]))).toEqual(assigned);
    const described = [...(settings.llm ? [settings.llm] : []), ...settings.models.values()];
    expect(Object.fromEntries(described.map((llm) => [llm.name, llm.block.base_url]))).toEqual(llms);
  });
});

it("the switch for repairing is read beside an LLM that is left out", async () => {
  const { options, llm } = await settingsFrom({ "config/config2.yaml": await seed("open-llm-integration-3") });
  expect([options.repair_llm_output, llm]).toEqual([true, undefined]);
});

it("the block with the wrong indent works, and the warning shows the right one", async () => {
  const multi = await seed("multi-llm-config-10");
  const { table, warnings } = await resolveFrom({ "config/multi_llm_config.yaml": multi }, { env: keys });
  expect(table.map(({ action, model, baseUrl, origin }) => [action, model, baseUrl, origin])).toEqual([
    ["WritePRD", "deepseek-llm-67b-chat", "http://0.0.0.0:12345/v1", "config/multi_llm_config.yaml:10"],
    ["WriteDesign", "Llama-2-13b-chat-hf", "http://0.0.0.0:12346/v1", "config/multi_llm_config.yaml:11"],
    ["WriteTasks", "baichuan2-13b", "http://0.0.0.0:12347/v1", "config/multi_llm_config.yaml:12"],
    ["WriteCode", "chatglm3-6b", "http://0.0.0.0:12348/v1", "config/multi_llm_config.yaml:13"],
    ["WriteCodeReview", "glm-5.2", "https://open.bigmodel.cn/api/paas/v4", "config/multi_llm_config.yaml:7"],
    ["SummarizeCode", "glm-5.2", "https://open.bigmodel.cn/api/paas/v4", "config/multi_llm_config.yaml:7"],
  ]);
  expect(warnings).toEqual([
    [
      "config/multi_llm_config.yaml:17: the entries of MODEL_LIST stand at the wrong indent and are read as meant. Write:",
      "MODEL_LIST:",
      "  deepseek-llm-67b-chat:",
      '    open_llm_api_base: "http://0.0.0.0:12345/v1"',
      "  Llama-2-13b-chat-hf:",
      '    open_llm_api_base: "http://0.0.0.0:12346/v1"',
      "  baichuan2-13b:",
      '    open_llm_api_base: "http://0.0.0.0:12347/v1"',
      "  chatglm3-6b:",
      '    open_llm_api_base: "http://0.0.0.0:12348/v1"',
    ].join("\n"),
  ]);
});

it("the commented keys work once they are filled in", async () => {
  const uncommented = async (name: string, value: string) =>
    (await seed(name)).replace(/^ *# ?/gm, "").replace(/YOUR_\w+/g, value);
  const names = ["multi-llm-config-5", "multi-llm-config-7", "multi-llm-config-9"];
  const texts = await Promise.all(names.map((name) => uncommented(name, "id.0123456789")));
  const { flat } = await settingsFrom({ "config/config.yaml": texts.join("\n") });
  expect(flat.map(({ name, block }) => [name, block])).toEqual([
    ["anthropic", { api_type: "anthropic", api_key: "id.0123456789" }],
    [
      "spark",
      {
        ...{ api_type: "spark", app_id: "id.0123456789", api_secret: "id.0123456789", api_key: "id.0123456789" },
        ...{ domain: "generalv2", base_url: "ws://spark-api.xf-yun.com/v2.1/chat" },
      },
    ],
    ["zhipuai", { api_type: "zhipuai", api_key: "id.0123456789" }],
  ]);
});
