import { z } from "zod";
import { ConfigError } from "../src/errors.ts";
import { count, text } from "../src/llm/settings.ts";
import type { Offered } from "./catalog.ts";
import { check } from "./check.ts";
import { completeLlm, fillLlm } from "./complete.ts";
import { idleWarning, type Opening, sourcesOf, withLocalModel } from "./connector.ts";
import { type Env, variable } from "./layers.ts";
import { readBlock } from "./llm-block.ts";
import { knownSettings } from "./load.ts";
import type { Presets } from "./presets.ts";
import { LlmBlock } from "./schema.ts";

/** What a block has that is given while the program runs, besides the settings of config2.yaml. */
const Given = z.looseObject(
  {
    api_type: text.optional(),
    /** Calls at once. */
    workers: count.optional(),
    /** Or the variable that holds it. */
    api_key: z.union([text, z.strictObject({ env: text })], "must be a key or { env: NAME }").optional(),
  },
  "must be the settings of an LLM",
);

/**
 * An LLM from a block given while the program runs: the settings of an LLM in config2.yaml, with `workers` for calls at
 * once and `{ env: NAME }` for a key that a variable holds. Errors are those of config2.yaml. The names in `fallback` are
 * not looked up. Whoever sends a block need not own this machine: it may not point at files and code here, `${VAR}` is not
 * filled in, and a key that only the environment knows goes to no address that came with the block.
 */
export async function deploymentFrom(
  block: unknown,
  name: string,
  { settings, env, localModel }: Opening,
): Promise<Offered & { readonly warnings: readonly string[] }> {
  const { presets } = settings;
  const origin = `deployment ${name}`;
  const where = () => origin;
  const { workers, api_key: key, ...rest } = check(Given, block, { where, known: Object.keys(LlmBlock.shape) });
  const api_key = typeof key === "object" ? keyIn(env, key.env, origin) : key;
  refuseMachine({ ...rest, ...(typeof key === "string" && { api_key: key }) }, origin, presets);
  const raw = { ...rest, ...(workers && { max_concurrency: workers }), ...(api_key !== undefined && { api_key }) };
  const sources = await sourcesOf(settings, rest.base_url === undefined ? env : {});
  const place = { env, path: [], where, known: await knownSettings(presets) };
  const written = await withLocalModel(readBlock(name, raw, place), sources, localModel);
  const { lacking } = fillLlm(written, sources);
  if (lacking.length > 0) {
    const hint = `Give ${lacking.join(" and ")} with it.`;
    throw new ConfigError(`${origin}: there is no ${lacking.join(" and no ")}`, { hint });
  }
  const { deployment, idle } = await completeLlm(written, sources);
  return { deployment, fallback: written.block.fallback ?? [], warnings: idleWarning(origin, idle) };
}

function keyIn(env: Env, name: string, origin: string): string {
  const key = variable(env, name);
  if (key !== undefined) return key;
  throw new ConfigError(`${origin}: api_key needs the variable ${name}, which is not set`, {
    hint: `Set ${name} where the program is started, or give the key itself.`,
  });
}

/** Settings that point at files of this machine, or at code. */
const machine: ReadonlySet<string> = new Set(["api_key_file", "ca_file", "folder", "package"]);

function refuseMachine(block: Readonly<Record<string, unknown>>, origin: string, { all, find }: Presets): void {
  const kind = find(String(block.api_type ?? "openai"));
  const isModule = kind !== undefined && !all.includes(kind);
  const refused = Object.entries(block).find(
    ([setting, value]) =>
      machine.has(setting) ||
      (setting === "api_type" && isModule) ||
      (setting === "api_key" && /^\s*keyring:/.test(String(value))) ||
      JSON.stringify(value)?.includes("${"),
  );
  if (!refused) return;
  throw new ConfigError(`${origin}: ${refused[0]} may not point at files, code or variables of this machine`, {
    hint: "Describe such an LLM under models: in config2.yaml. A key that a variable holds is api_key: { env: NAME }.",
  });
}
