import { z } from "zod";
import type { Budget } from "../budget.ts";
import type { Operation } from "../engine/steps.ts";
import type { Emit, NewEvent } from "../events.ts";
import { keyOf } from "./about.ts";
import { type Account, openAccount, Refused } from "./call/account.ts";
import { type Attempted, AttemptFailed, attempt, type Listening } from "./call/attempt.ts";
import { type Connect, type Connection, openConnections } from "./call/connections.ts";
import { billOf, costOf, sumOf } from "./call/cost.ts";
import type { Drafts } from "./call/drafts.ts";
import { monotonic } from "./call/monotonic.ts";
import { retrying } from "./call/retry.ts";
import type { Deployment } from "./deployment.ts";
import { connectDeployment } from "./index.ts";
import {
  type About,
  type Delta,
  type FailureKind,
  type FinishReason,
  type LlmRequest,
  ProviderError,
  type Usage,
} from "./provider.ts";
import type { RecordedAnswer } from "./recordings.ts";
import { redactor, secretsOf } from "./secrets.ts";
import { countMessages, estimateMessages, estimateTokens } from "./tokens.ts";

const Call = z.object({
  role: z.string(),
  action: z.string(),
  subject: z.string(),
  attempt: z.int(),
  turn: z.int(),
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
  schema: z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()) }).optional(),
  /** Another LLM is asked if this one fails, so that one known to be dead need not be tried. */
  replaceable: z.boolean().optional(),
  /** The LLM that should have answered, where this one takes its place; repeated in the answer. */
  insteadOf: z.string().optional(),
  /** An answer that was cut goes on. */
  continues: z.boolean().optional(),
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
      /** The LLM that should have answered, where another one did. */
      readonly insteadOf?: string;
    }
  | { readonly ok: false; readonly failure: LlmFailure; readonly usd?: number };

/** An answer as it is kept: with what its events have told, so that the sums of a run can be made again. */
export type KeptAnswer = LlmAnswer & { readonly told?: Told };

/** The last event of a call, without whose call it was. */
type Told =
  | Omit<Extract<NewEvent, { type: "call-end" }>, keyof About | "key">
  | Omit<Extract<NewEvent, { type: "call-failed" }>, keyof About | "key">;

type LlmFailure = {
  readonly kind: FailureKind | "budget" | "stopped" | "skipped";
  readonly message: string;
  readonly hint?: string;
  /** One line for each attempt that failed. */
  readonly tries: readonly string[];
};

interface Surroundings {
  readonly deployments: readonly Deployment[];
  readonly connect?: Connect;
  readonly budget: Budget;
  readonly emit: Emit;
  /** Hears the answer with this key piece by piece; a retry begins it anew. */
  readonly heard?: ((key: string, delta: Delta) => void) | undefined;
  /** Once aborted no call and no further try is begun; those under way end by the signal of the engine. */
  readonly stop: AbortSignal;
  readonly record?: ((call: LlmCall, answer: RecordedAnswer) => Promise<void>) | undefined;
  /** Keeps what has come of an answer that may never end. */
  readonly drafts?: Drafts | undefined;
  /** Milliseconds. */
  readonly clock?: () => number;
}

/** What a call is under: its key, the signal that ends it, and the one that also forbids another try. */
interface Under {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly ended: AbortSignal;
  readonly account: Account;
  readonly connection: Connection;
}

/**
 * The operation that asks an LLM: everything that stands around a call, once for all providers. It keeps to the
 * budget and to the limits of each deployment, tries again what may pass, tells the run what happens, and answers
 * failures as data.
 */
