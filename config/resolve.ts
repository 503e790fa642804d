import { ConfigError } from "../src/errors.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { nearest } from "../src/text.ts";
import {
  type Chosen,
  type Connector,
  chosen,
  idleWarning,
  type Opening,
  openLookup,
  standInsOf,
  unknownName,
} from "./connector.ts";
import type { Discovered } from "./discover.ts";
import { maskKey } from "./keys.ts";
import type { Settings } from "./load.ts";
import { firstComplete, type Lookup } from "./lookup.ts";
import { metaGptNames } from "./multi-llm.ts";

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

export interface Question extends Opening {
  readonly roster: Roster;
  /** Every role and action there is, where the roster of this run is smaller. */
  readonly known?: readonly string[];
  /** `--llm`: a configured name, a provider kind, or kind/model. */
  readonly flags: { readonly llm?: string | undefined };
  /** Looks for an LLM where nothing is configured; asked only if an action needs it. */
  readonly discover?: () => Promise<Discovered | undefined>;
  /** Puts problems into the table instead of throwing the first: for showing, never for a run. */
  readonly showProblems?: boolean;
}

/**
 * Decides which LLM answers each action: its own entry, else its role's, else the default. What no action of this run
 * resolves to may be unknown or incomplete.
 */
export async function resolveLlms(question: Question): Promise<Resolved> {
  const warnings = [...question.settings.warnings, ...checkNames(question)];
  const opened = await openLookup(question);
  const table = await tableOf(question, opened, () => defaultLlm(question, opened.lookup));
  return { ...outcomeOf(opened.connect, [...warnings, ...opened.lookup.warnings]), table };
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

function outcomeOf({ used }: Connector, warnings: readonly string[]): Omit<Resolved, "table"> {
  const idle = [...used].flatMap(([{ origin }, { idle }]) => idleWarning(origin, idle));
  return {
    deployments: [...used.values()].map(({ deployment }) => deployment),
    warnings: [...warnings, ...idle],
    choice: [...used.values()].flatMap(({ choice }) => choice ?? []).join(", "),
  };
}

/** Names that are no role and no action are slips, unless MetaGPT has them. */
export function checkNames({ settings, roster, known }: Question): string[] {
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

/** `--llm`, its variable, `llm:` of config2.yaml, the first complete LLM of the old config.yaml, or what is found. */
export async function defaultLlm(
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

/** Which LLM answers each action of the roster. The default is asked for once, and only if an action needs it. */
export async function tableOf(
  { settings, roster, showProblems }: Question,
  { lookup, connect }: { lookup: Lookup; connect: Connector },
  byDefault: () => Promise<Chosen | undefined>,
): Promise<readonly Row[]> {
  let fallback: Promise<Chosen | undefined> | undefined;
  const choose = async (role: string, action: string): Promise<Chosen | undefined> => {
    const assigned = assignedLlm(settings, lookup, role, action);
    fallback ??= assigned ? undefined : byDefault();
    return assigned ?? fallback;
  };
  const table: Row[] = [];
  for (const { role, actions } of roster) {
    for (const action of actions) {
      table.push(await rowOf({ role, action }, { choose, lookup, connect, showProblems }));
    }
  }
  return table;
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
    const fallback = await standInsOf(chosen, name, { lookup, connect });
    return { ...about, llm: name, fallback, apiType, model, baseUrl, key, origin: chosen.origin };
  } catch (problem) {
    if (!showProblems || !(problem instanceof ConfigError)) throw problem;
    const { name = "", block } = chosen?.written ?? {};
    const { api_type: apiType = "", model = "", base_url: baseUrl = "" } = block ?? {};
    return { ...nothing, llm: name, apiType, model, baseUrl, origin: chosen?.origin ?? "", problem };
  }
}
