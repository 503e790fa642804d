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
  /** Makes an effect true here, again on every execution: idempotent by key, answers nothing. */
  apply(key: string, operation: string, input: Json): void;
}

/** JSON in, JSON out, failures included: an error class does not travel. Throwing is a bug and ends the run. */
export type Operation = (
  input: Json,
  about: { readonly key: string; readonly lane: string; readonly signal: AbortSignal },
) => Promise<Json>;

/** Ordinary deterministic code that awaits nothing but its steps: no clock, file, random number or environment. */
export type Flow<I = Json, O = Json> = (steps: Steps, input: I) => Promise<O>;

/** What one kind of engine adds: where calls run and how answers are remembered. */
export interface Store {
  begin(call: Call): Promise<void>;
  /** The next answer to have arrived, each exactly once. */
  next(): Promise<Done>;
  apply(effect: Call): Promise<void>;
  /** Waits for calls under way, so that nothing paid for is lost. */
  close(): Promise<void>;
}
