import { monotonic } from "../../monotonic.ts";
import type { FailureKind } from "../provider.ts";

export interface BreakerOptions {
  /** How many failures in a row are enough, 3 where absent. */
  readonly failures?: number;
  /** Milliseconds until the deployment is tried again, a minute where absent. */
  readonly rest?: number;
  readonly clock?: () => number;
}

/** Knows whether it is worth while to call a deployment. */
export interface Breaker {
  /** Why the deployment is to be skipped now, for people. Undefined where it may be called, if only to see how it is. */
  check(): string | undefined;
  /** The same for somebody who only looks: it does not take the place of the one call that is let through. */
  peek(): string | undefined;
  succeeded(): void;
  failed(kind: FailureKind, message: string): void;
}

/** What says something about the deployment, not about one request. */
const telling: readonly FailureKind[] = ["network", "timeout", "server", "rate", "auth", "quota"];

/** What does not pass by itself. */
const lasting: readonly FailureKind[] = ["auth", "quota"];

/**
 * Skips a deployment that has failed several times in a row, or once in a way that will not pass. After a rest one call
 * is let through, and if nothing good comes of it, one more after each further rest.
 */
export function createBreaker({ failures = 3, rest = 60_000, clock = monotonic }: BreakerOptions = {}): Breaker {
  let inRow = 0;
  let reason = "";
  let nextTry = 0;
  const peek = () => {
    const left = nextTry - clock();
    return inRow < failures || left <= 0 ? undefined : `${reason} (tried again in ${Math.ceil(left / 1000)} s)`;
  };
  return {
    check() {
      const skipped = peek();
      if (skipped === undefined) nextTry = clock() + rest;
      return skipped;
    },
    peek,
    succeeded() {
      inRow = 0;
    },
    failed(kind, message) {
      if (!telling.includes(kind)) return;
      inRow = lasting.includes(kind) ? failures : inRow + 1;
      reason = message;
      nextTry = clock() + rest;
    },
  };
}
