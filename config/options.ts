import { nearest } from "../src/text.ts";
import { check } from "./check.ts";
import { dictionaryKeys } from "./dictionaries.ts";
import { at, type Env, fileOf, filledIn, type Layer, mergeLayers } from "./layers.ts";
import { foreignKeys, Options } from "./schema.ts";
import { isMapping, type Mapping } from "./yaml.ts";

/**
 * Every setting besides the LLMs, with its default. The first that knows a setting decides it: command line,
 * METAGPT_* variables, config2.yaml, the old config.yaml.
 */
export function readOptions(
  { config2, flat }: { config2: Layer; flat: Layer },
  { env, flags }: { env: Env; flags: Mapping },
): { options: Options; warnings: readonly string[] } {
  const { settings, foreign } = ownSettings(config2);
  const merged = mergeLayers([flat, settings, variables(env), commandLine(flags)]);
  const options = check(Options, filledIn(merged, env), { where: merged.where, known: [...names, ...elsewhere] });
  return { options, warnings: [...(foreign.length > 0 ? [idle(config2, foreign)] : []), ...doubtful(env)] };
}

/** What config2.yaml holds besides these settings, and who reads it does not matter here. */
const elsewhere = ["llm", "models", "roles", "auth", "serve", ...dictionaryKeys];

const names = Object.keys(Options.shape);

/** What of config2.yaml is a setting of this product, and what only MetaGPT knows. A workspace may stand as `{path}`. */
function ownSettings(config2: Layer): { settings: Layer; foreign: readonly string[] } {
  const { workspace, ...rest } = config2.value;
  const foreign = Object.keys(rest).filter((key) => foreignKeys.has(key));
  const own = Object.entries(rest).filter(([key]) => !foreignKeys.has(key) && !elsewhere.includes(key));
  const inner = isMapping(workspace) ? Object.keys(workspace).filter((key) => key !== "path") : [];
  const folder = isMapping(workspace) ? at(workspace, ["path"]) : workspace;
  const value = { ...Object.fromEntries(own), ...(folder === undefined ? {} : { workspace: folder }) };
  return { settings: { ...config2, value }, foreign: [...foreign, ...inner.map((key) => `workspace.${key}`)] };
}

function idle(config2: Layer, foreign: readonly string[]): string {
  const file = fileOf(config2.where([foreign[0]?.split(".", 1)[0] ?? ""]));
  return `${file}: known from MetaGPT, without effect here: ${foreign.join(", ")}`;
}

/** METAGPT_N_ROUND and its like. */
function variables(env: Env): Layer {
  const set = names.filter((name) => env[variableOf(name)]);
  return {
    value: Object.fromEntries(set.map((name) => [name, env[variableOf(name)]])),
    where: ([name]) => variableOf(String(name)),
  };
}

/** The command line; it says camelCase. What is no setting is none of our business. */
function commandLine(flags: Mapping): Layer {
  const entries = Object.entries(flags).map(([flag, value]) => [snakeCase(flag), value] as const);
  return {
    value: Object.fromEntries(entries.filter(([name, value]) => names.includes(name) && value !== undefined)),
    where: ([name]) => `--${String(name).replaceAll("_", "-")}`,
  };
}

/** A variable that is almost one of ours was probably meant to be. */
function doubtful(env: Env): string[] {
  const known = [...names, "llm"].map(variableOf);
  const strange = Object.keys(env).filter((name) => name.startsWith("METAGPT_") && !known.includes(name));
  return strange.flatMap((name) => {
    const meant = nearest(name, known);
    return meant === undefined ? [] : [`the variable ${name} has no effect; did you mean ${meant}?`];
  });
}

const variableOf = (name: string): string => `METAGPT_${name.toUpperCase()}`;

const snakeCase = (flag: string): string => flag.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
