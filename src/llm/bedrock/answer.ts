import { z } from "zod";
import { type Delta, type Finish, type FinishReason, ProviderError, type Usage } from "../provider.ts";
import { thinkSplitter } from "../thinking.ts";

/**
 * Reads the events of one streamed answer. Where the answer was asked for as the arguments of a tool, these are its text.
 * What it does not know it passes over.
 */
export function answerReader(model: string, { toolIsAnswer = false } = {}) {
  const thinking = thinkSplitter();
  const calls = new Map<number, number>();
  let visible = false;
  let reason = "";
  let usage: Usage | undefined;

  function* read(raw: unknown): Generator<Delta> {
    const { contentBlockStart, contentBlockDelta, messageStop, metadata } = Event.parse(raw);
    if (contentBlockStart?.start.toolUse && !toolIsAnswer) {
      const { toolUseId: id, name } = contentBlockStart.start.toolUse;
      calls.set(contentBlockStart.contentBlockIndex, calls.size);
      yield { type: "tool-call", index: calls.size - 1, id, name, arguments: "" };
    }
    if (contentBlockDelta) yield* add(contentBlockDelta.contentBlockIndex, contentBlockDelta.delta);
    reason ||= messageStop?.stopReason ?? "";
    usage = metadata ? usageOf(metadata.usage) : usage;
  }

  function* add(block: number, { text, reasoningContent, toolUse }: z.infer<typeof Part>): Generator<Delta> {
    if (reasoningContent.text) yield { type: "reasoning", text: reasoningContent.text };
    for (const part of thinking.push(text)) yield shown(part);
    if (toolUse.input === "") return;
    if (toolIsAnswer) yield shown({ type: "text", text: toolUse.input });
    else yield { type: "tool-call", index: calls.get(block) ?? 0, arguments: toolUse.input };
  }

  const shown = (part: Delta): Delta => {
    visible ||= part.type === "text" && part.text.trim() !== "";
    return part;
  };

  /** What the reader still holds back, once no more events come. */
  function* rest(): Generator<Delta> {
    for (const part of thinking.end()) yield shown(part);
  }

  const finish = (): Finish => {
    const fail = (message: string, kind: ProviderError["kind"]) => new ProviderError(message, { kind, usage });
    if (reason === "") throw fail("the answer broke off before it was finished", "truncated");
    if (reason === "guardrail_intervened") throw fail("a guardrail ended the answer", "policy");
    if (reason === "content_filtered") throw fail("the server's content filter ended the answer", "policy");
    if (reason === "model_context_window_exceeded") throw fail("the model's context is full", "overflow");
    if (/^malformed_/.test(reason)) throw fail(`the server gave up (${reason})`, "server");
    const finish = toolIsAnswer && reason === "tool_use" ? "stop" : (reasons[reason] ?? "stop");
    if (finish === "stop" && !visible) throw fail("the model answered nothing", "empty");
    return { finish, usage, model };
  };

  return { read, rest, finish, finished: () => reason !== "" };
}

const reasons: Partial<Record<string, FinishReason>> = { max_tokens: "length", tool_use: "tool_calls" };

/** What came from the cache and went there is not among the input. */
function usageOf({ inputTokens, outputTokens, ...cache }: z.infer<typeof Counts>): Usage | undefined {
  const { cacheReadInputTokens: cachedRead, cacheWriteInputTokens: cachedWrite } = cache;
  const input = inputTokens + (cachedRead ?? 0) + (cachedWrite ?? 0);
  if (input === 0 || outputTokens === 0) return undefined;
  return {
    input,
    output: outputTokens,
    ...(cachedRead === undefined ? {} : { cachedRead }),
    ...(cachedWrite === undefined ? {} : { cachedWrite }),
    source: "reported",
  };
}

const words = z.string().catch("");
const index = z.int().nonnegative().catch(0);
const count = z.int().nonnegative().catch(0);
const perhaps = z.int().nonnegative().optional().catch(undefined);

const Counts = z.object({
  inputTokens: count,
  outputTokens: count,
  cacheReadInputTokens: perhaps,
  cacheWriteInputTokens: perhaps,
});

const Part = z.object({
  text: words,
  reasoningContent: z.object({ text: words }).catch({ text: "" }),
  toolUse: z.object({ input: words }).catch({ input: "" }),
});

const ToolUse = z.object({ toolUseId: words, name: words });
const Start = z.object({ toolUse: ToolUse.optional().catch(undefined) }).catch({});

const Event = z.object({
  contentBlockStart: z.object({ contentBlockIndex: index, start: Start }).optional().catch(undefined),
  contentBlockDelta: z
    .object({ contentBlockIndex: index, delta: Part.catch(Part.parse({})) })
    .optional()
    .catch(undefined),
  messageStop: z.object({ stopReason: words }).optional().catch(undefined),
  metadata: z
    .object({ usage: Counts.catch(Counts.parse({})) })
    .optional()
    .catch(undefined),
});
