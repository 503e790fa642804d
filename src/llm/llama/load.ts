import os from "node:os";
import { ConfigError } from "../../errors.ts";
import { madeOnce } from "../../made-once.ts";
import { ProviderError } from "../provider.ts";
import { installHint, type Llama, type LlamaChat, type LlamaModel, type LlamaPackage } from "./package.ts";

/** A model that is ready to answer. */
export interface Loaded {
  readonly llama: Llama;
  readonly tokenizer: LlamaModel["tokenizer"];
  readonly chat: LlamaChat;
  /** Tokens of prompt and answer together. */
  readonly contextSize: number;
}

export interface LoadSettings {
  readonly context?: number | undefined;
  readonly gpu: boolean;
  readonly threads: number;
}

/** Loads a model file into this process. What the package has to say on the way is not printed. */
export async function loadModel(
  library: LlamaPackage,
  file: string,
  { context: wanted, gpu, threads }: LoadSettings,
  signal: AbortSignal,
): Promise<Loaded> {
  try {
    const llama = await engineOf(library, gpu);
    const model = await llama.loadModel({ modelPath: file, loadSignal: signal });
    // What was trained is the most that makes sense; what memory allows may be less.
    const contextSize = wanted ?? { max: Math.min(model.trainContextSize, 16_384) };
    const context = await model.createContext({ contextSize, threads, createSignal: signal });
    const chat = new library.LlamaChat({ contextSequence: context.getSequence() });
    return { llama, tokenizer: model.tokenizer, chat, contextSize: context.contextSize };
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    const is = (kind: new () => Error) => error instanceof kind;
    if (is(library.NoBinaryFoundError)) {
      throw new ConfigError("node-llama-cpp is installed without its part for this machine", {
        cause: error,
        hint: installHint,
      });
    }
    const hint = is(library.InsufficientMemoryError)
      ? "Choose a smaller model or a lower context."
      : "Is it a whole GGUF file, of a kind that llama.cpp knows?";
    throw new ProviderError(`${file} cannot be loaded: ${error.message}`, { kind: "request", hint, cause: error });
  }
}

/** One engine for all models, so that together they use no more threads than there are cores. */
function engineOf(library: LlamaPackage, gpu: boolean): Promise<Llama> {
  const engines = madeOnce(known, library, () => new Map<boolean, Promise<Llama>>());
  return madeOnce(engines, gpu, () =>
    library.getLlama({
      gpu: gpu && "auto",
      build: "never",
      skipDownload: true,
      maxThreads: os.availableParallelism(),
      logger: () => {},
      progressLogs: false,
    }),
  );
}

const known = new WeakMap<LlamaPackage, Map<boolean, Promise<Llama>>>();

/** Does something once for all who wait for it. When the last of them has left it is ended, and begun anew by the next. */
export function once<A, T>(work: (about: A, signal: AbortSignal) => Promise<T>) {
  let begun: { readonly result: Promise<T>; readonly ending: AbortController; waiting: number } | undefined;

  const begin = (about: A) => {
    const ending = new AbortController();
    return { result: work(about, ending.signal), ending, waiting: 0 };
  };

  return async (about: A, signal: AbortSignal): Promise<T> => {
    const mine = begun ?? begin(about);
    begun = mine;
    mine.waiting += 1;
    try {
      return await beforeAbort(mine.result, signal);
    } catch (error) {
      mine.waiting -= 1;
      if (begun === mine && (mine.waiting === 0 || !signal.aborted)) {
        mine.ending.abort();
        begun = undefined;
      }
      throw error;
    }
  };
}

/** What comes first: the result or the end of the call. */
async function beforeAbort<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = () => {};
  const end = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
  });
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([result, end]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
