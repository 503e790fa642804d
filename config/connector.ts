import { ConfigError } from "../src/errors.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { nearest } from "../src/text.ts";
import { completeLlm, fillLlm, type Sources } from "./complete.ts";
import type { Env } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import type { Settings } from "./load.ts";
import { type Lookup, lookupIn } from "./lookup.ts";
import { loadPrices } from "./prices.ts";

/** What finding and completing LLMs takes. */
export interface Opening {
  readonly settings: Settings;
  readonly env: Env;
  /** The best model of a local Ollama, asked only where its kind is named without a model. */
  readonly localModel?: (baseUrl: string) => Promise<string | undefined>;
}

/** An LLM that answers something, and the place that says so. */
export interface Chosen {
  readonly written: Written;
  /** File and line, a variable, an option. */
  readonly origin: string;
  /** The place with its key, for errors. */
  readonly asked: string;
  /** How it was found, where that takes more than its place. */
  readonly choice?: string;
  /** The names of those to turn to when it gives no answer. */
  readonly fallback: readonly string[];
}

/** Makes LLMs that can be asked: each once, every one under a name of its own. `first` is false for one that is only turned to. */
export interface Connector {
  (chosen: Chosen, first?: boolean): Promise<Deployment>;
  readonly used: ReadonlyMap<Written, Used>;
}

interface Used {
  readonly deployment: Deployment;
  /** Settings of it that change nothing. */
  readonly idle: readonly string[];
  /** How it was found, in one line; undefined for one that is only turned to. */
  readonly choice: string | undefined;
}

/** The names of these settings, and what makes LLMs of them. */
export async function openLookup(opening: Opening): Promise<{ lookup: Lookup; connect: Connector }> {
  const { settings, env } = opening;
  const connect = connector(opening, await sourcesOf(settings, env));
  return { lookup: lookupIn(settings, env), connect };
}

/** What completing the LLMs of these settings draws on. */
export async function sourcesOf(settings: Settings, env: Env): Promise<Sources> {
  const { proxy, ca_file, cny_per_usd } = settings.options;
  return { ...settings, prices: await loadPrices(cny_per_usd), env, shared: { proxy, ca_file } };
}

/** The LLM with a model that its Ollama has, where it names none. */
export async function withLocalModel(
  written: Written,
  sources: Sources,
  localModel: Opening["localModel"],
): Promise<Written> {
  const { preset, block, lacking } = fillLlm(written, sources);
  if (preset.kind !== "ollama" || !localModel || !lacking.includes("model")) return written;
  const model = await localModel(block.base_url ?? "");
  return model === undefined ? written : { ...written, block: { ...written.block, model } };
}

/** An LLM as it is written, chosen where it stands or at another place. */
export const chosen = (written: Written, origin = written.origin): Chosen => ({
  written,
  origin,
  asked: origin,
  fallback: written.block.fallback ?? [],
});

/**
 * The names of those that take the place of an LLM, in order, each connected and none twice. One that cannot be asked is
 * an error, unless `leaveOut` takes it.
 */
export async function standInsOf(
  { origin, asked, fallback }: Chosen,
  name: string,
  { lookup, connect, leaveOut }: { lookup: Lookup; connect: Connector; leaveOut?: (problem: ConfigError) => void },
): Promise<string[]> {
  const found: string[] = [];
  const others = [...fallback];
  const place = `${asked}: fallback`;
  for (const other of others) {
    try {
      const written = lookup.find(other) ?? unknownName(other, place, lookup);
      const deployment = await connect({ written, origin, asked: place, fallback: [] }, false);
      if (deployment.name === name || found.includes(deployment.name)) continue;
      found.push(deployment.name);
      // Those that would take its place come last, each once.
      others.push(...(written.block.fallback ?? []));
    } catch (problem) {
      if (!leaveOut || !(problem instanceof ConfigError)) throw problem;
      leaveOut(problem);
    }
  }
  return found;
}

/** Says that no LLM has this name, and which one was probably meant. */
export function unknownName(name: string, asked: string, { names }: Lookup): never {
  const meant = nearest(name, names);
  const how =
    "Names are those under models: in config2.yaml, under MODEL_LIST in multi_llm_config.yaml, in the dictionaries of model_config.yaml, and kinds such as openai or ollama.";
  throw new ConfigError(`${asked}: no LLM is called ${name}`, {
    hint: meant === undefined ? how : `Did you mean ${meant}? ${how}`,
  });
}

/** What is without effect in a block, as a warning; none where all of it counts. */
export const idleWarning = (origin: string, idle: readonly string[]): string[] =>
  idle.length === 0
    ? []
    : [`${origin}: without effect here: ${idle.join(", ")}; what the server understands may stand under extra_body`];

function connector({ localModel }: Opening, sources: Sources): Connector {
  const used = new Map<Written, Used>();
  const connect = async ({ written, origin, asked, choice }: Chosen, first = true): Promise<Deployment> => {
    const earlier = used.get(written);
    if (earlier && !(first && earlier.choice === undefined)) return earlier.deployment;
    const whole = earlier ?? (await completeLlm(await withLocalModel(written, sources, localModel), sources, asked));
    const taken = new Set([...used.values()].map(({ deployment }) => deployment.name));
    const name = earlier ? whole.deployment.name : unused(whole.deployment.name, taken);
    const { model } = whole.deployment;
    const found = choice ?? `${name === model || name.endsWith(`/${model}`) ? name : `${name} ${model}`} (${origin})`;
    const deployment = { ...whole.deployment, name };
    used.set(written, { deployment, idle: whole.idle, choice: first ? found : undefined });
    return deployment;
  };
  return Object.assign(connect, { used });
}

function unused(name: string, taken: ReadonlySet<string>): string {
  for (let copy = 1; ; copy++) {
    const candidate = copy === 1 ? name : `${name}-${copy}`;
    if (!taken.has(candidate)) return candidate;
  }
}
