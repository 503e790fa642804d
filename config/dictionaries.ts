import { z } from "zod";
import { ConfigError } from "../src/errors.ts";
import { text } from "../src/llm/settings.ts";
import { nearest } from "../src/text.ts";
import { check, refuseUnknown } from "./check.ts";
import { blockOfEntry, type EntryPlace, entryWordOf, entryWords } from "./dictionary-entry.ts";
import { type Env, fileOf, filledIn, type Layer, layerOf } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import { isMapping, type Mapping, type Path, type Tree } from "./yaml.ts";

/** CodeFuse's settings of models, also as keys of config2.yaml. */
export const dictionaryKeys = ["llm_model_dict", "VLLM_MODEL_DICT", "ONLINE_LLM_MODEL", "LLM_MODEL", "LLM_MODELs"];

/** CodeFuse's dictionaries as a layer: `models` in the words of config2.yaml. */
export interface Dictionaries extends Layer {
  readonly value: { readonly models: Mapping };
  /** What LLM_MODEL and LLM_MODELs name, the default first. */
  readonly chosen: readonly { readonly name: string; readonly origin: string }[];
}

/** Reads model_config.yaml. What only CodeFuse has a use for gives a warning. */
export function readModelConfig(tree: Tree): Layer & { readonly warnings: readonly string[] } {
  const layer = layerOf(tree);
  const keys = Object.keys(layer.value);
  refuseUnknown(layer.value, { where: layer.where, known: [...dictionaryKeys, ...idleKeys] });
  const idle = keys.filter((key) => !dictionaryKeys.includes(key));
  const place = fileOf(layer.where([idle[0] ?? ""]));
  const warnings = idle.length > 0 ? [`${place}: known from CodeFuse, without effect here: ${idle.join(", ")}`] : [];
  return { ...layer, warnings };
}

const idleKeys = [
  ...["USE_FASTCHAT", "FSCHAT_MODEL_WORKERS", "LLM_DEVICE", "model_dir", "LOCAL_LLM_MODEL_DIR"],
  ...["embedding_model_dict", "EMBEDDING_ENGINE", "EMBEDDING_MODEL", "EMBEDDING_DEVICE", "LOCAL_EM_MODEL_DIR"],
];

/** The LLMs of the dictionaries. Of a name that stands in two of them VLLM_MODEL_DICT decides; the other two may not share one. */
export function readDictionaries({ value, where }: Layer, about: About): Dictionaries {
  const entries = (dictionary: string) => entriesOf(dictionary, { value, where });
  const dictionaries = { llm_model_dict: entries("llm_model_dict"), ONLINE_LLM_MODEL: entries("ONLINE_LLM_MODEL") };
  const written = Object.entries(dictionaries).flatMap(([dictionary, models]) =>
    Object.entries(models).map(([name, entry]) => ({
      dictionary,
      name,
      entry: entryIn(entry, where([dictionary, name])),
    })),
  );
  refuseTwins(written, where);
  const blocks = written.map(({ dictionary, name, entry }) => {
    const usual = dictionary === "ONLINE_LLM_MODEL" ? "openai" : "open_llm";
    const place = { ...about, usual, where: (path: Path) => where([dictionary, name, ...path]) };
    return [name, blockOfEntry(name, entry, place)] as const;
  });
  const served = entries("VLLM_MODEL_DICT");
  const models = new Map<string, Mapping>(blocks);
  for (const [name, model] of Object.entries(served)) {
    if (isMapping(model))
      throw new ConfigError(`${where(["VLLM_MODEL_DICT", name])}: ${name} must be the path of a model`);
    models.set(
      name,
      servedByVllm(name, Object.hasOwn(dictionaries.llm_model_dict, name) ? models.get(name) : undefined),
    );
  }
  return {
    value: { models: Object.fromEntries(models) },
    chosen: chosenIn({ value, where }, about.env),
    where([, name, setting]) {
      const { dictionary = "VLLM_MODEL_DICT", entry = {} } = written.find((one) => one.name === name) ?? {};
      if (name === undefined) return where([dictionary]);
      const word = entryWordOf(entry, String(setting));
      if (Object.hasOwn(entry, word)) return where([dictionary, name, word]);
      return where([Object.hasOwn(served, name) ? "VLLM_MODEL_DICT" : dictionary, name]);
    },
  };
}

type About = Pick<EntryPlace, "env" | "presets" | "cwd">;

function entriesOf(dictionary: string, { value, where }: Layer): Mapping {
  const { [dictionary]: entries = {} } = value;
  if (isMapping(entries)) return entries;
  throw new ConfigError(`${where([dictionary])}: ${dictionary} must hold names of LLMs`);
}

function entryIn(entry: unknown, place: string): Mapping {
  if (isMapping(entry)) return entry;
  throw new ConfigError(`${place}: an LLM must be described by ${entryWords.join(", ")}`);
}

/** Whether a question stays on this machine or leaves it must not depend on which of two comes first. */
function refuseTwins(written: readonly { dictionary: string; name: string }[], where: Layer["where"]): void {
  const twin = written.find(({ name }, index) => written.findIndex((other) => other.name === name) < index);
  if (!twin) return;
  throw new ConfigError(`${where([twin.dictionary, twin.name])}: ${twin.name} stands in llm_model_dict too`, {
    hint: "Rename one of them, or take it out.",
  });
}

/**
 * A model that CodeFuse starts with vLLM behind FastChat. Its worker announces itself by the key of the dictionary and not
 * by the path, which only the server needs; vLLM on its own says the same with --served-model-name.
 */
const servedByVllm = (name: string, entry: Mapping | undefined): Mapping => ({
  base_url: "http://localhost:8888/v1",
  ...entry,
  api_type: "vllm",
  model: name,
});

/** What LLM_MODEL and LLM_MODELs name. */
function chosenIn({ value, where }: Layer, env: Env): Dictionaries["chosen"] {
  const { LLM_MODEL, LLM_MODELs } = value;
  const names = filledIn({ value: { LLM_MODEL, LLM_MODELs }, where }, env);
  const { LLM_MODEL: first, LLM_MODELs: all = [] } = check(Names, names, { where, known: [] });
  const others = all.map((name, index) => ({ name, origin: where(["LLM_MODELs", index]) }));
  return first === undefined ? others : [{ name: first, origin: where(["LLM_MODEL"]) }, ...others];
}

const Names = z.object({
  LLM_MODEL: text.optional(),
  LLM_MODELs: z.union([text.transform((name) => [name]), z.array(text)], "must be a list of names").optional(),
});

/**
 * The LLM that LLM_MODEL names, else the first of LLM_MODELs, by its name or by its model; undefined where neither is
 * there. A name in them that no LLM has is an error.
 */
export function chosenLlm({ chosen }: Dictionaries, models: ReadonlyMap<string, Written>): Written | undefined {
  const [first] = chosen.map(({ name, origin }) => {
    const found = models.get(name) ?? [...models.values()].find(({ block }) => block.model === name);
    if (found) return found;
    const meant = nearest(name, models.keys());
    const hint =
      meant === undefined ? `There are ${[...models.keys()].join(", ") || "none"}.` : `Did you mean ${meant}?`;
    throw new ConfigError(`${origin}: no LLM is called ${name}`, { hint });
  });
  return first;
}
