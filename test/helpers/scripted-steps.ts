import type { Json, Steps } from "../../src/engine/steps.ts";
import type { LlmAnswer, LlmCall } from "../../src/llm/call.ts";
import type { FailureKind } from "../../src/llm/provider.ts";

/** An answer as the LLM operation gives it. */
export const said = (text: string, finish: "stop" | "length" = "stop"): LlmAnswer => ({
  ok: true,
  text,
  finish,
  model: "m",
  usd: 0,
});

/** A failure as the LLM operation gives it. */
export const failed = (kind: FailureKind | "budget" | "stopped" | "skipped", message: string): LlmAnswer => ({
  ok: false,
  failure: { kind, message, tries: [] },
});

/** An answer says in whose place it was given, as the question does. */
export function inPlace(answer: LlmAnswer, input: Json): LlmAnswer {
  const { insteadOf } = input as unknown as LlmCall;
  return answer.ok && insteadOf !== undefined ? { ...answer, insteadOf } : answer;
}

/** Steps that play answers in order, remember what was asked and caused, and fail on one question too many. */
export function scriptedSteps(...answers: LlmAnswer[]) {
  const asked: { key: string; lane: string; request: LlmCall }[] = [];
  const caused: { key: string; operation: string; input: Record<string, unknown> }[] = [];
  const steps: Steps = {
    async call(key, _operation, input, lane = "") {
      asked.push({ key, lane, request: input as unknown as LlmCall });
      const answer = answers.shift();
      if (!answer) throw new Error(`nobody scripted an answer to ${key}`);
      return inPlace(answer, input) as unknown as Json;
    },
    apply(key, operation, input) {
      caused.push({ key, operation, input: input as Record<string, unknown> });
    },
  };
  return { steps, asked, caused, left: () => answers.length };
}
