import { ConfigError } from "../src/errors.ts";
import { type Caller, readCallers } from "./callers.ts";
import { check } from "./check.ts";
import { chosenLlm, readDictionaries } from "./dictionaries.ts";
import { entryWords } from "./dictionary-entry.ts";
import { type ConfigPlaces, readConfigFiles } from "./files.ts";
import { readFlat } from "./flat.ts";
import { type Env, fileOf, type Layer, substitute } from "./layers.ts";
import { type BlockPlace, readBlock, type Written } from "./llm-block.ts";
import { readOptions } from "./options.ts";
import { loadPresets, type Presets } from "./presets.ts";
import { type Options, RoleEntry } from "./schema.ts";
import { readServeOptions, type ServeOptions } from "./serve-options.ts";
import { isMapping, type Mapping } from "./yaml.ts";

/** Who is answered by what, as it is written: the name of an LLM, or an LLM described on the spot. */
interface Assignment {
  readonly llm: string | Written;
  /** Whom to turn to when it gives no answer; undefined: as the LLM itself says. */
  readonly fallback?: readonly string[] | undefined;
  readonly origin: string;
}

/** Everything the user configured. LLMs are as written: whether one can be used is asked when a run needs it. */
export interface Settings {
  /** Every setting besides the LLMs, defaults filled in. */
  readonly options: Options;
  /** `serve:` of config2.yaml, defaults filled in. */
  readonly serve: ServeOptions;
  /** Who may ask `metagpt serve`; empty: everybody. */
  readonly auth: readonly Caller[];
  /** `llm:` of config2.yaml, else the one of `models` that LLM_MODEL names. */
  readonly llm: Written | undefined;
  /** LLMs with a name of their own. */
  readonly models: ReadonlyMap<string, Written>;
  /** LLMs of the old config.yaml, in its order. */
  readonly flat: readonly Written[];
  /** By role and by action. */
  readonly assigned: ReadonlyMap<string, Assignment>;
  readonly presets: Presets;
  readonly warnings: readonly string[];
  /** What relative paths in settings start from. */
  readonly cwd: string;
}

/**
 * Reads all settings: command line, METAGPT_* variables, the project's config folder, the one in the home folder,
 * defaults; the first of them that knows a setting decides it. `flags` are the settings the command line gives.
 */
export async function loadConfig({
  env,
  flags = {},
  ...places
}: ConfigPlaces & { env: Env; flags?: Mapping | undefined }): Promise<Settings> {
  const presets = await loadPresets(places.cwd);
  const known = await knownSettings(presets);
  const { config2, multi, flat: oldFile, ...files } = await readConfigFiles(places);
  const flat = readFlat(oldFile, presets);
  const { options, warnings: about } = readOptions(
    { config2, flat: { value: flat.options, where: ([name]) => oldFile.where([flat.keyOf(String(name))]) } },
    { env, flags },
  );
  const old = flat.llms.map(({ kind, settings, keyOf }) =>
    readBlock(kind, settings, { env, known, path: [], where: ([key]) => oldFile.where([keyOf(key)]) }),
  );
  const reading = { env, known };
  const dictionaries = readDictionaries(files.dictionaries, { env, presets, cwd: places.cwd });
  const models = new Map([
    ...namedLlms(dictionaries, withWords(reading)),
    ...namedLlms(config2, reading),
    ...namedLlms(multi, reading),
  ]);
  const preferred = chosenLlm(dictionaries, models);
  const llms = { llm: defaultLlm(config2, reading) ?? preferred, models, flat: old };
  const assigned = new Map([...byRole(config2, reading), ...byName(multi, env)]);
  const idle = flat.idle
    .slice(0, 1)
    .map((key) => `${fileOf(oldFile.where([key]))}: known from MetaGPT, without effect here: ${flat.idle.join(", ")}`);
  const server = { serve: readServeOptions(config2, { env, flags }), auth: readCallers(config2, env) };
  const said = [...files.warnings, ...about, ...idle];
  return { options, ...server, ...llms, assigned, presets, warnings: said, cwd: places.cwd };
}

/** The settings that an LLM of a kind may have: those of every provider, for they may be meant for another kind. */
export async function knownSettings(presets: Presets): Promise<BlockPlace["known"]> {
  const { providers } = await import("../src/llm/index.ts");
  const all = Object.values(providers).flatMap(({ config }) => Object.keys(config.shape));
  return (apiType) => {
    const preset = presets.find(String(apiType ?? "openai"));
    return preset && !Object.hasOwn(providers, preset.provider) ? undefined : all;
  };
}

type Reading = Pick<BlockPlace, "env" | "known">;

function defaultLlm(config2: Layer, reading: Reading): Written | undefined {
  const { llm } = config2.value;
  if (llm === undefined || (isMapping(llm) && Object.keys(llm).length === 0)) return undefined;
  const written = readBlock("llm", llm, { ...reading, path: ["llm"], where: config2.where });
  return { ...written, name: written.block.api_type ?? "openai" };
}

/** `models:` of config2.yaml, MODEL_LIST, or the dictionaries. */
function namedLlms({ value: { models = {} }, where }: Layer, reading: Reading): [string, Written][] {
  if (!isMapping(models)) throw new ConfigError(`${where(["models"])}: models must hold names of LLMs`);
  return Object.entries(models).map(([name, raw]) => [
    name,
    readBlock(name, raw, { ...reading, path: ["models", name], where }),
  ]);
}

/** What an unknown key of a dictionary may have been meant to be. */
const withWords = ({ env, known }: Reading): Reading => ({
  env,
  known(apiType) {
    const settings = known(apiType);
    return settings && [...settings, ...entryWords];
  },
});

/** `roles:` of config2.yaml. */
function byRole({ value: { roles = [] }, where }: Layer, reading: Reading): [string, Assignment][] {
  if (!Array.isArray(roles)) throw new ConfigError(`${where(["roles"])}: roles must be a list of {role, llm}`);
  return roles.map((raw: unknown, index) => {
    const path = ["roles", index];
    const { role, llm, fallback } = check(RoleEntry, raw, {
      where: (inner) => where([...path, ...inner]),
      known: Object.keys(RoleEntry.shape),
    });
    if (typeof llm === "string") return [role, { llm, fallback, origin: where([...path, "llm"]) }];
    const written = readBlock(role, llm, { ...reading, path: [...path, "llm"], where });
    return [role, { llm: written, fallback, origin: written.origin }];
  });
}

/** The names that multi_llm_config.yaml gives roles and actions. */
function byName({ value: { assigned = {} }, where }: Layer, env: Env): [string, Assignment][] {
  return Object.entries(isMapping(assigned) ? assigned : {}).map(([name, llm]) => {
    const { value, missing } = substitute(llm, env);
    const [first, ...others] = Array.isArray(value) ? value.map(String) : [String(value)];
    const origin = where(["assigned", name]);
    if (missing[0])
      throw new ConfigError(`${origin}: ${name} needs the variable ${missing[0].variable}, which is not set`);
    return [name, { llm: first ?? "", fallback: others.length > 0 ? others : undefined, origin }];
  });
}
