import { z } from "zod";
import type { Budget } from "../budget.ts";
import type { Operation } from "../engine/steps.ts";
import type { Emit } from "../events.ts";
import { keyOf } from "./about.ts";
import { type Account, openAccount, Refused } from "./account.ts";
import { costOf } from "./cost.ts";
import type { Deployment, PriceBasis } from "./deployment.ts";
import { connectDeployment } from "./index.ts";
import {
  type Delta,
  type FailureKind,
  type Finish,
  type FinishReason,
  type Llm,
  type Notice,
  ProviderError,
  type Usage,
} from "./provider.ts";
import type { RecordedAnswer } from "./recordings.ts";
import { retrying } from "./retry.ts";
import { estimateMessages, estimateTokens } from "./tokens.ts";

const Call = z.object({
  role: z.string(),
  action: z.string(),
  subject: z.string(),
  attempt: z.int(),
  turn: z.int(),
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
  schema: z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()) }).optional(),
});

/** One question to one LLM, as it crosses the seam. */
export type LlmCall = z.infer<typeof Call>;

/** What came of it. `usd` is what it cost, a failure too, so that a run that is replayed ends with the same sum. */
export type LlmAnswer =
  | {
      readonly ok: true;
      readonly text: string;
      readonly finish: FinishReason;
      readonly model: string;
      readonly usd: number;
    }
  | { readonly ok: false; readonly failure: LlmFailure; readonly usd?: number };

type LlmFailure = {
  readonly kind: FailureKind | "budget" | "stopped";
  readonly message: string;
  readonly hint?: string;
  /** One line for each attempt that failed. */
  readonly tries: readonly string[];
};

interface Surroundings {
  readonly deployments: readonly Deployment[];
  readonly connect?: (deployment: Deployment, notify: (notice: Notice) => void) => Promise<Llm>;
  readonly budget: Budget;
  readonly emit: Emit;
  /** Once aborted no call and no further try is begun; those under way end by the signal of the engine. */
  readonly stop: AbortSignal;
  readonly record?: ((call: LlmCall, answer: RecordedAnswer) => Promise<void>) | undefined;
  /** Milliseconds. */
  readonly clock?: () => number;
}

/** What a call is under: its key, the signal that ends it, and the one that also forbids another try. */
interface Under {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly ended: AbortSignal;
  readonly account: Account;
}

/** What one attempt has brought so far; `unseen` is reasoning and tool calls, which cost but are not returned. */
interface Received {
  text: string;
  unseen: string;
}

/**
 * The operation that asks an LLM: everything that stands around a call, once for all providers. It keeps to the
 * budget, tries again what may pass, tells the run what happens, and answers failures as data.
 */
export function llmOperation(surroundings: Surroundings): Operation {
  const { deployments, connect = connectDeployment, budget, emit, stop, record, clock = Date.now } = surroundings;
  const connections = new Map<string, Promise<Llm>>();
  const notify = ({ about, ...notice }: Notice) => emit({ ...notice, key: keyOf(about), ...about });
  const connected = (deployment: Deployment) => {
    const connection = connections.get(deployment.name) ?? connect(deployment, notify);
    connections.set(deployment.name, connection);
    return connection;
  };

  return async (input, { key, lane, signal }): Promise<LlmAnswer> => {
    const call = Call.parse(input);
    const deployment = deployments.find(({ name }) => name === lane);
    if (!deployment) throw new Error(`${key} is for the LLM "${lane}", which is not among those of the run`);
    const ended = AbortSignal.any([stop, signal]);
    const account = await openAccount(budget, mostOf(call, deployment), ended).catch(refusal);
    if (account instanceof Refused) return { ok: false, failure: failureOf(account, []) };
    try {
      // A signal of its own for each call: Node warns of a leak when many calls listen to the same one.
      return await perform(call, deployment, { key, signal: AbortSignal.any([signal]), ended, account });
    } finally {
      account.close();
    }
  };

  /** Asks, again where that helps, and tells the run about it. */
  async function perform(call: LlmCall, deployment: Deployment, under: Under): Promise<LlmAnswer> {
    const { key, signal, ended, account } = under;
    const { messages, schema, ...about } = call;
    const request = { messages, schema, maxTokens: deployment.maxToken, about };
    const seen = { key, ...about, llm: deployment.name, model: deployment.model };
    const began = clock();
    const seconds = () => (clock() - began) / 1000;
    const progress = throttled(clock, (tokens) => emit({ type: "call-progress", key, ...about, tokens }));
    const lost: Usage[] = [];
    const tries: string[] = [];

    const attempt = async (llm: Llm) => {
      const received: Received = { text: "", unseen: "" };
      try {
        const finish = await drain(llm.stream(request, { signal }), received, () => {
          refuseFlood(received, deployment);
          progress(received);
        });
        return { text: received.text, ...finish, usage: usageOf(finish, call, received) };
      } catch (error) {
        const used = lostBy(error, call, received);
        lost.push(used);
        account.spend(costOf(used, deployment.price));
        throw error;
      }
    };

    emit({ type: "call-start", ...seen });
    try {
      const llm = await connected(deployment);
      const { text, finish, usage, model, cost } = await retrying(() => attempt(llm), {
        signal: ended,
        onRetry: async (failed, { message: reason }, wait) => {
          tries.push(reason);
          await account.renew();
          emit({ type: "retry", ...seen, failed, reason, wait: wait / 1000 });
        },
      });
      const own = cost ?? costOf(usage, deployment.price);
      const basis = cost === undefined ? deployment.priceBasis : basisOfStated(deployment);
      account.spend(own);
      const usd = account.spent;
      emit({ type: "call-end", ...seen, model, seconds: seconds(), finish, usage, cost: { usd, basis } });
      await record?.(call, { text, finish, model, usage, usd: own });
      return { ok: true, text, finish, model, usd };
    } catch (error) {
      if (!(error instanceof ProviderError || error instanceof Refused)) throw error;
      const failure = failureOf(error, error instanceof ProviderError ? error.tries : tries);
      const usd = account.spent;
      const usage = sumOf(lost);
      emit({ type: "call-failed", ...seen, ...failure, tries: [...failure.tries], seconds: seconds(), usage, usd });
      return { ok: false, failure, usd };
    }
  }
}

