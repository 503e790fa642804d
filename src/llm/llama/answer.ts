import { type ChatMessage, type Delta, type Finish, type LlmRequest, ProviderError } from "../provider.ts";
import { thinkSplitter } from "../thinking.ts";
import type { Loaded } from "./load.ts";
import type { LlamaItem } from "./package.ts";

/** How a model of this name is made to answer. */
export interface Manner {
  readonly model: string;
  readonly temperature: number;
  readonly seed?: number | undefined;
}

export type Answer = (
  loaded: Loaded,
  request: LlmRequest,
  /** What the answer has to follow. */
  grammar: string | undefined,
  signal: AbortSignal,
) => AsyncGenerator<Delta, Finish, void>;

/** Answers one request after the other: a model has one memory, and what a prompt shares with the last is not read again. */
export function answerer({ model, temperature, seed }: Manner): Answer {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };

  return async function* answer({ llama, tokenizer, chat, contextSize }, request, grammarText, signal) {
    const grammar = grammarText === undefined ? undefined : await llama.createGrammar({ grammar: grammarText });
    const asked = [...request.messages.map(itemOf), opening(chat, grammar !== undefined)];
    const prompt = chat.chatWrapper.generateContextState({ chatHistory: asked }).contextText.tokenize(tokenizer).length;
    const room = roomBeside(prompt, contextSize, request.maxTokens, model);
    const wanted = request.sampling ?? {};
    const chosenSeed = wanted.seed ?? seed;
    const thinking = thinkSplitter();
    let visible = false;
    const shown = (delta: Delta): Delta => {
      visible ||= delta.type === "text" && delta.text.trim() !== "";
      return delta;
    };

    const { stopReason, usage } = yield* told<Delta, Ended>(signal, (say) =>
      inTurn(async () => {
        signal.throwIfAborted();
        const before = chat.sequence.tokenMeter.getState();
        const { metadata } = await chat.generateResponse(asked, {
          maxTokens: room,
          // As the server of llama.cpp samples.
          temperature: wanted.temperature ?? temperature,
          topK: 40,
          topP: wanted.topP ?? 0.95,
          minP: 0.05,
          repeatPenalty: false,
          ...(chosenSeed !== undefined && { seed: chosenSeed }),
          ...(wanted.stop?.length && { customStopTriggers: wanted.stop }),
          ...(grammar && { grammar }),
          signal,
          stopOnAbortSignal: true,
          onResponseChunk({ segmentType, text }) {
            if (segmentType && !grammar) say({ type: "reasoning", text });
            else for (const delta of thinking.push(text)) say(shown(delta));
          },
        });
        for (const delta of thinking.end()) say(shown(delta));
        const { usedInputTokens, usedOutputTokens } = chat.sequence.tokenMeter.diff(before);
        // The last token of a prompt is always read again.
        const cachedRead = prompt - 1 - usedInputTokens;
        const usage = { input: prompt, output: usedOutputTokens, ...(cachedRead > 0 && { cachedRead }) };
        return { stopReason: metadata.stopReason, usage: { ...usage, source: "reported" } };
      }),
    );
    const finish = stopReason === "maxTokens" ? "length" : "stop";
    if (finish === "stop" && !visible) {
      throw new ProviderError(`${model}: the model answered nothing`, { kind: "empty", usage });
    }
    return { finish, usage, model };
  };
}

interface Ended {
  readonly stopReason: string;
  readonly usage: NonNullable<Finish["usage"]>;
}

const itemOf = ({ role, content }: ChatMessage): LlamaItem =>
  role === "assistant"
    ? { type: "model", response: [content] }
    : { type: role === "system" ? "system" : "user", text: content };

/** Where the context is full the package would forget the oldest messages, so an answer ends before. */
function roomBeside(prompt: number, contextSize: number, wanted: number, model: string): number {
  const room = contextSize - prompt - 8;
  if (room >= Math.min(wanted, 1024)) return Math.min(wanted, room);
  const message = `${model}: the prompt of ${prompt} tokens leaves no room for an answer in a context of ${contextSize}`;
  const hint = "Raise context, choose a model with a larger one, or ask for something smaller.";
  throw new ProviderError(message, { kind: "overflow", hint });
}

/** The answer to come. A model that begins with its thoughts would write a document there, so it has thought already. */
function opening({ chatWrapper }: Loaded["chat"], documentFollows: boolean): LlamaItem {
  const thinks = documentFollows && chatWrapper.settings.segments?.thought !== undefined;
  const thought = { type: "segment", segmentType: "thought", text: "", ended: true } as const;
  return { type: "model", response: thinks ? [thought] : [] };
}

/** What is said during some work, as a stream that ends the moment its signal does; the work may take a little longer. */
async function* told<T, R>(signal: AbortSignal, work: (say: (piece: T) => void) => Promise<R>) {
  const heard: T[] = [];
  let over = false;
  let wake = () => {};
  const result = work((piece) => {
    heard.push(piece);
    wake();
  }).finally(() => {
    over = true;
    wake();
  });
  result.catch(() => {});
  signal.addEventListener("abort", () => wake(), { once: true });
  for (;;) {
    signal.throwIfAborted();
    const piece = heard.shift();
    if (piece !== undefined) yield piece;
    else if (over) return await result;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}
