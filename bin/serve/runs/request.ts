import { ConfigError, UsageError } from "../../../src/errors.ts";
import type { Caller } from "../../../src/gateway/callers.ts";
import { moreMoney, Refusal, wordsOf } from "../../../src/gateway/refusal.ts";
import { RunRequest } from "../../../src/gateway/runs.ts";
import { nearest } from "../../../src/text.ts";
import type { Flags } from "../../flags.ts";
import { type Plan, planRun, readSettings } from "../../plan.ts";

/** What the server itself decides about every run. */
export interface House {
  /** Of the command line that started the server. */
  readonly flags: Pick<Flags, "config" | "llm">;
  readonly workspace: string;
  /** The names of the LLMs that a caller may choose. */
  readonly llms: readonly string[];
}

/** A run that can begin, and the command line that would begin it. */
export interface Planned {
  readonly plan: Plan;
  readonly flags: Flags;
}

/**
 * Decides what a request comes to. What is wrong with it is a Refusal. Where it names no investment, the run gets that
 * of the configuration, but no more than the caller has left.
 */
export async function planRequest({ idea, options }: RunRequest, caller: Caller, house: House): Promise<Planned> {
  try {
    refuseUnknownLlm(options, house);
    const asked: Flags = { ...house.flags, ...flagsOf(options), workspace: house.workspace };
    const { options: settings } = await readSettings(asked);
    if (settings.run_tests && settings.sandbox !== "require") throw noSandbox();
    const investment = options.investment ?? Math.min(settings.investment, caller.budget.free);
    const flags = { ...asked, investment, ...(settings.run_tests && { yes: true }) };
    const plan = await planRun(flags, idea);
    if (plan.estimate.usd > 0 && caller.budget.free === 0) throw noMoney(caller);
    return { plan, flags };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ConfigError)) throw error;
    throw new Refusal("request", inWordsOfRequest(wordsOf(error)), { cause: error });
  }
}

/** The caller's money does not suffice. */
export const noMoney = ({ name }: Caller) =>
  new Refusal(
    "quota",
    `what ${name || "this server"} may spend does not suffice for the run. Ask with a smaller options.investment. ${moreMoney}`,
    { code: "insufficient_quota" },
  );

const noSandbox = () =>
  new Refusal(
    "request",
    "run_tests runs what a model wrote, which this server does not do without sandbox: require in its config",
    {
      param: "options.run_tests",
      code: "sandbox_required",
    },
  );

/** Other words than names could be paths of this machine. */
function refuseUnknownLlm({ llm }: RunRequest["options"], { llms }: House): void {
  if (llm === undefined || llms.includes(llm)) return;
  const meant = nearest(llm, llms);
  throw new Refusal("request", `there is no LLM ${llm} here${meant === undefined ? "" : `; did you mean ${meant}?`}`, {
    param: "options.llm",
    code: "model_not_found",
  });
}

/** The same on the command line: n_round is nRound. */
function flagsOf(options: RunRequest["options"]): Flags {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}

/** What the command line calls --no-code-review is `options.code_review: false` in a request. */
const inWordsOfRequest = (text: string) =>
  text.replace(/--(no-)?([a-z][a-z-]*)/g, (typed, not: string | undefined, flag: string) => {
    const name = flag.replaceAll("-", "_");
    if (!(name in options)) return typed;
    return `options.${name}${not ? ": false" : ""}`;
  });

const options = RunRequest.shape.options.unwrap().shape;