export function llmOperation(surroundings: Surroundings): Operation {
  const { deployments, connect = connectDeployment, budget, heard, stop, record, clock = monotonic } = surroundings;
  const secrets = secretsOf(deployments);
  /** The recording, which was asked for, cannot be written: no further call is made for nothing. */
  let broken: { readonly error: unknown } | undefined;
  const clean = redactor(secrets);
  const emit: Emit = (event) => surroundings.emit(clean(event));
  const connectionTo = openConnections(connect, ({ about, ...notice }) =>
    emit({ ...notice, key: keyOf(about), ...about }),
  );

  return async (input, { key, lane, signal }): Promise<KeptAnswer> => {
    if (broken) throw broken.error;
    const call = Call.parse(input);
    const deployment = deployments.find(({ name }) => name === lane);
    if (!deployment) throw new Error(`${key} is for the LLM "${lane}", which is not among those of the run`);
    const connection = connectionTo(deployment);
    const dead = call.replaceable ? connection.breaker.check() : undefined;
    if (dead !== undefined) return { ok: false, failure: { kind: "skipped", message: `skipped: ${dead}`, tries: [] } };
    const ended = AbortSignal.any([stop, signal]);
    const account = await openAccount(budget, mostOf(call, deployment), ended).catch(refusal);
    if (account instanceof Refused) return { ok: false, failure: failureOf(account, []) };
    try {
      // A signal of its own for each call: Node warns of a leak when many calls listen to the same one.
      const under = { key, signal: AbortSignal.any([signal]), ended, account, connection };
      return await perform(call, deployment, under);
    } finally {
      account.close();
    }
  };

  /** Asks, again where that helps, and tells the run about it. */
  async function perform(call: LlmCall, deployment: Deployment, under: Under): Promise<KeptAnswer> {
    const { key, ended, account, connection } = under;
    const about = aboutOf(call);
    const llm = { llm: deployment.name, model: deployment.model };
    const seen = { key, ...about, ...llm };
    const began = clock();
    const seconds = () => (clock() - began) / 1000;
    const queued = () => emit({ type: "call-queued", ...seen });
    const progress = throttled(clock, (tokens) => emit({ type: "call-progress", key, ...about, tokens }));
    const lost: Usage[] = [];
    const tries: string[] = [];

    const once = async () => {
      const draft = surroundings.drafts?.begin(about);
      const hear = (delta: Delta) => {
        heard?.(key, delta);
        draft?.add(delta);
      };
      try {
        const answer = await inTurn(call, deployment, { ...under, secrets, queued, progress, heard: hear });
        await draft?.end({ whole: true });
        return answer;
      } catch (error) {
        await draft?.end({ whole: false });
        if (!(error instanceof AttemptFailed)) throw error;
        lost.push(error.usage);
        account.spend(costOf(error.usage, deployment.price));
        throw error.cause;
      }
    };

    emit({ type: "call-start", ...seen });
    try {
      const { text, reasoning, finish, usage, model, cost } = await retrying(once, {
        signal: ended,
        onRetry: async (failed, { message: reason }, wait) => {
          tries.push(reason);
          await account.renew();
          emit({ type: "retry", ...seen, failed, reason, wait: wait / 1000 });
        },
      });
      connection.breaker.succeeded();
      const own = cost ?? costOf(usage, deployment.price);
      account.spend(own);
      const usd = account.spent;
      if (reasoning.trim() !== "") emit({ type: "reasoning", key, ...about, text: reasoning });
      const paid = { usd, ...billOf(deployment, usd, cost) };
      const named = model || deployment.model;
      const told = { type: "call-end", ...llm, model: named, seconds: seconds(), finish, usage, cost: paid } as const;
      emit({ ...told, key, ...about });
      // the answer is paid for and shall be kept, whatever becomes of the recording
      await record?.(call, { text, finish, model: named, usage, usd: own }).catch((error: unknown) => {
        broken = { error };
        emit({ type: "warning", message: error instanceof Error ? error.message : String(error) });
      });
      const insteadOf = call.insteadOf === undefined ? {} : { insteadOf: call.insteadOf };
      return { ok: true, text, finish, model: named, usd, ...insteadOf, told };
    } catch (error) {
      if (!(error instanceof ProviderError || error instanceof Refused)) throw error;
      if (error instanceof ProviderError) connection.breaker.failed(error.kind, error.message);
      const failure = clean(failureOf(error, error instanceof ProviderError ? error.tries : tries));
      const usd = account.spent;
      const usage = sumOf(lost);
      const facts = { ...failure, tries: [...failure.tries], seconds: seconds(), usage, usd };
      const told = { type: "call-failed", ...llm, ...facts } as const;
      emit({ ...told, key, ...about });
      return { ok: false, failure, usd, told };
    }
  }
}

/** Whose call it is and what for. */
export const aboutOf = ({ role, action, subject, attempt, turn }: LlmCall): About => ({
  ...{ role, action, subject, attempt, turn },
});

/** Milliseconds in a queue that are worth a word. */
const aWhile = 3000;

/** One attempt, as soon as the limits of its deployment allow it. */
async function inTurn(
  call: LlmCall,
  deployment: Deployment,
  {
    connection,
    ended,
    queued,
    ...listening
  }: Under &
    Pick<Listening, "secrets" | "progress" | "heard"> & {
      /** The call has waited a while. */
      queued: () => void;
    },
): Promise<Attempted> {
  const request = await fitting(call, deployment);
  const { model } = deployment;
  const late = setTimeout(queued, aWhile);
  const tokens = estimateMessages(call.messages) + request.maxTokens;
  const leave = await connection.limits.enter(tokens, ended).finally(() => clearTimeout(late));
  let used: number | undefined;
  // Whatever waits below, the program does not end as if all were done.
  const awake = setInterval(() => {}, 60_000);
  try {
    const answer = await attempt(await connection.llm(), request, { ...listening, model });
    used = answer.usage.input + answer.usage.output;
    return answer;
  } finally {
    clearInterval(awake);
    leave(used);
  }
}

/** The request with as much room for the answer as the context leaves; a prompt that leaves none is not sent. */
async function fitting(call: LlmCall, { model, maxToken, contextLength }: Deployment): Promise<LlmRequest> {
  const { messages, schema } = call;
  const request = { messages, schema, about: aboutOf(call) };
  if (contextLength === undefined) return { ...request, maxTokens: maxToken };
  const prompt = (await countMessages(messages)) + (schema ? estimateTokens(JSON.stringify(schema)) : 0);
  const room = contextLength - prompt;
  if (room >= Math.min(maxToken, 256)) return { ...request, maxTokens: Math.min(maxToken, room) };
  const message = `${model}: the prompt of about ${prompt} tokens leaves no room for an answer in a context of ${contextLength}`;
  const hint = "Choose a model with a larger context, or ask for something smaller.";
  throw new ProviderError(message, { kind: "overflow", hint });
}

/** The most a call can cost: its prompt, the schema that servers count with it, and the longest answer allowed. */
function mostOf({ messages, schema }: LlmCall, { price, maxToken }: Deployment): number {
  const shape = schema ? estimateTokens(JSON.stringify(schema)) : 0;
  const input = Math.max(price.input, price.cachedWrite ?? 0);
  return costOf({ input: estimateMessages(messages) + shape, output: maxToken }, { ...price, input });
}

/** Tells the tokens received so far at most four times a second. */
function throttled(clock: () => number, tell: (tokens: number) => void): (tokens: () => number) => void {
  let last = clock();
  return (tokens) => {
    const now = clock();
    if (now - last < 250) return;
    last = now;
    tell(tokens());
  };
}

function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}

function failureOf({ kind, message, hint }: ProviderError | Refused, tries: readonly string[]): LlmFailure {
  return { kind, message, ...(hint === undefined ? {} : { hint }), tries };
}
