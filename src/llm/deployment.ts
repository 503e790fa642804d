/** USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Cached prompt tokens; as `input` where absent. */
  readonly cached?: number | undefined;
  /** Prompt tokens written to the cache; as `input` where absent. */
  readonly cachedWrite?: number | undefined;
  /** Yuan for a dollar, where the model is priced in yuan. */
  readonly cnyPerUsd?: number | undefined;
}

/** Where the price of a model comes from. `assumed` is what an unknown model is counted at: unknown is never free. */
export type PriceBasis = "known" | "config" | "local" | "assumed" | "recorded";

/** One LLM as the configuration resolved it: everything needed to connect, and to say so to a person. */
export interface Deployment {
  /** Its name in the configuration, or the provider kind; unique within a run. */
  readonly name: string;
  /** A key of `providers`, or the module that a provider of one's own is in. */
  readonly provider: string;
  /** What the user wrote as `api_type`. */
  readonly apiType: string;
  readonly model: string;
  /** Empty where there is none. */
  readonly baseUrl: string;
  /** What the provider's own schema accepts; may hold a key, so it is never printed, emitted or written. */
  readonly settings: { readonly [key: string]: unknown };
  readonly price: Price;
  readonly priceBasis: PriceBasis;
  /** The most tokens of one answer; longer answers are continued. */
  readonly maxToken: number;
  /** Tokens of prompt and answer together, where the user says so. */
  readonly contextLength?: number | undefined;
  readonly limits?: RateLimits | undefined;
}

/** What the user allows a deployment to be asked; a server may allow less. */
export interface RateLimits {
  /** Calls at once. */
  readonly concurrency?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}
