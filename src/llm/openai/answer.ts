import { z } from "zod";
import { type Delta, type Finish, type FinishReason, ProviderError, type Usage } from "../provider.ts";
import { noThinking, thinkSplitter } from "../thinking.ts";
import { faultIn } from "../wire/error-body.ts";
import { faultError } from "../wire/failure.ts";
import { plainChunk } from "./plain-chunk.ts";

/**
 * Reads the chunks of one streamed answer, leniently: every server that copies the chat API copies it differently. Where
 * the answer was asked for as the arguments of a tool, these are its text. A raw answer is read as it stands, and may be
 * empty.
 */
export function answerReader(askedModel: string, { toolIsAnswer = false, raw: plain = false } = {}) {
  const thinking = plain ? noThinking : thinkSplitter();
  const callOf = toolCallIndex();
  let content = "";
  let thoughts = "";
  let visible = false;
  /** The arguments of each call so far. */
  const calls = new Map<number, string>();
  let refusal = "";
  let word = "";
  let model = askedModel;
  let counted: z.infer<typeof Counts> | undefined;

  /** What a chunk adds to the answer. */
  const read = (raw: unknown): readonly Delta[] => {
    const plain = plainChunk(raw);
    if (!plain) return lenient(raw);
    model = plain.model || model;
    if (plain.usage) counted = Usages.parse(plain.usage) ?? counted;
    word ||= plain.finish;
    const text = plain.whole ? unseen(plain.text, content) : plain.text;
    return text === "" ? [] : heard(text);
  };

  const lenient = (raw: unknown): readonly Delta[] => {
    const chunk = Chunk.parse(raw);
    const choice = chunk.choices.find(({ index }) => index === 0);
    counted = chunk.usage ?? chunk.x_groq?.usage ?? choice?.usage ?? counted;
    model = chunk.model || model;
    if (!choice) {
      const fault = chunk.choices.length === 0 ? faultIn(raw) : undefined;
      if (fault?.code !== undefined && !/^(0|200)$/.test(fault.code)) throw faultError(fault);
      return [];
    }
    const { delta, message } = choice;
    const thought = thoughtIn(delta) || unseen(thoughtIn(message), thoughts);
    thoughts += thought;
    refusal += delta.refusal || message.refusal;
    const text = heard(delta.content || choice.text || unseen(message.content, content));
    const called = [...delta.tool_calls, ...message.tool_calls].map((call): Delta => {
      const part = callOf(call);
      calls.set(part.index, (calls.get(part.index) ?? "") + part.arguments);
      return toolIsAnswer ? shown({ type: "text", text: part.arguments }) : { type: "tool-call", ...part };
    });
    word ||= choice.finish_reason === "null" ? "" : choice.finish_reason;
    return [...(thought ? [{ type: "reasoning" as const, text: thought }] : []), ...text, ...called];
  };

  const heard = (piece: string): readonly Delta[] => {
    content += piece;
    return thinking.push(piece).map(shown);
  };

  const shown = (part: Delta): Delta => {
    visible ||= part.type === "text" && part.text.trim() !== "";
    return part;
  };

  /** What the reader still holds back, once no more chunks come: among it the arguments that came in no pieces. */
  const rest = (): readonly Delta[] => {
    const last = thinking.end().map(shown);
    if (word === "" || known() === "length") return last;
    for (const [index, text] of calls) {
      if (text !== "") continue;
      last.push(toolIsAnswer ? shown({ type: "text", text: "{}" }) : { type: "tool-call", index, arguments: "{}" });
    }
    return last;
  };

  const known = () => reasons[word.toLowerCase()] ?? "stop";

  const finish = (): Finish => {
    const called = calls.size > 0;
    const usage = usageOf(counted, visible || called);
    const fail = (message: string, kind: ProviderError["kind"]) => new ProviderError(message, { kind, usage });
    if (refusal) throw fail(`the model refused: ${refusal}`, "policy");
    if (word === "") throw fail("the answer broke off before it was finished", "truncated");
    if (/^(content_filter|sensitive|safety)$/i.test(word))
      throw fail("the server's content filter ended the answer", "policy");
    if (/^(insufficient_system_resource|network_error|error)$/.test(word))
      throw fail(`the server gave up (${word})`, "server");
    if (word === "model_context_window_exceeded") throw fail("the model's context is full", "overflow");
    const reason = called && known() === "stop" ? "tool_calls" : known();
    if (reason === "stop" && !visible && !plain) throw fail("the model answered nothing", "empty");
    const cost = counted?.cost;
    const finish = toolIsAnswer && reason === "tool_calls" ? "stop" : reason;
    return cost === undefined ? { finish, usage, model } : { finish, usage, model, cost };
  };

  return { read, rest, finish, finished: () => word !== "" };
}

