import { setTimeout as sleepFor } from "node:timers/promises";
import type { Ending } from "../../either-signal.ts";
import { type FailureKind, ProviderError } from "../provider.ts";

export interface RetryOptions {
  readonly ended: Ending;
  /** Awaited before each wait: which try failed, from 1, and the milliseconds until the next one. What it throws ends the call. */
  readonly onRetry?: (failed: number, error: ProviderError, wait: number) => unknown;
  /** Asked after each failure: whether no other try may follow, whatever went wrong. */
  readonly isLast?: (() => boolean) | undefined;
  /** The most tries, 5 where absent. */
  readonly tries?: number;
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How often a call is tried in all, by what went wrong; what is not listed is final at once. */
const triesFor: Partial<Record<FailureKind, number>> = {
  network: 5,
  server: 5,
  rate: 5,
  timeout: 2,
  truncated: 2,
  empty: 2,
};

/** The longest wait a server may ask for. */
const patience = 60_000;

/**
 * Tries again what may pass: 0.5 s doubling up to 8 s, less a random quarter, or as long as the server asks. The last
 * failure is thrown with what every try came to. The end of everything ends the wait at once.
 */
export async function retrying<T>(attempt: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { ended, onRetry, isLast, tries = 5, random = Math.random, sleep = pause } = options;
  const messages: string[] = [];
  const failures: FailureKind[] = [];
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      messages.push(error.message);
      failures.push(error.kind);
      const left = error.shouldRetry === true ? tries : Math.min(tries, triesFor[error.kind] ?? 1);
      const again = error.shouldRetry !== false && error.kind !== "aborted" && !ended.aborted && !isLast?.();
      if (!again || number >= tries || failures.filter((kind) => kind === error.kind).length >= left) {
        throw givenUp(error, messages);
      }
      if (error.retryAfter !== undefined && error.retryAfter > patience)
        throw tooLong(error, error.retryAfter, messages);
      const backoff = Math.min(500 * 2 ** (number - 1), 8000) * (1 - 0.25 * random());
      const wait = error.retryAfter ?? backoff;
      await onRetry?.(number, error, wait);
      await sleep(wait, ended.signal);
      if (ended.aborted) throw new ProviderError("the call was ended", { kind: "aborted", tries: messages });
    }
  }
}

/** Sleeps until the time is over or the signal ends it, whichever comes first. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function givenUp(error: ProviderError, tries: readonly string[]): ProviderError {
  const message = tries.length === 1 ? error.message : `${error.message} (given up after ${tries.length} tries)`;
  return new ProviderError(message, { ...factsOf(error), tries, cause: error });
}

function tooLong(error: ProviderError, wait: number, tries: readonly string[]): ProviderError {
  const message = `${error.message} (the server asks to wait ${Math.ceil(wait / 1000)} s)`;
  return new ProviderError(message, { ...factsOf(error), kind: "rate", tries, cause: error });
}

function factsOf({ kind, status, retryAfter, shouldRetry, hint, usage }: ProviderError) {
  return { kind, status, retryAfter, shouldRetry, hint, usage };
}
