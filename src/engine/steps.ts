/** What crosses the seam: plain JSON, so that it can be remembered, replayed and sent elsewhere. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** One thing a flow asks for. The key is its identity within a run: `Action/subject/attempt.turn`. */
export interface Call {
  readonly key: string;
  readonly operation: string;
  readonly input: Json;
  /** The deployment that shall do it; no part of the request's identity. */
  readonly lane: string;
}

export interface Done {
  readonly key: string;
  readonly answer: Json;
}

/** Everything a flow may wait for, and everything it may cause. */
export interface Steps {
  /** Runs a registered operation once per run, anywhere; later executions get the remembered answer. */
  call(key: string, operation: string, input: Json, lane?: string): Promise<Json>;
  /** Makes an effect true, once per key and content, and answers nothing. An engine may do it again: it must not matter. */
  apply(key: string, operation: string, input: Json): void;
}

/** JSON in, JSON out, failures included: an error class does not travel. Throwing is a bug and ends the run. */
export type Operation = (
  input: Json,
  about: { readonly key: string; readonly lane: string; readonly signal: AbortSignal },
) => Promise<Json>;

/** What an engine has to know of an operation. */
export interface Traits {
  /** Whatever effects make does not matter to it: it begins without waiting for those that were asked for before. */
  readonly independent?: boolean;
  /** The part of the input by which an engine that remembers knows a request again; all of it where absent. */
  request?(input: Json): Json;
  /** What of it is written beside the answer, for who reads the journal. */
  about?(input: Json): Json;
  /** Whether this answer settles the matter; what is not settled is done again when the run goes on. Always, where absent. */
  settles?(answer: Json, input: Json): boolean;
  /** Told of each answer that is remembered instead of asked for. */
  recalled?(call: Call, answer: Json): void | Promise<void>;
  /** An effect that each execution needs anew, because later ones build on it. */
  readonly again?: boolean;
  /** The key of the call whose answer this effect shows to be of no use: it counts for the deployment that gave it only. */
  rejects?(effect: string): string;
}

/** Ordinary deterministic code that awaits nothing but its steps: no clock, file, random number or environment. */
export type Flow<I = Json, O = Json> = (steps: Steps, input: I) => Promise<O>;

/** Executes flows. Whatever a flow calls is registered by name, so that any process which has done that can go on with it. */
export interface Engine {
  operation(name: string, run: Operation, traits?: Traits): void;
  flow<I, O>(name: string, body: Flow<I, O>): void;
  /** Executes a flow to its end; with the same run it goes on where an earlier execution was interrupted. */
  start<I, O>(flow: string, run: string, input: I): Promise<O>;
}

/** What one kind of engine adds: where calls run and how answers are remembered. */
export interface Store {
  /** Lets it begin, once the effects asked for before are made, unless it is independent of them. */
  begin(call: Call): Promise<void>;
  /** The next answer to have arrived, each exactly once. */
  next(): Promise<Done>;
  /** Has an effect made true after those before it. That it failed is thrown by `next` or `close`. */
  apply(effect: Call): Promise<void>;
  /** Waits for calls and effects under way, so that nothing paid for is lost. */
  close(): Promise<void>;
}