/** A whole message in place of a delta may repeat what came before. */
const unseen = (whole: string, before: string) => (whole.startsWith(before) ? whole.slice(before.length) : whole);

/** What the model thought, under any of the names for it. */
const thoughtIn = ({ reasoning_content, reasoning, thinking, reasoning_details }: z.infer<typeof Message>) =>
  reasoning_content || reasoning || thinking || reasoning_details;

/** What reads an answer chunk by chunk. */
export type AnswerReader = ReturnType<typeof answerReader>;

const reasons: Partial<Record<string, FinishReason>> = {
  length: "length",
  max_tokens: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
};

/** Numbers the tool calls of an answer: by index, else by id, else as the one before. */
function toolCallIndex() {
  const ids: (string | undefined)[] = [];
  return ({ index, id, function: { name, arguments: text } }: z.infer<typeof ToolCall>) => {
    const known = id === undefined ? Math.max(0, ids.length - 1) : ids.indexOf(id);
    const place = index ?? (known === -1 ? ids.length : known);
    ids[place] ??= id;
    return { index: place, ...(id === undefined ? {} : { id }), ...(name ? { name } : {}), arguments: text };
  };
}

function usageOf(counts: z.infer<typeof Counts> | undefined, answered: boolean): Usage | undefined {
  if (!counts || counts.prompt_tokens === 0 || (counts.completion_tokens === 0 && answered)) return undefined;
  const prompt = counts.prompt_tokens_details ?? counts.prompt_token_details;
  const cachedRead =
    prompt?.cached_tokens ?? counts.prompt_cache_hit_tokens ?? counts.cached_tokens ?? counts.num_cached_tokens;
  const cachedWrite = prompt?.cache_write_tokens;
  const reasoning = counts.completion_tokens_details?.reasoning_tokens;
  const { prompt_tokens: input, completion_tokens: output } = counts;
  if (cachedRead === undefined && cachedWrite === undefined && reasoning === undefined)
    return { input, output, source: "reported" };
  return {
    ...{ input, output },
    ...(cachedRead === undefined ? {} : { cachedRead }),
    ...(cachedWrite === undefined ? {} : { cachedWrite }),
    ...(reasoning === undefined ? {} : { reasoning }),
    source: "reported",
  };
}

/** What is not there is asked first everywhere: to find a fault and forgive it takes zod twenty times as long. */
const words = z
  .string()
  .nullish()
  .catch("")
  .transform((text) => text ?? "");
const count = z.int().nonnegative().default(0).catch(0);
const perhaps = z.int().nonnegative().optional().catch(undefined);
const Details = z
  .object({ cached_tokens: perhaps, cache_write_tokens: perhaps, reasoning_tokens: perhaps })
  .optional()
  .catch(undefined);

const Counts = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: Details,
  prompt_token_details: Details,
  completion_tokens_details: Details,
  prompt_cache_hit_tokens: perhaps,
  cached_tokens: perhaps,
  num_cached_tokens: perhaps,
  /** USD; what no call can cost is a slip. */
  cost: z.number().nonnegative().max(1000).optional().catch(undefined),
});
const Usages = Counts.optional().catch(undefined);

/** A text, or a list of parts that hold some. */
const Text = z
  .union([z.string(), z.array(z.object({ text: words })).transform(joined)])
  .nullish()
  .catch("")
  .transform((text) => text ?? "");

function joined(parts: readonly { text: string }[]): string {
  return parts.map(({ text }) => text).join("");
}

const ToolCall = z.object({
  index: z.int().nonnegative().optional().catch(undefined),
  id: z.string().min(1).optional().catch(undefined),
  function: z
    .object({
      name: words,
      arguments: z.union([z.string(), z.looseObject({}).transform((value) => JSON.stringify(value))]).catch(""),
    })
    .catch({ name: "", arguments: "" }),
});

const Message = z.object({
  content: Text,
  reasoning_content: words,
  reasoning: words,
  thinking: words,
  reasoning_details: Text,
  refusal: words,
  tool_calls: z.array(ToolCall).default([]).catch([]),
});
const none = Message.parse({});
const Part = Message.default(none).catch(none);

const Chunk = z.looseObject({
  model: words,
  usage: Usages,
  x_groq: z.object({ usage: Usages }).optional().catch(undefined),
  choices: z
    .array(z.object({ index: count, delta: Part, message: Part, text: words, finish_reason: words, usage: Usages }))
    .default([])
    .catch([]),
});
