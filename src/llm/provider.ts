import type { Agent } from "node:http";
import type { ZodType } from "zod";
import type { Structure } from "./structure.ts";
import type { Clock } from "./wire/clock.ts";
import type { Posted, Posting } from "./wire/post.ts";

/** One call of a tool, as the model asked for it; JSON, so that it can cross the seam. */
export type ToolCall = {
  /** Names the call within its conversation, so that a result can be given to it. */
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it, which may be broken. */
  readonly arguments: string;
};

export interface ChatMessage {
  /** `tool` gives the result of a call back to the model. */
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  /** What the assistant called. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** The call whose result this is. */
  readonly toolCallId?: string | undefined;
}

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { readonly [key: string]: unknown };

/** Something the model may ask its caller to do. */
export interface Tool {
  readonly name: string;
  readonly description?: string | undefined;
  /** The shape of the arguments: an object. */
  readonly parameters: JsonSchema;
}

/** Whether tools are called: as the model likes, never, at least one, or this one. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/** How the next word is chosen, and where an answer ends. It beats the settings; what an API has no word for is left out. */
export interface Sampling {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  /** Texts before which the answer ends. */
  readonly stop?: readonly string[] | undefined;
  readonly seed?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
}

/** Which question of the run this is. LLMs that answer by name (a person, a recording) use it; it is never sent over a wire. */
export interface About {
  readonly role: string;
  readonly action: string;
  /** What the action works on, such as a file's path; empty where there is only one. */
  readonly subject: string;
  /** From 1: a rewrite is a new attempt. */
  readonly attempt: number;
  /** From 1: asking again and continuing within one conversation. */
  readonly turn: number;
}

export interface LlmRequest {
  readonly messages: readonly ChatMessage[];
  /** The shape of the answer, where the provider can hold a model to one. */
  readonly schema?: { readonly name: string; readonly schema: JsonSchema } | undefined;
  /** The most tokens of answer this call may cost. */
  readonly maxTokens: number;
  /** A provider whose server knows no tools refuses a request with some. */
  readonly tools?: readonly Tool[] | undefined;
  readonly toolChoice?: ToolChoice | undefined;
  readonly sampling?: Sampling | undefined;
  /** Nobody hears the answer while it comes: a server may send it in one piece. */
  readonly whole?: boolean | undefined;
  readonly about: About;
}

/** A text to go on with, without roles and turns. */
export interface CompletionRequest {
  readonly prompt: string;
  readonly maxTokens: number;
  readonly sampling?: Sampling | undefined;
}

/** Texts as vectors, in the order of the texts. */
export interface Embedding {
  readonly vectors: readonly (readonly number[])[];
  /** Undefined where the server sent none. */
  readonly usage: Usage | undefined;
  /** The model that answered, as the server named it. */
  readonly model: string;
}

export type Delta =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | {
      readonly type: "tool-call";
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments: string;
    };

/** Tokens of one call. `input` counts the whole prompt, cached parts too; `output` includes reasoning. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cachedRead?: number;
  readonly cachedWrite?: number;
  readonly reasoning?: number;
  /** Estimated where the server counted nothing. */
  readonly source: "reported" | "estimated";
}

/** Why the model stopped, in the words of the chat API; unknown words are passed on as `stop` by the providers. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

export interface Finish {
  readonly finish: FinishReason;
  /** Undefined where the server sent none; the caller estimates. */
  readonly usage: Usage | undefined;
  /** The model that answered, as the server named it. */
  readonly model: string;
  /** USD, where the answer itself states its cost. */
  readonly cost?: number | undefined;
  /** How the model was held to the schema of the request; absent where there was none. */
  readonly structure?: Structure | undefined;
}

/** A model that a server offers. */
export interface ServedModel {
  readonly id: string;
  /** Tokens of prompt and answer together, where the server says. */
  readonly context?: number;
}

