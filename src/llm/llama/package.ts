import { ConfigError } from "../../errors.ts";
import { optionalPackage } from "../optional-package.ts";

/** What is used of node-llama-cpp, which is not among our packages: whoever wants models in this process installs it. */
export interface LlamaPackage {
  getLlama(options: {
    gpu: "auto" | false;
    build: "never";
    skipDownload: true;
    maxThreads: number;
    logger: () => void;
    progressLogs: false;
  }): Promise<Llama>;
  readonly LlamaChat: new (options: { contextSequence: LlamaSequence }) => LlamaChat;
  readonly NoBinaryFoundError: new () => Error;
  readonly InsufficientMemoryError: new () => Error;
}

export interface Llama {
  loadModel(options: { modelPath: string; loadSignal: AbortSignal }): Promise<LlamaModel>;
  createGrammar(options: { grammar: string }): Promise<LlamaGrammar>;
}

export interface LlamaModel {
  readonly trainContextSize: number;
  readonly tokenizer: unknown;
  createContext(options: {
    contextSize: number | { max: number };
    threads: number;
    createSignal: AbortSignal;
  }): Promise<{ readonly contextSize: number; getSequence(): LlamaSequence }>;
}

interface LlamaSequence {
  readonly tokenMeter: { getState(): LlamaTokens; diff(before: LlamaTokens): LlamaTokens };
}

interface LlamaTokens {
  readonly usedInputTokens: number;
  readonly usedOutputTokens: number;
}

/** Made and used by the package alone. */
interface LlamaGrammar {
  readonly grammar: string;
}

export interface LlamaChat {
  readonly sequence: LlamaSequence;
  readonly chatWrapper: {
    readonly settings: { readonly segments?: { readonly thought?: unknown } };
    generateContextState(options: { chatHistory: readonly LlamaItem[] }): {
      contextText: { tokenize(tokenizer: unknown): { readonly length: number } };
    };
  };
  generateResponse(
    history: readonly LlamaItem[],
    options: LlamaGeneration,
  ): Promise<{ metadata: { stopReason: string } }>;
}

/** A message; of the model its texts and its thoughts. */
export type LlamaItem =
  | { readonly type: "system" | "user"; readonly text: string }
  | {
      readonly type: "model";
      readonly response: (
        | string
        | { readonly type: "segment"; readonly segmentType: "thought"; readonly text: string; readonly ended: true }
      )[];
    };

interface LlamaGeneration {
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed?: number;
  readonly customStopTriggers?: readonly string[];
  readonly repeatPenalty: false;
  readonly grammar?: LlamaGrammar;
  readonly signal: AbortSignal;
  readonly stopOnAbortSignal: true;
  readonly onResponseChunk: (chunk: { readonly segmentType?: string | undefined; readonly text: string }) => void;
}

/** Loads the package, from the folder named or from wherever it is installed. */
export async function llamaPackage(folder?: string): Promise<LlamaPackage> {
  const library = await optionalPackage<LlamaPackage>("node-llama-cpp", folder);
  if (library) return library;
  const where = folder === undefined ? "" : ` in ${folder}`;
  throw new ConfigError(`node-llama-cpp, which runs models in this process, is not installed${where}`, {
    hint: installHint,
  });
}

/** The part of the package with the compiled code for one kind of machine, without which it would compile for minutes. */
const binaries: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-armv7l",
  "linux-riscv64": "linux-riscv64",
  "darwin-arm64": "mac-arm64-metal",
  "darwin-x64": "mac-x64",
  "win32-x64": "win-x64",
  "win32-arm64": "win-arm64",
};

/** How the package is installed on this machine, or on another. */
export function installCommand(platform: string = process.platform, arch: string = process.arch): string {
  const binary = binaries[`${platform}-${arch}`];
  if (!binary) return "npm i node-llama-cpp@3";
  return `npm i --omit=optional --ignore-scripts node-llama-cpp@3 @node-llama-cpp/${binary}@3`;
}

/** What to do where the package, or its compiled code, is missing. */
export const installHint = `Run "${installCommand()}", with -g where metagpt itself was installed with it.`;
