import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { text } from "../src/llm/settings.ts";
import { isLocalAddress } from "./address.ts";
import { check } from "./check.ts";
import { type Env, substitute } from "./layers.ts";
import type { Presets } from "./presets.ts";
import type { Mapping, Path } from "./yaml.ts";

const Entry = z.looseObject({
  local_model_path: text.optional(),
  path: text.optional(),
  name: text.optional(),
  model_name: text.optional(),
  api_base_url: text.optional(),
  api_key: text.optional(),
  openai_proxy: text.optional(),
  version: text.optional(),
  provider: text.optional(),
});
type Entry = z.infer<typeof Entry>;

/** CodeFuse's words for one LLM. */
export const entryWords: readonly string[] = Object.keys(Entry.shape);

/** What reading an entry takes. */
export interface EntryPlace {
  readonly where: (path: Path) => string;
  readonly env: Env;
  readonly presets: Presets;
  readonly cwd: string;
  /** The kind of one that tells none: it has no provider, no address and no model file. */
  readonly usual: string;
}

/**
 * An entry of CodeFuse's dictionaries in the words of config2.yaml, whose own settings may stand beside CodeFuse's. Its
 * provider tells its kind, else its address; without both a model file is run in this program.
 */
export function blockOfEntry(key: string, written: Mapping, { where, env, presets, cwd, usual }: EntryPlace): Mapping {
  const entry = check(Entry, substitute(written, env).value, { where, known: entryWords });
  const file = entry.local_model_path ?? entry.path ?? entry.name;
  const api_type = toldKind(entry, presets) ?? (isModelFile(file) ? "llama_cpp" : usual);
  const kind = presets.find(api_type);
  const isModule = kind !== undefined && !presets.all.includes(kind);
  const named = written.model_name ?? written.version ?? lastPart(file) ?? key;
  const block = {
    api_type,
    model: kind?.kind === "llama_cpp" && file !== undefined ? placed(file, cwd) : named,
    base_url: written.api_base_url,
    api_key: entry.api_key?.trim() === "EMPTY" ? undefined : written.api_key,
    proxy: written.openai_proxy,
    local_model_path: isModule ? file : undefined,
  };
  const told = Object.entries(block).filter(([, value]) => value !== undefined);
  const others = Object.entries(written).filter(([word]) => !entryWords.includes(word));
  return Object.fromEntries([...told, ...others]);
}

/** The word of an entry that says a setting of config2.yaml. */
export function entryWordOf(written: Mapping, setting: string): string {
  const ways = { base_url: ["api_base_url"], proxy: ["openai_proxy"], api_type: ["provider"], model: modelWords };
  const words = Object.entries(ways).find(([name]) => name === setting)?.[1] ?? [];
  return [setting, ...words].find((word) => Object.hasOwn(written, word)) ?? setting;
}

const modelWords = ["model_name", "version", "local_model_path", "path", "name"];

/** The kind that the provider names, or the host of the address; any server with an address speaks OpenAI's API. */
function toldKind({ provider, api_base_url }: Entry, presets: Presets): string | undefined {
  const byProvider = provider === undefined ? undefined : kindOfProvider(provider, presets);
  if (byProvider !== undefined) return byProvider;
  return api_base_url === undefined ? undefined : (kindAt(api_base_url, presets) ?? "open_llm");
}

/**
 * A provider is a kind, a module, or a class of CodeFuse such as QwenWorker, which is the kind qwen. Its ExampleWorker
 * speaks OpenAI's API with whatever server the entry names, so that it tells nothing. What is none of these stays as it
 * is, and is an error when the LLM is asked for.
 */
function kindOfProvider(provider: string, presets: Presets): string | undefined {
  if (provider === "ExampleWorker") return undefined;
  const kind = presets.find(provider);
  if (kind) return presets.all.includes(kind) ? kind.kind : provider;
  const worker = presets.find(provider.replace(/Worker$/, ""));
  return worker && presets.all.includes(worker) ? worker.kind : provider;
}

function kindAt(address: string, { all }: Presets): string | undefined {
  if (!URL.canParse(address) || isLocalAddress(address)) return undefined;
  const { host } = new URL(address);
  return all.find(({ base_url }) => base_url !== undefined && new URL(base_url).host === host)?.kind;
}

const isModelFile = (file: string | undefined): boolean => file !== undefined && /\.gguf$/i.test(file);

/** CodeFuse keeps models in llm_models and names them from there. */
function placed(file: string, cwd: string): string {
  const kept = path.join("llm_models", file);
  return !existsSync(path.resolve(cwd, file)) && existsSync(path.resolve(cwd, kept)) ? kept : file;
}

const lastPart = (file: string | undefined): string | undefined => file?.split(/[\\/]/).findLast((part) => part !== "");
