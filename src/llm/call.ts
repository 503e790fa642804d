import { z } from "zod";
import type { Budget } from "../budget.ts";
import { eitherSignal } from "../either-signal.ts";
import type { Operation } from "../engine/steps.ts";
import type { Emit, NewEvent } from "../events.ts";
import type { Connect } from "./call/connections.ts";
import type { Drafts } from "./call/drafts.ts";
import type { Deployment } from "./deployment.ts";
import { openLlms } from "./llms.ts";
import type { About, Delta, FailureKind, FinishReason, ToolCall } from "./provider.ts";
import type { RecordedAnswer } from "./recordings.ts";
import { redactor, secretsOf } from "./secrets.ts";

const Called = z.object({ id: z.string(), name: z.string(), arguments: z.string() });

const Message = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string(),
  toolCalls: z.array(Called).readonly().optional(),
  toolCallId: z.string().optional(),
});

const JsonSchema = z.record(z.string(), z.unknown());

const Sampling = z.object({
  temperature: z.number().optional(),
  topP: z.number().optional(),
  stop: z.array(z.string()).readonly().optional(),
  seed: z.int().optional(),
  presencePenalty: z.number().optional(),
  frequencyPenalty: z.number().optional(),
});

const Call = z.object({
  role: z.string(),
  action: z.string(),
  subject: z.string(),
  attempt: z.int(),
  turn: z.int(),
  messages: z.array(Message).readonly(),
  schema: z.object({ name: z.string(), schema: JsonSchema }).optional(),
  /** What the model may ask its caller to do. */
  tools: z
    .array(z.object({ name: z.string(), description: z.string().optional(), parameters: JsonSchema }))
    .readonly()
    .optional(),
  toolChoice: z.union([z.enum(["auto", "none", "required"]), z.object({ name: z.string() })]).optional(),
  sampling: Sampling.optional(),
  /** Tokens that the answer may have; the deployment's own limit counts where it is smaller. */
  maxTokens: z.int().positive().optional(),
  /** Another LLM is asked if this one fails, so that one known to be dead need not be tried. */
  replaceable: z.boolean().optional(),
  /** The LLM that should have answered, where this one takes its place; repeated in the answer. */
  insteadOf: z.string().optional(),
  /** Nobody hears the answer while it comes, so that it may come at once. */
  whole: z.boolean().optional(),
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
      /** Whole, in the order in which they were begun; the arguments of the last one may be cut where `finish` is `length`. */
      readonly toolCalls?: readonly ToolCall[];
      /** The LLM that should have answered, where another one did. */
      readonly insteadOf?: string;
    }
  | { readonly ok: false; readonly failure: LlmFailure; readonly usd?: number };

/** An answer as it is kept: with what its events have told, so that the sums of a run can be made again. */
export type KeptAnswer = LlmAnswer & { readonly told?: Told };

/** The last event of a call, without whose call it was. */
export type Told =
  | Omit<Extract<NewEvent, { type: "call-end" }>, keyof About | "key">
  | Omit<Extract<NewEvent, { type: "call-failed" }>, keyof About | "key">;

export type LlmFailure = {
  readonly kind: FailureKind | "budget" | "stopped" | "skipped";
  readonly message: string;
  readonly hint?: string;
  /** One line for each attempt that failed. */
  readonly tries: readonly string[];
  /** Milliseconds the server asked to wait before it is asked again. */
  readonly retryAfter?: number;
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

/** The operation that asks an LLM of a run: the one that its lane names. Failures are answered as data. */
export function llmOperation({ connect, clock, ...surroundings }: Surroundings): Operation {
  const { deployments, budget, heard, stop, record, drafts } = surroundings;
  const llms = openLlms({ ...(connect && { connect }), ...(clock && { clock }) });
  const secrets = secretsOf(deployments);
  const clean = redactor(secrets);
  const emit: Emit = (event) => surroundings.emit(clean(event));
  /** The recording, which was asked for, cannot be written: no further call is made for nothing. */
  let broken: { readonly error: unknown } | undefined;
  const recorded = async (call: LlmCall, answer: RecordedAnswer) => {
    // the answer is paid for and shall be kept, whatever becomes of the recording
    await record?.(call, answer).catch((error: unknown) => {
      broken = { error };
      emit({ type: "warning", message: error instanceof Error ? error.message : String(error) });
    });
  };

  return async (input, { key, lane, signal }): Promise<KeptAnswer> => {
    if (broken) throw broken.error;
    const call = Call.parse(input);
    const deployment = deployments.find(({ name }) => name === lane);
    if (!deployment) throw new Error(`${key} is for the LLM "${lane}", which is not among those of the run`);
    const hear = heard && ((delta: Delta) => heard(key, delta));
    // that of the engine outlives the call
    const own = eitherSignal(signal);
    return llms
      .ask(call, deployment, {
        ...{ key, signal: own.signal, stop, budget, emit, secrets, drafts },
        ...{ heard: hear, record: recorded },
      })
      .finally(own.release);
  };
}
