import { ConfigError } from "../src/errors.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { chosen, idleWarning, openLookup, standInsOf } from "./connector.ts";
import { checkNames, defaultLlm, type Question, type Row, tableOf } from "./resolve.ts";

/** An LLM that can be asked by its name, which is the deployment's. */
export interface Offered {
  readonly deployment: Deployment;
  /** The names of those to turn to, in order, when it gives no answer; each is offered too. */
  readonly fallback: readonly string[];
}

/** Everything that programs may ask by name. */
export interface Catalog {
  readonly llms: readonly Offered[];
  /** The name of the one that is asked where nothing else is said; undefined where there is none. */
  readonly byDefault: string | undefined;
  /** Which of them answers which action, as in a run; a row that cannot be answered keeps its problem. */
  readonly table: readonly Row[];
  /** Settings without effect, and why an LLM that is written is not offered. */
  readonly warnings: readonly string[];
}

/**
 * The LLMs that the settings name, those of their own first, with whom to turn to. One that cannot be asked as it is
 * written is left out with a warning, for the others can do without it; a slip in the settings is still an error.
 */
export async function catalogOf(question: Question): Promise<Catalog> {
  const { settings } = question;
  const about = [...settings.warnings, ...checkNames(question)];
  const { lookup, connect } = await openLookup(question);
  const left = new Set<string>();
  const leaveOut = ({ message }: ConfigError) => void left.add(`${message}; it is left out`);
  const offer = async <T>(make: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await make();
    } catch (problem) {
      if (!(problem instanceof ConfigError)) throw problem;
      leaveOut(problem);
      return undefined;
    }
  };
  for (const written of settings.models.values()) await offer(() => connect(chosen(written)));
  const usual = await offer(() => defaultLlm({ ...question, discover: () => discovered(question) }, lookup));
  const byDefault = usual && (await offer(() => connect(usual)));
  for (const written of settings.flat) await offer(() => connect(chosen(written)));
  const table = await tableOf({ ...question, showProblems: true }, { lookup, connect }, async () => usual);
  const llms: Offered[] = [];
  // Whom one turns to is connected on the way, and has its turn at the end.
  for (const [written, { deployment }] of connect.used) {
    const fallback = await standInsOf(chosen(written), deployment.name, { lookup, connect, leaveOut });
    llms.push({ deployment, fallback });
  }
  const idle = [...connect.used].flatMap(([{ origin }, { idle }]) => idleWarning(origin, idle));
  return { llms, byDefault: byDefault?.name, table, warnings: [...about, ...lookup.warnings, ...left, ...idle] };
}

/** To find none is no failure here: a server may be given its LLMs later. */
async function discovered({ discover }: Question): ReturnType<NonNullable<Question["discover"]>> {
  try {
    return await discover?.();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
