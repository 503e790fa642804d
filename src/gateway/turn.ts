import type { Budget } from "../budget.ts";
import { ConfigError } from "../errors.ts";
import type { NewEvent } from "../events.ts";
import type { KeptAnswer, LlmCall, LlmFailure, Told } from "../llm/call.ts";
import type { Deployment } from "../llm/deployment.ts";
import type { Asking, Llms } from "../llm/llms.ts";
import type { Delta, Usage } from "../llm/provider.ts";
import type { Hear } from "./chat.ts";

/** One question of a caller while it is being answered. */
export interface Turn {
  /** Of the request. */
  readonly id: string;
  readonly llms: Llms;
  /** Who answers, and who takes its place. */
  readonly deployments: readonly Deployment[];
  readonly budget: Budget;
  /** The caller has gone. */
  readonly signal: AbortSignal;
  /** The server is closing: nothing more is begun. */
  readonly stop: AbortSignal;
  /** Said in the log of this request, in place of what was said before. */
  readonly note: (facts: Readonly<Record<string, unknown>>) => void;
}

/** The calls of one turn, and what they come to. */
export interface Ledger {
  readonly sums: Sums;
  ask(call: LlmCall, deployment: Deployment, key: string): Promise<KeptAnswer | Failed>;
  /** Has a deployment do something else. */
  by<W extends Worked>(deployment: Deployment, key: string, work: (asking: Asking) => Promise<W>): Promise<W | Failed>;
  note(event: NewEvent): void;
}

interface Sums {
  readonly attempts: number;
  readonly usage: Usage;
  readonly cost: number;
  readonly repaired: boolean;
  readonly reasoning: string;
  /** A piece of the answer has been passed on. */
  readonly passedOn: boolean;
}

/** Opens the ledger of a turn, through which all of its calls go; where only the whole is of use, nobody hears it before. */
export function openLedger({ llms, budget, signal, stop, note: say }: Turn, hear?: Hear): Ledger {
  const sums: { -readonly [K in keyof Sums]: Sums[K] } = {
    attempts: 0,
    usage: { input: 0, output: 0, source: "reported" },
    cost: 0,
    repaired: false,
    reasoning: "",
    passedOn: false,
  };
  const failed: string[] = [];
  const tryAgain = () => {
    sums.attempts += 1;
    sums.reasoning = "";
  };
  const heard = (delta: Delta) => {
    if (delta.type === "reasoning") sums.reasoning += delta.text;
    if (!hear) return;
    sums.passedOn = true;
    return hear(delta);
  };
  const passedOn = () => sums.passedOn;
  const by: Ledger["by"] = async (deployment, key, work) => {
    tryAgain();
    const asking = { key, signal, stop, budget, again: tryAgain, heard, passedOn };
    const answer = await work(asking).catch((error: unknown) => unconnected(error, deployment));
    const { usd = 0, told }: Worked = answer;
    sums.cost += usd;
    if (told) sums.usage = sum(sums.usage, told.usage);
    if (!answer.ok) {
      failed.push(`${deployment.name}: ${answer.failure.kind}`);
      // nothing was sent
      if (answer.failure.tries.length === 0) sums.attempts -= 1;
    }
    const { attempts, usage, cost } = sums;
    const tokens = { tokens_in: usage.input, tokens_out: usage.output };
    say({ llm: deployment.name, attempts, ...tokens, usd: cost, failed: failed.join(", ") || undefined });
    return answer;
  };
  return {
    sums,
    note(event) {
      if (event.type === "repair") sums.repaired = true;
    },
    by,
    ask: (call, deployment, key) => by(deployment, key, (asking) => llms.ask(call, deployment, asking)),
  };
}

/** What came of some work. */
type Worked = { readonly ok: true; readonly usd: number; readonly told?: Told } | Failed;

interface Failed {
  readonly ok: false;
  readonly failure: LlmFailure;
  readonly usd?: number;
  readonly told?: Told;
}

/** A deployment that cannot be connected as it is configured is as good as dead, while others can be asked. */
function unconnected(error: unknown, { name }: Deployment): Failed {
  if (!(error instanceof ConfigError)) throw error;
  const { message, hint } = error;
  const failure = { kind: "skipped" as const, message: `${name} cannot be asked: ${message}`, tries: [] };
  return { ok: false, failure: hint === undefined ? failure : { ...failure, hint } };
}

function sum(one: Usage, other: Usage): Usage {
  const added = (key: "cachedRead" | "cachedWrite" | "reasoning") => {
    const both = [one[key], other[key]].filter((tokens) => tokens !== undefined);
    return both.length === 0 ? {} : { [key]: both.reduce((all, tokens) => all + tokens, 0) };
  };
  if (one.input + one.output === 0) return other;
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    ...added("cachedRead"),
    ...added("cachedWrite"),
    ...added("reasoning"),
    source: one.source === "estimated" || other.source === "estimated" ? "estimated" : "reported",
  };
}
