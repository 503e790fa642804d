import { expect, it } from "vitest";
import { catalogOf } from "../../config/catalog.ts";
import type { Question } from "../../config/resolve.ts";
import { ConfigError } from "../../src/errors.ts";
import { roster, settingsFrom } from "../helpers/config-folder.ts";

type About = { env?: Record<string, string>; multi?: string; flat?: string } & Partial<Question>;

async function catalog(config2: string, { env = {}, multi = "", flat = "", ...question }: About = {}) {
  const files = {
    "config/config2.yaml": config2,
    ...(multi && { "config/multi_llm_config.yaml": multi }),
    ...(flat && { "config/config.yaml": flat }),
  };
  const settings = await settingsFrom(files, { env });
  const { llms, ...rest } = await catalogOf({ settings, roster, flags: {}, env, ...question });
  return { ...rest, llms: llms.map(({ deployment, fallback }) => [deployment.name, deployment.model, fallback]) };
}

const here = (model: string, more = "") =>
  `{api_type: open_llm, base_url: "http://127.0.0.1:9/v1", model: ${model}${more}}`;

it("offers every LLM that is written, under its name, with whom to turn to", async () => {
  const { llms, byDefault, warnings } = await catalog(
    `llm: ${here("a", ", fallback: first")}\nmodels:\n  first: ${here("b", ", fallback: [listed, first]")}\n`,
    {
      multi: `MODEL_LIST:\n  listed: { open_llm_api_base: "http://127.0.0.1:9/v1" }\n`,
      flat: "DEEPSEEK_API_KEY: sk-0123\n",
    },
  );
  expect(llms).toEqual([
    ["first", "b", ["listed"]],
    ["listed", "listed", []],
    ["open_llm", "a", ["first", "listed"]],
    ["deepseek", "deepseek-flash", []],
  ]);
  expect([byDefault, warnings]).toEqual(["open_llm", []]);
});

it("leaves out what is not whole, and says why", async () => {
  const { llms, byDefault, warnings } = await catalog(
    `llm: {api_type: zhipuai}\nmodels:\n  good: ${here("a", ", fallback: [bare, nobody, other]")}\n  bare: {api_type: deepseek}\n  wrong: ${here("c", ", timeout: -1")}\n  other: ${here("b")}\n`,
  );
  expect([llms, byDefault]).toEqual([
    [
      ["good", "a", ["other"]],
      ["other", "b", []],
    ],
    undefined,
  ]);
  expect(warnings).toEqual([
    "config/config2.yaml:4: bare has no api_key; it is left out",
    "config/config2.yaml:5: timeout of wrong: must not be negative; it is left out",
    "config/config2.yaml:1: zhipuai has no api_key; it is left out",
    "config/config2.yaml:3: fallback: bare has no api_key; it is left out",
    "config/config2.yaml:3: fallback: no LLM is called nobody; it is left out",
  ]);
});

it("keeps the names of one's own where another kind of LLM has the same one", async () => {
  const { llms, byDefault } = await catalog(`llm: ${here("a")}\nmodels:\n  open_llm: ${here("b")}\n`);
  expect([llms.map(([name, model]) => [name, model]), byDefault]).toEqual([
    [
      ["open_llm", "b"],
      ["open_llm-2", "a"],
    ],
    "open_llm-2",
  ]);
});

it("says what a role and an action are answered by, under the same names", async () => {
  const { table, llms } = await catalog(
    `llm: ${here("a")}\nmodels:\n  strong: ${here("b")}\nroles:\n  - {role: Engineer, llm: strong, fallback: [open_llm]}\n  - {role: Architect, llm: {api_type: deepseek}}\n  - {role: WritePRD, llm: ${here("c")}}\n`,
    { known: ["WritePRD"] },
  );
  expect(table.map(({ action, llm, fallback, problem }) => [action, llm, fallback, problem?.message])).toEqual([
    ["WritePRD", "WritePRD", [], undefined],
    ["WriteDesign", "Architect", [], "config/config2.yaml:6: Architect: Architect has no api_key"],
    ["WriteTasks", "open_llm", [], undefined],
    ["WriteCode", "strong", ["open_llm"], undefined],
    ["WriteCodeReview", "strong", ["open_llm"], undefined],
    ["SummarizeCode", "strong", ["open_llm"], undefined],
  ]);
  expect(llms.map(([name]) => name)).toEqual(["strong", "open_llm", "WritePRD"]);
});

it("may be empty where nothing is configured and nothing is found", async () => {
  const discover = () => Promise.reject(new ConfigError("no LLM is configured, and none was found"));
  const { llms, byDefault, warnings } = await catalog("", { discover });
  expect([llms, byDefault, warnings]).toEqual([[], undefined, []]);
});

it("still refuses a slip in the settings", async () => {
  const asked = catalog(`llm: ${here("a")}\n`, { multi: "Enginer: openai\n" });
  await expect(asked).rejects.toThrow("config/multi_llm_config.yaml:1: there is no role and no action Enginer");
});
