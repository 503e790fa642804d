import { ConfigError } from "../src/errors.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { nearest } from "../src/text.ts";
import { completeLlm, fillLlm, type Sources } from "./complete.ts";
import type { Discovered } from "./discover.ts";
import { maskKey } from "./keys.ts";
import type { Env } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import type { Settings } from "./load.ts";
import { firstComplete, type Lookup, lookupIn } from "./lookup.ts";
import { metaGptNames } from "./multi-llm.ts";
import { loadPrices } from "./prices.ts";

/** Who works in a run, and the actions each of them may take. */
type Roster = readonly { readonly role: string; readonly actions: readonly string[] }[];

/** Which LLM answers one action. */
export interface Row {
  readonly role: string;
  readonly action: string;
  /** The name of its deployment; empty where there is none. */
  readonly llm: string;
  /** The names of the deployments to turn to, in order, when it gives no answer. */
  readonly fallback: readonly string[];
  readonly apiType: string;
  readonly model: string;
  readonly baseUrl: string;
  /** Masked. */
  readonly key: string;
  /** Where that was decided: file and line, a variable, an option. */
  readonly origin: string;
  /** Why this LLM cannot be asked; only where problems are shown instead of thrown. */
  readonly problem?: ConfigError;
}

export interface Resolved {
  /** Each LLM of the run once. */
  readonly deployments: readonly Deployment[];
  readonly table: readonly Row[];
  readonly warnings: readonly string[];
  /** How the LLM was chosen, in one line. */
  readonly choice: string;
}

export interface Question {
  readonly settings: Settings;
  readonly roster: Roster;
  /** Every role and action there is, where the roster of this run is smaller. */
  readonly known?: readonly string[];
  /** `--llm`: a configured name, a provider kind, or kind/model. */
  readonly flags: { readonly llm?: string | undefined };
  readonly env: Env;
  /** Looks for an LLM where nothing is configured; asked only if an action needs it. */
  readonly discover?: () => Promise<Discovered>;
  /** The best model of a local Ollama, asked only where its kind is named without a model. */
  readonly localModel?: (baseUrl: string) => Promise<string | undefined>;
  /** Puts problems into the table instead of throwing the first: for showing, never for a run. */
  readonly showProblems?: boolean;
}

/**
 * Decides which LLM answers each action: its own entry, else its role's, else the default. What no action of this run
 * resolves to may be unknown or incomplete.
 */
export async function resolveLlms(question: Question): Promise<Resolved> {
  const { settings, roster } = question;
  const warnings = [...settings.warnings, ...checkNames(question)];
  const { lookup, connect } = await openLookup(question);
  let fallback: Promise<Chosen | undefined> | undefined;
  const choose = async (role: string, action: string): Promise<Chosen | undefined> => {
    const assigned = assignedLlm(settings, lookup, role, action);
    fallback ??= assigned ? undefined : defaultLlm(question, lookup);
    return assigned ?? fallback;
  };
  const table: Row[] = [];
  for (const { role, actions } of roster) {
    for (const action of actions) {
      table.push(await rowOf({ role, action }, { choose, lookup, connect, showProblems: question.showProblems }));
    }
  }
  return { ...outcomeOf(connect, [...warnings, ...lookup.warnings]), table };
}

/** The LLMs of these names, each once and in this order; the default one where there are none. */
export async function resolveNames(
  names: readonly string[],
  question: Omit<Question, "roster" | "known" | "showProblems">,
): Promise<Omit<Resolved, "table">> {
  const { lookup, connect } = await openLookup(question);
  const byDefault = names.length > 0 ? undefined : await defaultLlm(question, lookup);
  const named = names.map((name) => chosen(lookup.find(name) ?? unknownName(name, "--llm", lookup), "--llm"));
  for (const each of byDefault ? [byDefault] : named) await connect(each);
  return outcomeOf(connect, [...question.settings.warnings, ...lookup.warnings]);
}

type Opening = Pick<Question, "settings" | "env" | "localModel">;

async function openLookup(question: Opening): Promise<{ lookup: Lookup; connect: Connector }> {
  const { settings, env } = question;
  const connect = connector(question, await sourcesOf(settings, env));
  return { lookup: lookupIn(settings, env), connect };
}

function outcomeOf({ used }: Connector, warnings: readonly string[]): Omit<Resolved, "table"> {
  const idle = [...used].flatMap(([{ origin }, { idle }]) => (idle.length > 0 ? [idleSettings(origin, idle)] : []));
  return {
    deployments: [...used.values()].map(({ deployment }) => deployment),
    warnings: [...warnings, ...idle],
    choice: [...used.values()].flatMap(({ choice }) => choice ?? []).join(", "),
  };
}

/** What completing the LLMs of these settings draws on. */
export async function sourcesOf(settings: Settings, env: Env): Promise<Sources> {
  const { proxy, ca_file, cny_per_usd } = settings.options;
  return { ...settings, prices: await loadPrices(cny_per_usd), env, shared: { proxy, ca_file } };
}

