import { z } from "zod";
import { type Delta, type Finish, type FinishReason, ProviderError, type Usage } from "../provider.ts";
import { thinkSplitter } from "../thinking.ts";
import { faultIn } from "../wire/error-body.ts";
import { faultError } from "../wire/failure.ts";

/**
 * Reads the events of one streamed answer, or its whole message. Calls of the answer's own tool are its text. What it
 * does not know it passes over.
 */
export function answerReader(askedModel: string, answerTool?: string) {
  const thinking = thinkSplitter();
  let blocks = new Map<number, Block>();
  let before: Counts = {};
  let counts: Counts = {};
  let calls = 0;
  let visible = false;
  let model = askedModel;
  let reason = "";
  let refusal = "";
  let over = false;

  function* read(raw: unknown): Generator<Delta> {
    const event = Event.parse(raw);
    const { type, index } = event;
    if (type === "" || type === "error") {
      const fault = faultIn(raw);
      if (fault) throw faultError(fault);
    }
    if (type === "message_start") yield* begin(event.message);
    if (type === "message") yield* begin(Message.parse(raw));
    if (type === "content_block_start") yield* start(index, event.content_block);
    if (type === "content_block_delta") yield* add(index, event.delta);
    if (type === "message_delta") end(End.parse(event.delta), event.usage);
    over ||= type === "message" || type === "message_stop";
  }

  /** An answer that was paused goes on as a second message. */
  function* begin(message: z.infer<typeof Message>): Generator<Delta> {
    blocks = new Map();
    before = joined(before, counts, (one, other) => one + other);
    counts = {};
    model = message.model || model;
    for (const [index, content] of message.content.entries()) yield* start(index, content);
    end(message, message.usage);
  }

  /** Counts only grow: one that is left out or null leaves the last one standing. */
  function end({ stop_reason, stop_details }: z.infer<typeof End>, usage: Counts): void {
    reason ||= stop_reason;
    refusal ||= stop_details.explanation || stop_details.category;
    counts = joined(counts, usage, Math.max);
  }

  function* start(index: number, content: Part): Generator<Delta> {
    const { type, id, name } = content;
    const call = type === "tool_use" && name !== answerTool ? calls++ : undefined;
    const block: Block = { content, call, text: "", thinking: "", signature: "", json: "" };
    blocks.set(index, block);
    if (call !== undefined)
      yield { type: "tool-call", index: call, ...(id && { id }), ...(name && { name }), arguments: "" };
    yield* grow(block, content);
  }

  function* add(index: number, delta: Part): Generator<Delta> {
    const block = blocks.get(index);
    if (block) yield* grow(block, delta);
    else yield* start(index, { ...delta, type: delta.type.replace(/_delta$/, "") });
  }

  function* grow(block: Block, { text = "", thinking: thought = "", signature = "", partial_json = "" }: Part) {
    block.text += text;
    block.thinking += thought;
    block.signature += signature;
    block.json += partial_json;
    if (thought) yield { type: "reasoning", text: thought } as const;
    for (const part of thinking.push(text)) yield shown(part);
    yield* argued(block, partial_json);
  }

  function* argued({ content, call }: Block, json: string): Generator<Delta> {
    if (json === "" || content.type !== "tool_use") return;
    if (call === undefined) yield shown({ type: "text", text: json });
    else yield { type: "tool-call", index: call, arguments: json };
  }

  const shown = (part: Delta): Delta => {
    visible ||= part.type === "text" && part.text.trim() !== "";
    return part;
  };

  /** What the reader still holds back, once no more events come: among it the arguments that came in no pieces. */
  function* rest(): Generator<Delta> {
    for (const part of thinking.end()) yield shown(part);
    if (reason === "" || reason === "max_tokens") return;
    for (const block of blocks.values()) {
      if (block.json === "") yield* argued(block, JSON.stringify(block.content.input ?? {}));
    }
  }

  const finish = (): Finish => {
    const usage = usageOf(
      joined(before, counts, (one, other) => one + other),
      visible || calls > 0,
    );
    const fail = (message: string, kind: ProviderError["kind"]) => new ProviderError(message, { kind, usage });
    if (reason === "") throw fail("the answer broke off before it was finished", "truncated");
    if (reason === "refusal") throw fail(`the model refused${refusal && `: ${refusal}`}`, "policy");
    if (reason === "model_context_window_exceeded") throw fail("the model's context is full", "overflow");
    const finish = reasons[reason] ?? (calls > 0 ? "tool_calls" : "stop");
    if (finish === "stop" && !visible && reason !== "stop_sequence") throw fail("the model answered nothing", "empty");
    return { finish, usage, model };
  };

  return {
    read,
    rest,
    finish,
    /** The model came to an end, so nothing after it counts. */
    finished: () => reason !== "",
    /** The server says that nothing more comes. */
    over: () => over,
    paused: () => reason === "pause_turn",
    /** Gives the blocks of a paused answer as they have to be sent back, and expects the rest of it. */
    resume() {
      reason = "";
      over = false;
      return [...blocks.values()].map(blockOf).filter((block) => block.text !== "");
    },
  };
}

