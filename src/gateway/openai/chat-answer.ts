import { z } from "zod";
import type { Delta, FinishReason, Usage } from "../../llm/provider.ts";
import type { Account, ChatAnswer } from "../chat-call.ts";

/** What an answer took, beside it. */
export const AccountShape = z.object({
  llm: z.string(),
  model: z.string(),
  provider: z.string(),
  attempts: z.int(),
  cost: z.number().describe("USD"),
  repaired: z.boolean(),
  cached: z.boolean(),
}) satisfies z.ZodType<Account>;

const UsageShape = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.object({ cached_tokens: z.int() }),
  completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
});

const CallShape = z.object({
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

/** A whole answer of the chat API. */
export const ChatCompletion = z.object({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal("assistant"),
        content: z.string().nullable(),
        reasoning_content: z.string().optional(),
        tool_calls: z.array(CallShape).optional(),
        refusal: z.null(),
      }),
      logprobs: z.null(),
      finish_reason: z.string(),
    }),
  ),
  usage: UsageShape,
});

/** What an answer is known by: the same in all of its chunks. */
export interface Head {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** As the caller named it. */
  readonly model: string;
}

/** The answer as one object. */
export function completionOf(head: Head, answer: ChatAnswer): z.infer<typeof ChatCompletion> {
  const { text, reasoning, toolCalls, finish, usage } = answer;
  const calls = toolCalls.map(({ id, name, arguments: text }) => ({
    ...{ id, type: "function" as const },
    function: { name, arguments: text },
  }));
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: calls.length > 0 && text === "" ? null : text,
          ...(reasoning !== "" && { reasoning_content: reasoning }),
          ...(calls.length > 0 && { tool_calls: calls }),
          refusal: null,
        },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: usageOf(usage),
  };
}

/** The chunks of a streamed answer, as events. */
export function chunksOf(head: Head) {
  const { id, created, model } = head;
  // what all chunks begin with is written once
  const begin = JSON.stringify({ id, object: "chat.completion.chunk", created, model }).slice(0, -1);
  const chunk = (choices: readonly object[], more: object = {}) =>
    `data: ${begin},${JSON.stringify({ choices, ...more }).slice(1)}\n\n`;
  const piece = (delta: object, finish: FinishReason | null = null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }]);
  // nearly all of them, and only the text differs
  const textPiece = (text: string) =>
    `data: ${begin},"choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"logprobs":null,"finish_reason":null}]}\n\n`;
  let first = true;
  return {
    /** A piece of the answer; the first one says who speaks. */
    delta(delta: Delta): string {
      if (first) {
        first = false;
        return piece(Object.assign({ role: "assistant", content: "" }, deltaOf(delta)));
      }
      return delta.type === "text" ? textPiece(delta.text) : piece(deltaOf(delta));
    },
    /** Its end, with the usage where that was asked for; the last chunk says what it took. */
    end({ finish, usage, account }: ChatAnswer, { withUsage }: { readonly withUsage: boolean }): string {
      const opening = first ? piece({ role: "assistant", content: "" }) : "";
      const last = withUsage
        ? piece({}, finish) + chunk([], { usage: usageOf(usage), metagpt: account })
        : chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: finish }], { metagpt: account });
      return `${opening}${last}data: [DONE]\n\n`;
    },
  };
}

function deltaOf(delta: Delta): object {
  if (delta.type === "text") return { content: delta.text };
  if (delta.type === "reasoning") return { reasoning_content: delta.text };
  const { index, id, name, arguments: text } = delta;
  const known = id === undefined ? {} : { id, type: "function" };
  return { tool_calls: [{ index, ...known, function: { ...(name !== undefined && { name }), arguments: text } }] };
}

/** Tokens as this API counts them. */
export const usageOf = ({ input, output, cachedRead = 0, reasoning = 0 }: Usage): z.infer<typeof UsageShape> => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cachedRead },
  completion_tokens_details: { reasoning_tokens: reasoning },
});