/** An LLM that answers something, and the place that says so. */
interface Chosen {
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

/** Names that are no role and no action are slips, unless MetaGPT has them. */
function checkNames({ settings, roster, known }: Question): string[] {
  const names = [...(known ?? []), ...roster.flatMap(({ role, actions }) => [role, ...actions])];
  const strange = [...settings.assigned].filter(([name]) => !names.includes(name));
  return strange.map(([name, { origin }]) => {
    if (metaGptNames.has(name)) return `${origin}: ${name} is not part of this company yet; the entry has no effect`;
    const meant = nearest(name, names);
    throw new ConfigError(`${origin}: there is no role and no action ${name}`, {
      hint: meant === undefined ? `There are ${[...new Set(names)].join(", ")}.` : `Did you mean ${meant}?`,
    });
  });
}

function assignedLlm({ assigned }: Settings, lookup: Lookup, role: string, action: string): Chosen | undefined {
  const key = assigned.has(action) ? action : role;
  const assignment = assigned.get(key);
  if (!assignment) return undefined;
  const { llm, origin } = assignment;
  const asked = `${origin}: ${key}`;
  const written = (typeof llm === "string" ? lookup.find(llm) : llm) ?? unknownName(String(llm), asked, lookup);
  return { written, origin, asked, fallback: assignment.fallback ?? written.block.fallback ?? [] };
}

/** `--llm`, its variable, `llm:` of config2.yaml, the first complete LLM of the old config.yaml, or what is found. */
async function defaultLlm(
  { settings, flags, env, discover }: Pick<Question, "settings" | "flags" | "env" | "discover">,
  lookup: Lookup,
): Promise<Chosen | undefined> {
  const [name, option] = flags.llm ? [flags.llm, "--llm"] : [env.METAGPT_LLM, "METAGPT_LLM"];
  if (name) return chosen(lookup.find(name) ?? unknownName(name, option, lookup), option);
  const written = settings.llm ?? firstComplete(settings, env);
  if (written) return chosen(written);
  const found = await discover?.();
  return found && { ...chosen(found.llm), choice: found.choice };
}

const chosen = (written: Written, origin = written.origin): Chosen => ({
  written,
  origin,
  asked: origin,
  fallback: written.block.fallback ?? [],
});

function unknownName(name: string, asked: string, { names }: Lookup): never {
  const meant = nearest(name, names);
  const how =
    "Names are those under models: in config2.yaml, under MODEL_LIST in multi_llm_config.yaml, and kinds such as openai or ollama.";
  throw new ConfigError(`${asked}: no LLM is called ${name}`, {
    hint: meant === undefined ? how : `Did you mean ${meant}? ${how}`,
  });
}

type Connector = ((chosen: Chosen, first?: boolean) => Promise<Deployment>) & {
  readonly used: ReadonlyMap<Written, Used>;
};

interface Used {
  readonly deployment: Deployment;
  /** Settings of it that change nothing. */
  readonly idle: readonly string[];
  /** How it was found, in one line; undefined for one that is only turned to. */
  readonly choice: string | undefined;
}

/** Completes each LLM once and gives every one a name of its own. */
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

/** The LLM with a model that its Ollama has, where it names none. */
export async function withLocalModel(
  written: Written,
  sources: Sources,
  localModel: Question["localModel"],
): Promise<Written> {
  const { preset, block, lacking } = fillLlm(written, sources);
  if (preset.kind !== "ollama" || !localModel || !lacking.includes("model")) return written;
  const model = await localModel(block.base_url ?? "");
  return model === undefined ? written : { ...written, block: { ...written.block, model } };
}

function unused(name: string, taken: ReadonlySet<string>): string {
  for (let copy = 1; ; copy++) {
    const candidate = copy === 1 ? name : `${name}-${copy}`;
    if (!taken.has(candidate)) return candidate;
  }
}

interface Ways {
  readonly choose: (role: string, action: string) => Promise<Chosen | undefined>;
  readonly lookup: Lookup;
  readonly connect: Connector;
  readonly showProblems: boolean | undefined;
}

async function rowOf(
  about: { role: string; action: string },
  { choose, lookup, connect, showProblems = false }: Ways,
): Promise<Row> {
  const nothing: Row = { ...about, llm: "", fallback: [], apiType: "", model: "", baseUrl: "", key: "", origin: "" };
  let chosen: Chosen | undefined;
  try {
    chosen = await choose(about.role, about.action);
    if (!chosen) return nothing;
    const { name, apiType, model, baseUrl, settings } = await connect(chosen);
    const key = typeof settings.api_key === "string" ? maskKey(settings.api_key) : "";
    const fallback: string[] = [];
    const others = [...chosen.fallback];
    for (const other of others) {
      const asked = `${chosen.asked}: fallback`;
      const written = lookup.find(other) ?? unknownName(other, asked, lookup);
      const deployment = await connect({ written, origin: chosen.origin, asked, fallback: [] }, false);
      if (deployment.name === name || fallback.includes(deployment.name)) continue;
      fallback.push(deployment.name);
      // Those that would take its place come last, each once.
      others.push(...(written.block.fallback ?? []));
    }
    return { ...about, llm: name, fallback, apiType, model, baseUrl, key, origin: chosen.origin };
  } catch (problem) {
    if (!showProblems || !(problem instanceof ConfigError)) throw problem;
    const { name = "", block } = chosen?.written ?? {};
    const { api_type: apiType = "", model = "", base_url: baseUrl = "" } = block ?? {};
    return { ...nothing, llm: name, apiType, model, baseUrl, origin: chosen?.origin ?? "", problem };
  }
}

const idleSettings = (origin: string, idle: readonly string[]): string =>
  `${origin}: without effect here: ${idle.join(", ")}; what the server understands may stand under extra_body`;
