import type { Deployment } from "../llm/deployment.ts";
import type { Llms } from "../llm/llms.ts";
import type { Delta } from "../llm/provider.ts";
import type { AnswerCache } from "./cache.ts";
import type { Caller } from "./callers.ts";
import type { ChatAnswer, ChatCall, Counted } from "./chat-call.ts";
import type { Metrics } from "./metrics.ts";
import { type Model, type Models, namedModel } from "./models.ts";
import { askPlainly } from "./plain.ts";
import { Refusal } from "./refusal.ts";
import { askShaped } from "./shaped.ts";
import type { Turn } from "./turn.ts";

/** Answers questions, whatever surface they come by. */
export interface Chat {
  /** Calls that are being answered. */
  readonly underWay: number;
  /** The model of that name, for a caller who may use it. Throws a Refusal. */
  modelOf(name: string, caller: Caller): Model;
  /**
   * Answers, and passes pieces of the answer on as they come where it is not to be JSON. Throws a Refusal where nobody
   * has an answer.
   */
  answer(call: ChatCall, asking: Asking): Promise<ChatAnswer>;
  /** Does something else with a model, first of all its first deployment, under the same limits. */
  under<T extends Counted>(
    name: string,
    asking: Omit<Asking, "hear">,
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
  readonly hear?: ((delta: Delta) => unknown) | undefined;
}

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

  const modelOf = (name: string, caller: Caller) => {
    const model = models.find(namedModel(name).plain);
    if (!model) throw unknown(name);
    if (!caller.may(name)) {
      throw new Refusal("forbidden", `${caller.name} may not use ${name}`, {
        code: "model_not_allowed",
        param: "model",
      });
    }
    if (model.unusable !== undefined) throw new Refusal("busy", model.unusable, { code: "model_unavailable" });
    return model;
  };

  const under: Chat["under"] = async (name, { id, caller, signal }, work) => {
    const { name: known, deployments } = modelOf(name, caller);
    const [first] = deployments;
    if (!first) throw new Error(`the model ${name} has no deployment`);
    if (underWay >= maxCalls || stop.aborted) {
      throw new Refusal("busy", stop.aborted ? "the server is closing" : `${maxCalls} calls are under way`, {
        retryAfter: 1,
      });
    }
    underWay += 1;
    try {
      const answer = await work({ id, llms, deployments, budget: caller.budget, signal, stop }, first);
      if (!answer.account.cached) metrics.answered(caller.name, answer);
      return answer;
    } catch (error) {
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
    modelOf,
    under,
    answer: (call, asking) =>
      under(call.model, asking, async (turn, by) => {
        const known = cache?.find(call, by);
        if (known) {
          await passOn(known, asking);
          return known;
        }
        const began = performance.now();
        let silence: number | undefined;
        const hear = (delta: Delta) => {
          silence ??= (performance.now() - began) / 1000;
          return asking.hear?.(delta);
        };
        const shaped = call.format !== undefined || namedModel(call.model).repaired;
        const answer = shaped
          ? await askShaped(call, turn)
          : await askPlainly(call, asking.hear ? { ...turn, hear } : turn);
        if (shaped) await passOn(answer, asking);
        cache?.keep(call, by, answer);
        if (silence !== undefined) metrics.firstToken(answer.account.llm, silence);
        return answer;
      }),
  };
}

/** Passes a whole answer on at once. */
async function passOn({ text, reasoning, toolCalls }: ChatAnswer, { hear }: Asking): Promise<void> {
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
