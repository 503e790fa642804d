import path from "node:path";
import { ConfigError } from "../src/errors.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { nearest } from "../src/text.ts";
import { isLocalAddress } from "./address.ts";
import { usableKey } from "./keys.ts";
import { type Env, variable } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import { fromVariables, type Preset, type Presets } from "./presets.ts";
import { type Prices, priceOf } from "./prices.ts";
import type { LlmBlock } from "./schema.ts";

/** What completing an LLM draws on besides its own words. */
export interface Sources {
  readonly presets: Presets;
  readonly prices: Prices;
  readonly env: Env;
  readonly cwd: string;
  /** For LLMs that name none. */
  readonly proxy: string;
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
  const preset = presets.find(word);
  if (!preset) throw unknownKind(word, where("api_type"), presets);
  const { values, found } = fromVariables(preset, (name) => variable(env, name));
  const fromEnv = own.api_key === undefined ? values : {};
  const merged: LlmBlock = { base_url: preset.base_url, model: preset.model, ...fromEnv, ...own };
  const api_key = usableKey(merged.api_key, own.api_key ? where("api_key") : (found.api_key ?? origin));
  const block: LlmBlock = { ...merged, api_type: word, api_key, model: nameOf(preset, merged) };
  const has: Readonly<Record<string, unknown>> = block;
  const isLacking = (setting: string) =>
    !has[setting] && !(setting === "api_key" && isLocalAddress(block.base_url ?? ""));
  return { preset, block, lacking: preset.needs.filter(isLacking) };
}

/** An LLM that can be asked, or an error that says where to write what. `asked` is the place that wants it. */
export async function completeLlm(
  written: Written,
  sources: Sources,
  asked: string = written.origin,
): Promise<Deployment> {
  const [unset] = written.missing;
  if (unset) throw missingVariable(written, unset);
  const filled = fillLlm(written, sources);
  const { preset, block, lacking } = filled;
  if (preset.provider === "later") throw notYet(written, preset, asked);
  if (lacking.length > 0) throw incomplete(written, filled, asked);
  const { base_url: baseUrl = "", model = "", max_token: maxToken = 8192 } = block;
  const billed = preset.needs.includes("api_key");
  const priced = { model, baseUrl, local: preset.local, billed, price: block.price, pricingPlan: block.pricing_plan };
  const { price, basis } = priceOf(priced, sources.prices);
  const settings = providerSettings(filled, sources);
  await checkSettings(settings, written, preset);
  return {
    name: written.name,
    provider: preset.provider,
    apiType: block.api_type ?? preset.kind,
    model,
    baseUrl,
    settings,
    price,
    priceBasis: basis,
    maxToken,
  };
}

function unknownKind(word: string, place: string, presets: Presets): ConfigError {
  const meant = nearest(word, presets.words);
  return new ConfigError(`${place}: ${word} is no kind of LLM`, {
    hint:
      meant === undefined ? `Kinds are ${presets.all.map(({ kind }) => kind).join(", ")}.` : `Did you mean ${meant}?`,
  });
}

/** An endpoint is what Azure calls a deployment, and what Volcengine asks for first. */
function nameOf({ kind }: Preset, { endpoint, model }: LlmBlock): string | undefined {
  return kind === "azure" || kind === "ark" ? (endpoint ?? model) : model;
}

/** The settings in the words of the provider that serves this kind. */
function providerSettings({ preset, block }: Filled, { cwd, proxy }: Sources): Record<string, unknown> {
  const { model, base_url, temperature, top_p, timeout, headers } = block;
  const folder = block.folder === undefined ? undefined : path.resolve(cwd, block.folder);
  if (preset.provider === "recording") return given({ folder });
  if (preset.provider === "human") return given({ folder, model });
  const common = { base_url, model, temperature, timeout, headers, proxy: block.proxy ?? (proxy || undefined) };
  if (preset.provider === "ollama") {
    return given({ ...common, num_ctx: block.num_ctx, keep_alive: block.keep_alive, think: block.think });
  }
  const { api_key, organization, project, api_version, extra_body, structured, max_tokens_field, stream_usage } = block;
  const azure = preset.kind === "azure" || undefined;
  const system_role = block.system_role ?? (block.use_system_prompt === false ? "user" : undefined);
  const dialect = { structured, max_tokens_field, stream_usage, system_role, extra_body };
  const account = { api_type: preset.kind, api_key, organization, project, api_version, azure };
  const usual = preset.base_url === undefined || preset.base_url === base_url ? preset.settings : {};
  return { ...usual, ...given({ ...common, ...account, top_p, ...dialect }) };
}

/** Asks the provider itself, so that a wrong value is found before the run and in the user's own file. */
async function checkSettings(
  settings: Record<string, unknown>,
  { where, name }: Written,
  { provider }: Preset,
): Promise<void> {
  const { providers } = await import("../src/llm/index.ts");
  const result = providers[provider]?.config.safeParse(settings);
  const faults = (result?.error?.issues ?? []).map(({ path: [setting], message }) => {
    const key = String(setting ?? "settings");
    return `${where(key)}: ${key} of ${name}: ${message}`;
  });
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
}

function missingVariable({ where }: Written, { path: [setting], variable }: Written["missing"][number]): ConfigError {
  return new ConfigError(`${where(String(setting))}: ${setting} needs the variable ${variable}, which is not set`, {
    hint: `Set ${variable}, or write \${${variable}:-value} with a value for when it is not set.`,
  });
}

function notYet({ name }: Written, { kind }: Preset, asked: string): ConfigError {
  const [word, other] = name === kind ? [name, ""] : [name, ` (${kind})`];
  return new ConfigError(`${asked}: this version cannot talk to ${word}${other} yet`, {
    hint: "Let another LLM answer there, such as openai, deepseek or ollama.",
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

/** The entries that have a value. */
function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
