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
  const { settings, roster, env } = question;
  const warnings = [...settings.warnings, ...checkNames(question)];
  const lookup = lookupIn(settings, env);
  const connect = connector(question, { ...settings, prices: await loadPrices(), env, proxy: settings.options.proxy });
  let fallback: Promise<Chosen | undefined> | undefined;
  const choose = async (role: string, action: string): Promise<Chosen | undefined> => {
    const assigned = assignedLlm(settings, lookup, role, action);
    fallback ??= assigned ? undefined : defaultLlm(question, lookup);
    return assigned ?? fallback;
  };
  const table: Row[] = [];
  for (const { role, actions } of roster) {
    for (const action of actions) table.push(await rowOf({ role, action }, choose, connect, question.showProblems));
  }
  const idle = [...connect.used.keys()].filter((written) => written.idle.length > 0).map(idleSettings);
  return {
    deployments: [...connect.used.values()].map(({ deployment }) => deployment),
    table,
    warnings: [...warnings, ...lookup.warnings, ...idle],
    choice: [...connect.used.values()].map(({ choice }) => choice).join(", "),
  };
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
  const written = typeof llm === "string" ? lookup.find(llm) : llm;
  return { written: written ?? unknownName(String(llm), asked, lookup), origin, asked };
}

/** `--llm`, its variable, `llm:` of config2.yaml, the first complete LLM of the old config.yaml, or what is found. */
async function defaultLlm({ settings, flags, env, discover }: Question, lookup: Lookup): Promise<Chosen | undefined> {
  const [name, option] = flags.llm ? [flags.llm, "--llm"] : [env.METAGPT_LLM, "METAGPT_LLM"];
  if (name) return { written: lookup.find(name) ?? unknownName(name, option, lookup), origin: option, asked: option };
  const written = settings.llm ?? firstComplete(settings, env);
  if (written) return { written, origin: written.origin, asked: written.origin };
  const found = await discover?.();
  return found && { written: found.llm, origin: found.llm.origin, asked: found.llm.origin, choice: found.choice };
}

function unknownName(name: string, asked: string, { names }: Lookup): never {
  const meant = nearest(name, names);
  const how =
    "Names are those under models: in config2.yaml, under MODEL_LIST in multi_llm_config.yaml, and kinds such as openai or ollama.";
  throw new ConfigError(`${asked}: no LLM is called ${name}`, {
    hint: meant === undefined ? how : `Did you mean ${meant}? ${how}`,
  });
}

type Connector = ((chosen: Chosen) => Promise<Deployment>) & {
  readonly used: ReadonlyMap<Written, { readonly deployment: Deployment; readonly choice: string }>;
};

/** Completes each LLM once and gives every one a name of its own. */
function connector({ localModel }: Question, sources: Sources): Connector {
  const used = new Map<Written, { deployment: Deployment; choice: string }>();
  const connect = async ({ written, origin, asked, choice }: Chosen): Promise<Deployment> => {
    const earlier = used.get(written);
    if (earlier) return earlier.deployment;
    const whole = await completeLlm(await withLocalModel(written, sources, localModel), sources, asked);
    const taken = new Set([...used.values()].map(({ deployment }) => deployment.name));
    const deployment = { ...whole, name: unused(whole.name, taken) };
    const { name, model } = deployment;
    used.set(written, {
      deployment,
      choice: choice ?? `${name === model || name.endsWith(`/${model}`) ? name : `${name} ${model}`} (${origin})`,
    });
    return deployment;
  };
  return Object.assign(connect, { used });
}

async function withLocalModel(
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

async function rowOf(
  about: { role: string; action: string },
  choose: (role: string, action: string) => Promise<Chosen | undefined>,
  connect: Connector,
  showProblems = false,
): Promise<Row> {
  const nothing: Row = { ...about, llm: "", apiType: "", model: "", baseUrl: "", key: "", origin: "" };
  let chosen: Chosen | undefined;
  try {
    chosen = await choose(about.role, about.action);
    if (!chosen) return nothing;
    const { name, apiType, model, baseUrl, settings } = await connect(chosen);
    const key = typeof settings.api_key === "string" ? maskKey(settings.api_key) : "";
    return { ...about, llm: name, apiType, model, baseUrl, key, origin: chosen.origin };
  } catch (problem) {
    if (!showProblems || !(problem instanceof ConfigError)) throw problem;
    const { name = "", block } = chosen?.written ?? {};
    const { api_type: apiType = "", model = "", base_url: baseUrl = "" } = block ?? {};
    return { ...nothing, llm: name, apiType, model, baseUrl, origin: chosen?.origin ?? "", problem };
  }
}

const idleSettings = ({ origin, idle }: Written): string =>
  `${origin}: without effect here: ${idle.join(", ")}; what the server understands may stand under extra_body`;
