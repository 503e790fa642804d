import { ConfigError } from "../src/errors.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { shownAddress } from "../src/llm/wire/address.ts";
import { completeLlm } from "./complete.ts";
import { sourcesOf, withLocalModel } from "./connector.ts";
import { isQuoted, maskKey } from "./keys.ts";
import type { Env } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import type { Settings } from "./load.ts";
import { lookupIn } from "./lookup.ts";
import { type Question, type Resolved, type Row, resolveLlms } from "./resolve.ts";

/** An LLM that the settings name, or that was found, and what a run wants of it. */
export interface Named {
  readonly name: string;
  readonly apiType: string;
  readonly model: string;
  readonly baseUrl: string;
  /** Masked. */
  readonly key: string;
  /** Where that stands: file and line, or a variable. */
  readonly origin: string;
  /** The actions that it answers. */
  readonly asked: readonly string[];
  /** The actions that turn to it when another LLM gives no answer. */
  readonly standsBy: readonly string[];
  /** Quotes stood around its key, which are not sent. */
  readonly quoted: boolean;
  /** Absent where it cannot be asked as it is written; the problem says why. */
  readonly deployment?: Deployment;
  readonly problem?: ConfigError;
}

/** Every LLM that these settings name, whether a run asks it or not; those that it asks first. */
export async function everyLlm(question: Question): Promise<{ llms: readonly Named[]; warnings: readonly string[] }> {
  const { settings, env } = question;
  const resolved = await resolveLlms({ ...question, showProblems: true });
  const written = await completed(question);
  const asked = resolved.deployments.map((deployment) => {
    const same = written.filter((other) => other.deployment && identity(other.deployment) === identity(deployment));
    const own = same.find(({ written: { name } }) => name === deployment.name) ?? same[0];
    return whole(deployment, { written: own?.written, resolved, env });
  });
  const broken = brokenRows(resolved.table);
  const known = new Set([...resolved.deployments.map(identity), ...broken.map(({ name }) => name)]);
  const others = written.flatMap(({ written, deployment, problem }) => {
    const what = deployment ? identity(deployment) : written.name;
    if (known.has(what)) return [];
    known.add(what);
    if (deployment) return [whole(deployment, { written, resolved: undefined, env })];
    return [partly({ name: written.name, ...about(written, settings), problem, asked: [] })];
  });
  return { llms: [...asked, ...broken, ...others], warnings: resolved.warnings };
}

/** The same LLM by two names is one. */
const identity = ({ provider, settings }: Deployment): string => JSON.stringify([provider, settings]);

interface Completed {
  readonly written: Written;
  readonly deployment?: Deployment;
  readonly problem?: ConfigError;
}

/** Every LLM that is written somewhere or meant by a name, each as it could be asked. */
async function completed({ settings, env, localModel }: Question): Promise<Completed[]> {
  const lookup = lookupIn(settings, env);
  const assigned = [...settings.assigned.values()].flatMap(({ llm, fallback = [] }) => [llm, ...fallback]);
  const named = assigned.flatMap((llm) => (typeof llm === "string" ? (lookup.find(llm) ?? []) : llm));
  const all = new Set([
    ...(settings.llm ? [settings.llm] : []),
    ...settings.models.values(),
    ...settings.flat,
    ...named,
  ]);
  const sources = await sourcesOf(settings, env);
  return Promise.all(
    [...all].map(async (written) => {
      try {
        const { deployment } = await completeLlm(await withLocalModel(written, sources, localModel), sources);
        return { written, deployment };
      } catch (problem) {
        if (!(problem instanceof ConfigError)) throw problem;
        return { written, problem };
      }
    }),
  );
}

function whole(
  { name, apiType, model, baseUrl, settings, ...rest }: Deployment,
  { written, resolved, env }: { written: Written | undefined; resolved: Resolved | undefined; env: Env },
): Named {
  const rows = resolved?.table ?? [];
  const key = typeof settings.api_key === "string" ? settings.api_key : "";
  const own = rows.find(({ llm }) => llm === name);
  return {
    name,
    apiType,
    model,
    baseUrl: shownAddress(baseUrl),
    key: maskKey(key),
    origin: written?.origin ?? own?.origin ?? "",
    asked: actionsOf(rows.filter(({ llm }) => llm === name)),
    standsBy: actionsOf(rows.filter(({ fallback }) => fallback.includes(name))),
    quoted: [written?.block.api_key, ...Object.values(env)].some((text) => isQuoted(text, key)),
    deployment: { name, apiType, model, baseUrl, settings, ...rest },
  };
}

/** What answers an action and cannot be asked: each problem once. */
function brokenRows(table: readonly Row[]): Named[] {
  const problems = new Map(table.flatMap(({ problem }) => (problem ? [[problem.message, problem] as const] : [])));
  return [...problems].map(([message, problem]) => {
    const rows = table.filter((row) => row.problem?.message === message);
    const { llm = "", apiType = "", model = "", baseUrl = "", origin = "" } = rows[0] ?? {};
    return partly({ name: llm, apiType, model, baseUrl, origin, problem, asked: actionsOf(rows) });
  });
}

type Part = Pick<Named, "name" | "apiType" | "model" | "baseUrl" | "origin" | "asked"> & {
  problem: ConfigError | undefined;
};

const partly = ({ problem, baseUrl, ...part }: Part): Named => ({
  ...part,
  baseUrl: shownAddress(baseUrl),
  key: "",
  standsBy: [],
  quoted: false,
  ...(problem ? { problem } : {}),
});

const about = ({ block, origin }: Written, { presets }: Settings) => ({
  apiType: block.api_type ?? "openai",
  model: block.model ?? "",
  baseUrl: block.base_url ?? presets.find(block.api_type ?? "openai")?.base_url ?? "",
  origin,
});

const actionsOf = (rows: readonly Row[]): string[] => [...new Set(rows.map(({ action }) => action))];
