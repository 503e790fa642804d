import type { Budget } from "../budget.ts";
import type { NewEvent } from "../events.ts";
import type { KeptAnswer, LlmCall } from "../llm/call.ts";
import type { Deployment } from "../llm/deployment.ts";
import type { Llms } from "../llm/llms.ts";
import type { Delta, Usage } from "../llm/provider.ts";

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
  /** Passes a piece of the answer on; what it returns is waited for. Absent where only the whole is of use. */
  readonly hear?: ((delta: Delta) => unknown) | undefined;
}

/** What the calls of one turn come to. */
export interface Ledger {
  readonly attempts: number;
  readonly usage: Usage;
  readonly cost: number;
  readonly repaired: boolean;
  readonly reasoning: string;
  /** A piece of the answer has been passed on. */
  readonly passedOn: boolean;
  ask(call: LlmCall, deployment: Deployment, key: string): Promise<KeptAnswer>;
  note(event: NewEvent): void;
}

/** Opens the ledger of a turn, through which all of its calls go. */
export function openLedger({ llms, budget, signal, stop, note: say, hear }: Turn): Ledger {
  let attempts = 0;
  let usage: Usage = { input: 0, output: 0, source: "reported" };
  let cost = 0;
  let repaired = false;
  let reasoning = "";
  let passedOn = false;

  const note = (event: NewEvent) => {
    if (event.type === "retry") {
      attempts += 1;
      reasoning = "";
    }
    if (event.type === "repair") repaired = true;
  };
  const heard = (delta: Delta) => {
    if (delta.type === "reasoning") reasoning += delta.text;
    if (!hear) return;
    passedOn = true;
    return hear(delta);
  };
  return {
    get attempts() {
      return attempts;
    },
    get usage() {
      return usage;
    },
    get cost() {
      return cost;
    },
    get repaired() {
      return repaired;
    },
    get reasoning() {
      return reasoning;
    },
    get passedOn() {
      return passedOn;
    },
    note,
    async ask(call, deployment, key) {
      attempts += 1;
      reasoning = "";
      const answer = await llms.ask(call, deployment, {
        ...{ key, signal, stop, budget, emit: note, heard },
        passedOn: () => passedOn,
      });
      cost += answer.usd ?? 0;
      if (answer.told) usage = sum(usage, answer.told.usage);
      say({ llm: deployment.name, attempts, tokens_in: usage.input, tokens_out: usage.output, usd: cost });
      return answer;
    },
  };
}

function sum(one: Usage, other: Usage): Usage {
  const added = (key: "cachedRead" | "cachedWrite" | "reasoning") => {
    const both = [one[key], other[key]].filter((tokens) => tokens !== undefined);
    return both.length === 0 ? {} : { [key]: both.reduce((all, tokens) => all + tokens, 0) };
  };
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    ...added("cachedRead"),
    ...added("cachedWrite"),
    ...added("reasoning"),
    source: one.source === "estimated" || other.source === "estimated" ? "estimated" : "reported",
  };
}
