import path from "node:path";
import { ConfigError } from "../src/errors.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { nearest } from "../src/text.ts";
import { isLocalAddress } from "./address.ts";
import { keyFromFile, keyFromKeyring, usableKey } from "./keys.ts";
import { type Env, variable } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import { fromVariables, type Preset, type Presets, variantOf } from "./presets.ts";
import { type Prices, priceOf } from "./prices.ts";
import { LlmBlock } from "./schema.ts";

/** What completing an LLM draws on besides its own words. */
export interface Sources {
  readonly presets: Presets;
  readonly prices: Prices;
  readonly env: Env;
  readonly cwd: string;
  /** Settings of every LLM that says nothing else: proxy and certificates. */
  readonly shared: Readonly<Record<string, unknown>>;
}

/** An LLM with all that its kind and the environment know of it. */
export interface Filled {
  readonly preset: Preset;
  readonly block: LlmBlock;
  /** What it still needs before it can be asked. */
  readonly lacking: readonly string[];
}

/** Adds what the environment and the kind know. A kind's variables belong together: they count where its key does. */
export function fillLlm(written: Written, { presets, env }: Pick<Sources, "presets" | "env">): Filled {
  const { block: own, where, origin } = written;
  const word = own.api_type ?? "openai";
  const kind = presets.find(word);
  if (!kind) throw unknownKind(word, where("api_type"), presets);
  const { values, found } = fromVariables(kind, (name) => variable(env, name));
  const fromEnv = own.api_key === undefined && own.api_key_file === undefined ? values : {};
  const said = { ...fromEnv, ...own };
  const preset = variantOf(kind, said);
  const merged: LlmBlock = { base_url: preset.base_url, model: preset.model, ...said };
  const file = merged.api_key_file;
  const key = merged.api_key ?? (file === undefined ? undefined : keyFromFile(file, where("api_key_file")));
  const [, account] = /^keyring:(.+)$/.exec(key ?? "") ?? [];
  const kept = account === undefined ? key : keyFromKeyring(account, where("api_key"));
  const api_key = usableKey(kept, own.api_key ? where("api_key") : (found.api_key ?? origin));
  const model = preset.named_by.map((setting) => merged[setting]).find((name) => name !== undefined);
  const block: LlmBlock = { ...merged, api_type: word, api_key, model: model === undefined ? model : String(model) };
  const isLacking = (setting: string) =>
    !block[setting] && !(setting === "api_key" && isLocalAddress(block.base_url ?? ""));
  return { preset, block, lacking: preset.needs.filter(isLacking) };
}

/** An LLM that can be asked, and what of its settings changes nothing. */
interface Complete {
  readonly deployment: Deployment;
  readonly idle: readonly string[];
}

/** An LLM that can be asked, or an error that says where to write what. `asked` is the place that wants it. */
export async function completeLlm(
  written: Written,
  sources: Sources,
  asked: string = written.origin,
): Promise<Complete> {
  const [unset] = written.missing;
  if (unset) throw missingVariable(written, unset);
  const filled = fillLlm(written, sources);
  const { preset, block, lacking } = filled;
  if (lacking.length > 0) throw incomplete(written, filled, asked);
  const { base_url: baseUrl = "", model = "", max_token: maxToken = 8192 } = block;
  const billed = preset.needs.includes("api_key");
  const priced = { model, baseUrl, local: preset.local, billed, price: block.price, pricingPlan: block.pricing_plan };
  const { price, basis } = priceOf(priced, sources.prices);
  const { settings, idle } = await providerSettings(written, filled, sources);
  const { max_concurrency: concurrency, rpm: requestsPerMinute, tpm: tokensPerMinute } = block;
  const deployment = {
    name: written.name,
    provider: preset.provider,
    apiType: block.api_type ?? preset.kind,
    model: model || preset.kind,
    baseUrl,
    settings,
    price,
    priceBasis: basis,
    maxToken,
    contextLength: block.context_length,
    limits: { concurrency, requestsPerMinute, tokensPerMinute },
  };
  return { deployment, idle };
}

function unknownKind(word: string, place: string, presets: Presets): ConfigError {
  const meant = nearest(word, presets.words);
  return new ConfigError(`${place}: ${word} is no kind of LLM`, {
    hint:
      meant === undefined ? `Kinds are ${presets.all.map(({ kind }) => kind).join(", ")}.` : `Did you mean ${meant}?`,
  });
}

/**
 * The settings in the words of the provider that serves this kind, checked by the provider itself, so that a wrong value
 * is found before the run and in the user's own file. What it does not know is left out and listed.
 */
async function providerSettings(
  { where, name, idle }: Written,
  { preset, block }: Filled,
  { cwd, shared }: Sources,
): Promise<{ settings: Record<string, unknown>; idle: readonly string[] }> {
  const { providerOf } = await import("../src/llm/index.ts");
  const { config, open = false } = await providerOf(preset.provider);
  const usual = preset.base_url === undefined || preset.base_url === block.base_url ? preset.settings : {};
  const accepts = (setting: string) => setting in config.shape || (open && !ours.has(setting));
  const given = Object.entries({ ...shared, ...usual, ...block, api_type: preset.kind }).filter(
    ([setting, value]) => value !== undefined && value !== "" && accepts(setting),
  );
  const settings = Object.fromEntries(given.map(([setting, value]) => [setting, placed(setting, value, cwd)]));
  const faults = (config.safeParse(settings).error?.issues ?? []).map(({ path: [setting], message }) => {
    const key = String(setting ?? "settings");
    return `${where(key)}: ${key} of ${name}: ${message.replace(/^Invalid input: expected/, "must be")}`;
  });
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
  const own = new Set([...Object.keys(LlmBlock.shape), ...given.map(([setting]) => setting)]);
  return { settings, idle: [...idle, ...Object.keys(block).filter((setting) => !own.has(setting))] };
}

/** What concerns no provider. */
const ours = new Set([
  ...["api_key_file", "price", "pricing_plan", "fallback", "context_length", "max_concurrency", "rpm", "tpm"],
  ...["proxy", "ca_file"],
]);

/** Files and folders are meant from where the user stands. */
const placed = (setting: string, value: unknown, cwd: string): unknown =>
  /^(folder|ca_file)$/.test(setting) && typeof value === "string" ? path.resolve(cwd, value) : value;

function missingVariable({ where }: Written, { path: [setting], variable }: Written["missing"][number]): ConfigError {
  return new ConfigError(`${where(String(setting))}: ${setting} needs the variable ${variable}, which is not set`, {
    hint: `Set ${variable}, or write \${${variable}:-value} with a value for when it is not set.`,
  });
}

function incomplete({ origin, name }: Written, { preset, lacking }: Filled, asked: string): ConfigError {
  const variables = lacking.flatMap((setting) => preset.variables[setting]?.slice(0, 1) ?? []);
  const place = /:\d+$/.test(origin) ? origin : "under models: in config2.yaml";
  const ways = [
    ...(variables.length > 0 ? [`set ${variables.join(" and ")} in the environment or in config.yaml`] : []),
    ...(lacking.join() === "model" ? [`name a model, as in ${preset.kind}/MODEL`] : []),
    `write ${lacking.map((setting) => `${setting}: ...`).join(" and ")} for ${name} (${place})`,
  ];
  const hint = `Ways to go on: ${ways.join("; ")}.`;
  return new ConfigError(`${asked}: ${name} has no ${lacking.join(" and no ")}`, { hint });
}