/** The most a call can cost: its prompt, the schema that servers count with it, and the longest answer allowed. */
function mostOf({ messages, schema }: LlmCall, { price, maxToken }: Deployment): number {
  const shape = schema ? estimateTokens(JSON.stringify(schema)) : 0;
  return costOf({ input: estimateMessages(messages) + shape, output: maxToken }, price);
}

/** Reads a stream to its end; when `more` objects, the stream is closed. */
async function drain(stream: AsyncGenerator<Delta, Finish, void>, received: Received, more: () => void) {
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done) return step.value;
      const delta = step.value;
      if (delta.type === "text") received.text += delta.text;
      else received.unseen += delta.type === "reasoning" ? delta.text : (delta.name ?? "") + delta.arguments;
      more();
    }
  } catch (error) {
    await stream.return(undefined as never);
    throw error;
  }
}

/** A server that ignores the limit of an answer must not fill the memory. No token has twenty characters on average. */
function refuseFlood({ text, unseen }: Received, { model, maxToken }: Deployment): void {
  if (text.length + unseen.length <= maxToken * 20) return;
  const hint = "The server ignores max_token, or the model repeats itself without end.";
  throw new ProviderError(`${model} sent far more than the ${maxToken} tokens it may`, { kind: "protocol", hint });
}

const tokensOf = ({ text, unseen }: Received) => estimateTokens(text) + estimateTokens(unseen);

/** Tells the tokens received so far at most four times a second. */
function throttled(clock: () => number, tell: (tokens: number) => void): (received: Received) => void {
  let last = clock();
  return (received) => {
    const now = clock();
    if (now - last < 250) return;
    last = now;
    tell(tokensOf(received));
  };
}

/** The server's own count; one that counts nothing although an answer came is none, and is estimated. */
function usageOf({ usage }: Finish, { messages }: LlmCall, received: Received): Usage {
  const output = tokensOf(received);
  if (usage && (usage.output > 0 || output === 0)) return usage;
  return { input: estimateMessages(messages), output, source: "estimated" };
}

/** What a failed attempt used. A server charges for what it generated before a stream broke; nothing received is free. */
function lostBy(error: unknown, { messages }: LlmCall, received: Received): Usage {
  if (error instanceof ProviderError && error.usage) return error.usage;
  const output = tokensOf(received);
  return { input: output > 0 ? estimateMessages(messages) : 0, output, source: "estimated" };
}

/** Estimated as soon as a part that counts is. */
function sumOf(parts: readonly Usage[]): Usage {
  const total = (of: "input" | "output") => parts.reduce((sum, part) => sum + part[of], 0);
  const counted = parts.filter(({ input, output }) => input + output > 0);
  const reported = counted.length > 0 && counted.every(({ source }) => source === "reported");
  return { input: total("input"), output: total("output"), source: reported ? "reported" : "estimated" };
}

/** A cost that the answer itself states is exact, unless it is an old one. */
const basisOfStated = ({ provider }: Deployment): PriceBasis => (provider === "recording" ? "recorded" : "known");

function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}

function failureOf({ kind, message, hint }: ProviderError | Refused, tries: readonly string[]): LlmFailure {
  return { kind, message, ...(hint === undefined ? {} : { hint }), tries };
}
