import { z } from "zod";
import type { Delta, FinishReason, Usage } from "../../llm/provider.ts";
import type { ChatAnswer } from "../chat-call.ts";

/** A whole answer of the messages API. */
export const MessageShape = z.object({
  id: z.string(),
  type: z.literal("message"),
  role: z.literal("assistant"),
  model: z.string(),
  content: z.array(z.looseObject({ type: z.enum(["text", "tool_use"]) })),
  stop_reason: z.string().nullable(),
  stop_sequence: z.string().nullable(),
  usage: z.object({ input_tokens: z.int(), output_tokens: z.int(), cache_read_input_tokens: z.int() }),
});

interface Head {
  readonly id: string;
  /** As the caller named it. */
  readonly model: string;
}

/** The answer as one object. */
export function messageOf(head: Head, { text, toolCalls, finish, usage }: ChatAnswer): z.infer<typeof MessageShape> {
  return {
    ...emptyMessage(head),
    content: [
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...toolCalls.map(({ id, name, arguments: text }) => ({
        type: "tool_use" as const,
        id,
        name,
        input: inputOf(text),
      })),
    ],
    stop_reason: reasons[finish],
    usage: usageOf(usage),
  };
}

const emptyMessage = ({ id, model }: Head) => ({
  ...{ id, type: "message" as const, role: "assistant" as const, model, content: [] },
  ...{ stop_reason: null, stop_sequence: null },
});

/** The events of a streamed answer. */
export function eventsOf(head: Head) {
  let open: { readonly index: number; readonly of: string } | undefined;
  let blocks = 0;
  let begun = false;

  const begin = () => {
    if (begun) return "";
    begun = true;
    return event("message_start", { message: { ...emptyMessage(head), usage: noUsage } });
  };
  const close = () => {
    const text = open ? event("content_block_stop", { index: open.index }) : "";
    open = undefined;
    return text;
  };
  /** The block for this part, opened where another one stands. */
  const within = (of: string, block: object) => {
    if (open?.of === of) return { text: "", index: open.index };
    const closed = close();
    open = { index: blocks, of };
    blocks += 1;
    return {
      text: closed + event("content_block_start", { index: open.index, content_block: block }),
      index: open.index,
    };
  };

  return {
    /** A piece of the answer; what a model thinks is not passed on, because it could not be signed. */
    delta(delta: Delta): string {
      if (delta.type === "reasoning") return "";
      const start = begin();
      if (delta.type === "text") {
        const { text, index } = within("text", { type: "text", text: "" });
        return start + text + event("content_block_delta", { index, delta: { type: "text_delta", text: delta.text } });
      }
      const { id = `toolu_${delta.index}`, name = "" } = delta;
      const { text, index } = within(`tool ${delta.index}`, { type: "tool_use", id, name, input: {} });
      if (delta.arguments === "") return start + text;
      const part = { type: "input_json_delta", partial_json: delta.arguments };
      return start + text + event("content_block_delta", { index, delta: part });
    },
    end({ finish, usage, account }: ChatAnswer): string {
      const delta = { stop_reason: reasons[finish], stop_sequence: null };
      const said = event("message_delta", { delta, usage: usageOf(usage) });
      return begin() + close() + said + event("message_stop", { metagpt: account });
    },
  };
}

export const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const usageOf = ({ input, output, cachedRead = 0 }: Usage) => ({
  input_tokens: Math.max(0, input - cachedRead),
  output_tokens: output,
  cache_read_input_tokens: cachedRead,
});

const noUsage = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0 };

/** Arguments that are no JSON object are passed on all the same. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return { arguments: text };
  }
}

const reasons: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
};