const reasons: Partial<Record<string, FinishReason>> = { max_tokens: "length", pause_turn: "length" };

/** A block of an answer as far as it has come. */
interface Block {
  readonly content: Part;
  /** Which of the tool calls it is. */
  readonly call: number | undefined;
  text: string;
  thinking: string;
  signature: string;
  json: string;
}

function blockOf({ content, text, thinking, signature, json }: Block): Record<string, unknown> {
  if (content.type === "text") return { type: "text", text };
  if (content.type === "thinking") return { type: "thinking", thinking, signature };
  return json === "" ? content : { ...content, input: JSON.parse(json) };
}

/** Tokens by the server's names for them. */
type Counts = Readonly<Record<string, number>>;

function joined(one: Counts, other: Counts, join: (one: number, other: number) => number): Counts {
  const both = Object.entries(other).map(([name, count]) => [name, join(one[name] ?? 0, count)] as const);
  return { ...one, ...Object.fromEntries(both) };
}

function usageOf(counts: Counts, answered: boolean): Usage | undefined {
  const { input_tokens = 0, output_tokens = 0, thinking_tokens } = counts;
  const { cache_read_input_tokens: cachedRead, cache_creation_input_tokens: cachedWrite } = counts;
  const input = input_tokens + (cachedRead ?? 0) + (cachedWrite ?? 0);
  if (input === 0 || (output_tokens === 0 && answered)) return undefined;
  return {
    input,
    output: output_tokens,
    ...(cachedRead === undefined ? {} : { cachedRead }),
    ...(cachedWrite === undefined ? {} : { cachedWrite }),
    ...(thinking_tokens === undefined ? {} : { reasoning: thinking_tokens }),
    source: "reported",
  };
}

const words = z.string().catch("");
const perhaps = z.string().optional().catch(undefined);

const CountsOf = z
  .looseObject({ output_tokens_details: z.looseObject({}).catch({}) })
  .catch({ output_tokens_details: {} })
  .transform(({ output_tokens_details, ...counts }): Counts => {
    const all = Object.entries({ ...counts, ...output_tokens_details });
    return Object.fromEntries(all.filter((count): count is [string, number] => typeof count[1] === "number"));
  });

/** A block at its start, or what is added to it. */
const Part = z
  .looseObject({
    type: words,
    text: perhaps,
    thinking: perhaps,
    signature: perhaps,
    partial_json: perhaps,
    id: perhaps,
    name: perhaps,
    input: z.unknown().optional(),
  })
  .catch({ type: "" });
type Part = z.infer<typeof Part>;

const Details = z.object({ category: words, explanation: words }).catch({ category: "", explanation: "" });
const end = { stop_reason: words, stop_details: Details };
const End = z.object(end).catch(z.object(end).parse({}));

const message = z.object({ ...end, model: words, content: z.array(Part).catch([]), usage: CountsOf });
const Message = message.catch(message.parse({}));

const Event = z.object({
  type: words,
  index: z.int().nonnegative().catch(0),
  message: Message,
  content_block: Part,
  delta: Part,
  usage: CountsOf,
});