/** One connected model. `stream` yields what arrives and returns how it ended; who wants the whole drains it. */
export interface Llm {
  stream(request: LlmRequest, options: { signal: AbortSignal }): AsyncGenerator<Delta, Finish, void>;
  /** The models its server offers to this key; absent where there is no way to ask. */
  models?(options: { signal: AbortSignal }): Promise<readonly ServedModel[]>;
  /** Vectors of texts, of so many numbers each where the model can be told; absent where the API knows none. */
  embed?(
    texts: readonly string[],
    options: { signal: AbortSignal; dimensions?: number | undefined },
  ): Promise<Embedding>;
  /** Goes on with a raw text, without a chat template; absent where the API cannot. */
  complete?(request: CompletionRequest, options: { signal: AbortSignal }): AsyncGenerator<Delta, Finish, void>;
}

/** What every provider is given from outside: deadlines, proxy and error bodies are handled once, in these. */
export interface Tools {
  readonly fetch: typeof globalThis.fetch;
  /** Asks for a stream of events, and reads it quicker than by `fetch`. */
  post(url: string | URL, posting: Posting): Promise<Posted>;
  /** For sockets of one's own: starts the clocks of one call. */
  clock(caller: AbortSignal): Clock;
  /** For sockets of one's own: what connects through the proxy, undefined where there is none, and whom to trust. */
  socket(url: URL): Promise<{ readonly agent: Agent | undefined; readonly ca: readonly string[] | undefined }>;
  /** Tells the run something, such as where a person finds a prompt. */
  readonly notify: (notice: Notice) => void;
}

export type Notice =
  | { readonly type: "prompt-waiting"; readonly about: About; readonly file: string; readonly answer: string }
  | { readonly type: "prompt-changed"; readonly about: About; readonly recording: string }
  /** Bytes of a model's file that are here and that there will be. */
  | {
      readonly type: "download";
      readonly about: About;
      readonly file: string;
      readonly done: number;
      readonly total: number;
    };

/**
 * A kind of LLM: its settings and how to connect. Its SDK is loaded by `connect`, never at import. The keys of `config`
 * are the settings that a user may write for it.
 */
export interface Provider<C = never> {
  readonly config: ZodType<C> & { readonly shape: Readonly<Record<string, unknown>> };
  /** It takes any other setting too. */
  readonly open?: boolean;
  connect(config: C, tools: Tools): Promise<Llm>;
}

/** Gives a provider its type from its own schema. */
export const defineProvider = <C>(provider: Provider<C>): Provider<C> => provider;

/**
 * What went wrong with a call, as far as the caller would act differently:
 * `network`, `timeout`, `server`, `rate` and `truncated` may pass and are tried again;
 * `quota`, `auth`, `request`, `overflow` (context too small), `policy`, `protocol`, `loop` (the same text again and again)
 * and `unrecorded` will not;
 * `aborted` is the caller's own doing.
 */
export type FailureKind =
  | "network"
  | "timeout"
  | "server"
  | "rate"
  | "truncated"
  | "empty"
  | "quota"
  | "auth"
  | "request"
  | "overflow"
  | "policy"
  | "protocol"
  | "loop"
  | "unrecorded"
  | "aborted";

/** A call that brought no whole answer. The message names the model and never contains a key. */
export class ProviderError extends Error {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** Milliseconds the server asked to wait. */
  readonly retryAfter: number | undefined;
  /** `x-should-retry` of the server: beats the status. */
  readonly shouldRetry: boolean | undefined;
  readonly hint: string | undefined;
  /** What the call cost all the same, where the server said so. */
  readonly usage: Usage | undefined;
  /** What each try came to, in order; set where a call was tried again and given up. */
  readonly tries: readonly string[];

  constructor(
    message: string,
    facts: {
      kind: FailureKind;
      status?: number | undefined;
      retryAfter?: number | undefined;
      shouldRetry?: boolean | undefined;
      hint?: string | undefined;
      usage?: Usage | undefined;
      tries?: readonly string[] | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: facts.cause });
    this.name = "ProviderError";
    this.kind = facts.kind;
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
    this.shouldRetry = facts.shouldRetry;
    this.hint = facts.hint;
    this.usage = facts.usage;
    this.tries = facts.tries ?? [];
  }
}
