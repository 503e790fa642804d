import {
  type ChatMessage,
  type Delta,
  type Finish,
  type Llm,
  type LlmRequest,
  ProviderError,
  type ToolCall,
  type Usage,
} from "../provider.ts";
import { countMessages, countTokens, estimateTokens } from "../tokens.ts";
import { loopDetector } from "./loop.ts";
import { secretStrainer } from "./strainer.ts";
import { toolCallCollector } from "./tool-calls.ts";

/** What one attempt has brought so far; of tool calls all that costs tokens, as one text. */
interface Received {
  text: string;
  reasoning: string;
  calls: string;
}

/** A whole answer, with what it used by the server's count or, where it counted nothing, by ours. */
export interface Attempted extends Finish {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
}

/** Who is told of an answer while it comes, and who may end it. */
export interface Listening {
  readonly signal: AbortSignal;
  readonly model: string;
  /** Struck out of the answer, should a server repeat them. */
  readonly secrets?: readonly string[];
  readonly progress?: ((tokens: () => number) => void) | undefined;
  /** A promise that it returns is waited for before more is read. */
  readonly heard?: ((delta: Delta) => unknown) | undefined;
}

/** An attempt that failed, and what it used all the same: a server charges for what it generated before a stream broke. */
export class AttemptFailed extends Error {
  readonly usage: Usage;

  constructor(cause: unknown, usage: Usage) {
    super("an attempt failed", { cause });
    this.usage = usage;
  }
}

/**
 * Asks once and reads the answer to its end, which must come before the model has sent far more than it may or says the
 * same again and again. `progress` hears how many tokens have come, about; `heard` hears each piece. Throws
 * AttemptFailed.
 */
export async function attempt(
  llm: Pick<Llm, "stream">,
  request: LlmRequest,
  { signal, model, secrets = [], progress, heard }: Listening,
): Promise<Attempted> {
  const received: Received = { text: "", reasoning: "", calls: "" };
  const loops = { text: loopDetector(), reasoning: loopDetector() };
  const strainer = secretStrainer(secrets);
  const calls = toolCallCollector();
  const listen = (piece: Delta) => {
    const delta = piece.type === "tool-call" ? calls.take(piece) : piece;
    take(delta, received);
    refuseFlood(received, model, request.maxTokens);
    if (delta.type !== "tool-call" && loops[delta.type].push(delta.text)) throw endless(model);
    progress?.(() => estimateTokens(received.text) + estimateTokens(received.reasoning + received.calls));
    return heard?.(delta);
  };
  try {
    const finish = await drain(llm.stream(request, { signal }), (delta) => listen(strainer.push(delta)));
    for (const delta of strainer.end()) await listen(delta);
    const { text, reasoning } = received;
    const usage = reported(finish, received) ?? (await usageOf(finish, request.messages, received));
    return {
      text,
      reasoning,
      toolCalls: calls.all(),
      usage,
      finish: finish.finish,
      model: finish.model,
      cost: finish.cost,
      structure: finish.structure,
    };
  } catch (error) {
    throw new AttemptFailed(error, await lostBy(error, request.messages, received));
  }
}

/** Reads a stream to its end, as fast as `more` takes it; when that objects, the stream is closed. */
async function drain(stream: AsyncGenerator<Delta, Finish, void>, more: (delta: Delta) => unknown) {
  try {
    for (let pieces = 1; ; pieces++) {
      const step = await stream.next();
      if (step.done) return step.value;
      const taken = more(step.value);
      if (taken instanceof Promise) await taken;
      // A stream that never has to wait would keep clocks and signals waiting.
      if (pieces % 1000 === 0) await new Promise(setImmediate);
    }
  } catch (error) {
    await stream.return(undefined as never);
    throw error;
  }
}

function take(delta: Delta, received: Received): void {
  if (delta.type === "text") received.text += delta.text;
  else if (delta.type === "reasoning") received.reasoning += delta.text;
  else received.calls += (delta.name ?? "") + delta.arguments;
}

/** A server that ignores the limit of an answer must not fill the memory. No token has twenty characters on average. */
function refuseFlood({ text, reasoning, calls }: Received, model: string, maxTokens: number): void {
  if (text.length + reasoning.length + calls.length <= maxTokens * 20) return;
  const hint = "The server ignores max_token, or the model repeats itself without end.";
  throw new ProviderError(`${model} sent far more than the ${maxTokens} tokens it may`, { kind: "protocol", hint });
}

const endless = (model: string) =>
  new ProviderError(`${model} repeated the same passage without end and was stopped`, { kind: "loop" });

/** The server's own count, where it says all; one that counts nothing although an answer came is none. */
function reported(finish: Finish, { text, reasoning, calls }: Received): Usage | undefined {
  const { usage } = finish;
  if (!usage || (usage.output === 0 && text + reasoning + calls !== "")) return undefined;
  return reasoning === "" || usage.reasoning !== undefined ? usage : undefined;
}

/** The server's own count with what it leaves out, or ours. */
async function usageOf(finish: Finish, messages: readonly ChatMessage[], received: Received): Promise<Usage> {
  const { text, reasoning, calls } = received;
  const thought = reasoning === "" ? undefined : await countTokens(reasoning);
  const { usage } = finish;
  if (usage && usage.output > 0 && thought !== undefined)
    return { ...usage, reasoning: usage.reasoning ?? Math.min(thought, usage.output) };
  const output = (await countTokens(text + calls)) + (thought ?? 0);
  const input = await countMessages(messages);
  return { input, output, ...(thought === undefined ? {} : { reasoning: thought }), source: "estimated" };
}

/** Nothing received is free. */
async function lostBy(error: unknown, messages: readonly ChatMessage[], received: Received): Promise<Usage> {
  if (error instanceof ProviderError && error.usage) return error.usage;
  const all = received.text + received.reasoning + received.calls;
  if (all === "") return { input: 0, output: 0, source: "estimated" };
  return { input: await countMessages(messages), output: await countTokens(all), source: "estimated" };
}
