import { z } from "zod";
import { type Delta, type Finish, ProviderError, type Usage } from "../provider.ts";
import { noThinking, thinkSplitter } from "../thinking.ts";
import { faultError } from "../wire/failure.ts";

/**
 * Reads the objects of one streamed answer. An answer is whole when its last object says why it ended, or counts. A raw
 * one is read as it stands, and may be empty.
 */
export async function* readAnswer(
  asked: string,
  reply: AsyncIterable<unknown>,
  { raw: plain = false } = {},
): AsyncGenerator<Delta, Finish> {
  const thinking = plain ? noThinking : thinkSplitter();
  let visible = false;
  let calls = 0;
  const shown = (part: Delta): Delta => {
    visible ||= part.type === "text" && part.text.trim() !== "";
    return part;
  };
  for await (const raw of saying(reply)) {
    const { message, ...part } = Part.parse(raw);
    const thought = message.thinking || part.thinking;
    if (thought) yield { type: "reasoning", text: thought };
    for (const piece of thinking.push(message.content || part.response)) yield shown(piece);
    for (const call of message.tool_calls) {
      yield {
        type: "tool-call",
        index: calls++,
        ...(call.id && { id: call.id }),
        name: call.function.name,
        arguments: JSON.stringify(call.function.arguments ?? {}),
      };
    }
    if (!part.done) continue;
    for (const piece of thinking.end()) yield shown(piece);
    const usage = usageOf(part);
    const fail = (text: string, kind: ProviderError["kind"]) => new ProviderError(text, { kind, usage });
    if (!part.done_reason && part.eval_count === undefined) throw fail(brokenOff, "truncated");
    if (/^(un)?load$/.test(part.done_reason)) throw fail("the server only loaded the model", "empty");
    const finish = calls > 0 ? "tool_calls" : part.done_reason === "length" ? "length" : "stop";
    if (finish === "stop" && !visible && !plain) throw fail("the model answered nothing", "empty");
    return { finish, usage, model: part.model || asked };
  }
  throw new ProviderError(brokenOff, { kind: "truncated" });
}

const brokenOff = "the answer broke off before it was finished";

/** The package reports an early end and an error in mid-stream as plain errors. */
async function* saying(reply: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* reply;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ProviderError || error.name === "AbortError") throw error;
    if (/^Did not receive done/.test(error.message)) throw new ProviderError(brokenOff, { kind: "truncated" });
    throw faultError({ message: error.message });
  }
}

function usageOf({
  prompt_eval_count: input,
  eval_count: output,
}: Omit<z.infer<typeof Part>, "message">): Usage | undefined {
  return input && output ? { input, output, source: "reported" } : undefined;
}

const words = z.string().catch("");
const tokens = z.int().nonnegative().optional().catch(undefined);

const Part = z.object({
  model: words,
  message: z
    .object({
      content: words,
      thinking: words,
      tool_calls: z
        .array(z.object({ id: words, function: z.object({ name: words, arguments: z.unknown().optional() }) }))
        .catch([]),
    })
    .catch({ content: "", thinking: "", tool_calls: [] }),
  /** What `message` holds elsewhere, where a prompt was asked. */
  response: words,
  thinking: words,
  done: z.boolean().catch(false),
  done_reason: words,
  prompt_eval_count: tokens,
  eval_count: tokens,
});
