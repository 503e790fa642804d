import { ConfigError } from "../src/errors.ts";
import type { Layer } from "./layers.ts";
import { layerOf } from "./layers.ts";
import { isMapping, type Mapping, type Path, type Tree } from "./yaml.ts";

/** multi_llm_config.yaml as a layer: `assigned` is role or action -> name, `models` is MODEL_LIST. */
export interface MultiLlm extends Layer {
  readonly value: { readonly assigned: Mapping; readonly models: Mapping };
  readonly warnings: readonly string[];
}

/**
 * Reads multi_llm_config.yaml. Entries of MODEL_LIST that stand beside it instead of below it are taken as meant, with
 * a warning that shows where they belong.
 */
export function readMultiLlm(tree: Tree): MultiLlm {
  const written = layerOf(tree);
  const { MODEL_LIST: list, ...others } = written.value;
  if (list !== undefined && !isMapping(list)) {
    throw new ConfigError(`${written.where(["MODEL_LIST"])}: MODEL_LIST must hold names of LLMs`, {
      hint: 'Below it, indented: the name, and below that open_llm_api_base: "http://...".',
    });
  }
  const beside = Object.entries(others).filter((entry): entry is [string, Mapping] => isMapping(entry[1]));
  const models = [...Object.entries(list ?? {}), ...beside];
  const assigned = Object.entries(others).filter(([name]) => !beside.some(([model]) => model === name));
  for (const [name, value] of assigned) {
    if (isNameOrNames(value)) continue;
    throw new ConfigError(`${written.where([name])}: ${name} must be the name of an LLM, or a list of names`);
  }
  return {
    value: {
      assigned: Object.fromEntries(
        assigned.map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]),
      ),
      models: Object.fromEntries(models.map(([name, model]) => [name, modelBlock(name, model)])),
    },
    where(path) {
      const [part, name, ...rest] = path;
      if (name === undefined) return tree.name;
      if (part === "assigned") return written.where([name]);
      return written.where([
        ...(isMapping(list) && name in list ? ["MODEL_LIST"] : []),
        name,
        ...rest.map(asWritten(models, name)),
      ]);
    },
    warnings: beside.length === 0 ? [] : [outdented(beside, written.where([beside[0]?.[0] ?? ""]))],
  };
}

/** Known from MetaGPT and not part of this company yet: naming them is no mistake. */
export const metaGptNames: ReadonlySet<string> = new Set([
  ...["QaEngineer", "Tester", "Searcher", "Researcher", "Assistant", "Sales", "CustomerService", "Teacher"],
  ...["TutorialAssistant", "InvoiceOCRAssistant", "SkAgent", "TeamLeader", "DataAnalyst", "DataInterpreter"],
  ...["Engineer2", "SWEAgent", "RoleZero", "UIDesigner"],
  ...["WriteTest", "RunCode", "DebugError", "FixBug", "PrepareDocuments", "PrepareInterview", "WritePRDReview"],
  ...["DesignReview", "WriteDesignReview", "WriteCodePlanAndChange", "SearchAndSummarize", "CollectLinks"],
  ...["WebBrowseAndSummarize", "ConductResearch", "UserRequirement", "BossRequirement", "AddRequirement"],
  ...["WriteDocstring", "WriteDirectory", "WriteContent", "WriteTeachingPlanPart", "AskReview", "ImportRepo"],
  ...["RebuildClassView", "RebuildSequenceView", "DetectIntent", "TalkAction", "SkillAction", "ArgumentsParingAction"],
  ...["WriteAnalysisCode", "ExecuteNbCode", "WritePlan", "AnalyzeDepLibs", "GenerateQuestions", "ExtractReadMe"],
]);

/** The first of several is asked; the others take its place when it gives no answer. */
const isNameOrNames = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 && value.every(isNameOrNames) : typeof value !== "object";

const oldWords = new Map([
  ["open_llm_api_base", "base_url"],
  ["open_llm_api_key", "api_key"],
  ["open_llm_api_model", "model"],
]);

/** An LLM of MODEL_LIST in the words of config2.yaml; its name is the model's unless it says otherwise. */
function modelBlock(name: string, written: unknown): unknown {
  if (!isMapping(written)) return written;
  const settings = Object.entries(written).map(([key, value]) => [oldWords.get(key.toLowerCase()) ?? key, value]);
  return { api_type: "open_llm", model: name, ...Object.fromEntries(settings) };
}

const asWritten = (models: readonly (readonly [string, unknown])[], name: string | number) => {
  const block = models.find(([model]) => model === name)?.[1];
  return (key: string | number): Path[number] => {
    const words = isMapping(block) ? Object.keys(block) : [];
    return words.find((word) => oldWords.get(word.toLowerCase()) === key) ?? key;
  };
};

/** Shows the entries as they should stand. Keys are not repeated. */
function outdented(beside: readonly [string, Mapping][], place: string): string {
  const lines = beside.flatMap(([name, block]) => [
    `  ${name}:`,
    ...Object.entries(block).map(([key, value]) => `    ${key}: ${/base/i.test(key) ? JSON.stringify(value) : "..."}`),
  ]);
  return [
    `${place}: the entries of MODEL_LIST stand at the wrong indent and are read as meant. Write:`,
    "MODEL_LIST:",
    ...lines,
  ].join("\n");
}
