import type { Deployment } from "../llm/deployment.ts";
import type { Llms } from "../llm/llms.ts";
import type { Delta } from "../llm/provider.ts";
import type { AnswerCache } from "./cache.ts";
import type { Caller } from "./callers.ts";
import type { ChatAnswer, ChatCall, Counted } from "./chat-call.ts";
import type { Metrics } from "./metrics.ts";
import { type Models, namedModel } from "./models.ts";
import { askPlainly } from "./plain.ts";
import { reasonOf } from "./reason.ts";
import { Refusal } from "./refusal.ts";
import { askShaped } from "./shaped.ts";
import type { Turn } from "./turn.ts";

/** Answers questions, whatever surface they come by. */
export interface Chat {
  /** Calls that are being answered. */
  readonly underWay: number;
  /**
   * Answers, and passes pieces of the answer on as they come where it is not to be JSON. Throws a Refusal where nobody
   * has an answer.
   */
  answer(call: ChatCall, asking: Asking, hear?: Hear): Promise<ChatAnswer>;
  /** Does something else with a model, first of all its first deployment, under the same limits. */
  under<T extends Counted>(
    name: string,
    asking: Asking,
    work: (turn: Turn, first: Deployment) => Promise<T>,
  ): Promise<T>;
}

/** Who asks, and how long that is of interest. */
export interface Asking {
  /** Of the request. */
  readonly id: string;
  readonly caller: Caller;
  /** The caller has gone. */
  readonly signal: AbortSignal;
  /** Of the request: what is not to stand in the log. */
  readonly body: unknown;
  /** Said in the line that the log has of this request. */
  note(facts: Readonly<Record<string, unknown>>): void;
}

/** Hears an answer piece by piece; what it returns is waited for. */
export type Hear = (delta: Delta) => unknown;

interface Parts {
  readonly models: Models;
  readonly llms: Llms;
  readonly metrics: Metrics;
  readonly cache: AnswerCache | undefined;
  /** Calls that may be under way at once; more are turned away. */
  readonly maxCalls: number;
  /** The server is closing. */
  readonly stop: AbortSignal;
}

/** Opens the door to all models. */
export function openChat({ models, llms, metrics, cache, maxCalls, stop }: Parts): Chat {
  let underWay = 0;

  /** The model of that name, for a caller who may use it. */
  const modelOf = (name: string, caller: Caller) => {
    const model = models.find(namedModel(name).plain);
    if (!model) throw unknown(name);
    if (!caller.may(name)) {
      throw new Refusal("forbidden", `${caller.name} may not use ${name}`, {
        code: "model_not_allowed",
        param: "model",
      });
    }
    return model;
  };

  const under: Chat["under"] = async (name, { id, caller, signal, body, note }, work) => {
    const { name: known, deployments, unusable } = modelOf(name, caller);
    note({ model: name });
    if (unusable !== undefined) throw new Refusal("busy", unusable, { code: "model_unavailable" });
    const [first] = deployments;
    if (!first) throw new Error(`the model ${name} has no deployment`);
    if (underWay >= maxCalls || stop.aborted) {
      throw new Refusal("busy", stop.aborted ? "the server is closing" : `${maxCalls} calls are under way`, {
        retryAfter: 1,
      });
    }
    underWay += 1;
    try {
      const answer = await work({ id, llms, deployments, budget: caller.budget, signal, stop, note }, first);
      note(notedOf(answer));
      if (!answer.account.cached) metrics.answered(caller.name, answer);
      return answer;
    } catch (error) {
      note({ reason: reasonOf(error, body) });
      metrics.failed(known, error instanceof Refusal ? (error.code ?? error.kind) : "bug");
      throw error;
    } finally {
      underWay -= 1;
    }
  };

  return {
    get underWay() {
      return underWay;
    },
    under,
    answer: (call, asking, hear) =>
      under(call.model, asking, async (turn, by) => {
        const known = cache?.find(call, by);
        if (known) {
          await passOn(known, hear);
          return known;
        }
        const began = performance.now();
        let silence: number | undefined;
        const timed =
          hear &&
          ((delta: Delta) => {
            silence ??= (performance.now() - began) / 1000;
            return hear(delta);
          });
        const shaped = call.format !== undefined || namedModel(call.model).repaired;
        const answer = shaped ? await askShaped(call, turn) : await askPlainly(call, turn, timed);
        if (shaped) await passOn(answer, hear);
        cache?.keep(call, by, answer);
        if (silence !== undefined) metrics.firstToken(answer.account.llm, silence);
        return answer;
      }),
  };
}

/** What the log says of an answer. */
const notedOf = ({ usage, account, finish }: Counted & Partial<Pick<ChatAnswer, "finish">>) => ({
  llm: account.llm,
  attempts: account.attempts,
  finish,
  tokens_in: usage.input,
  tokens_out: usage.output,
  usd: account.cost,
  repaired: account.repaired || undefined,
  cached: account.cached || undefined,
});

/** Passes a whole answer on at once. */
async function passOn({ text, reasoning, toolCalls }: ChatAnswer, hear: Hear | undefined): Promise<void> {
  if (!hear) return;
  if (reasoning !== "") await hear({ type: "reasoning", text: reasoning });
  if (text !== "") await hear({ type: "text", text });
  for (const [index, call] of toolCalls.entries()) await hear({ type: "tool-call", index, ...call });
}

const unknown = (name: string) =>
  new Refusal(
    "missing",
    `there is no model ${JSON.stringify(name.slice(0, 100))}; GET /v1/models lists those there are`,
    {
      code: "model_not_found",
      param: "model",
    },
  );
