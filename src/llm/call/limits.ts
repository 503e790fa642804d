import { setTimeout as sleepFor } from "node:timers/promises";
import { monotonic } from "../../monotonic.ts";
import type { RateLimits } from "../deployment.ts";
import { ProviderError } from "../provider.ts";
import { duration, waitHint } from "../wire/failure.ts";
import type { HeaderText } from "../wire/wire.ts";

/** Frees the place of a call, and counts the tokens it has really used instead of those it came with. */
export type Leave = (usedTokens?: number) => void;

/** The limits of one deployment, shared by everything that calls it. */
export interface Limits {
  /** Calls in the queue. */
  readonly waiting: number;
  /** Waits in order of arrival until the call fits. Only the end of the signal ends the wait without it. */
  enter(tokens: number, signal: AbortSignal): Promise<Leave>;
  /** The same for a call that fits at once while nobody waits; undefined where it does not. */
  enterNow(tokens: number): Leave | undefined;
  /** Learns from the headers of an answer how long all calls have to wait. */
  hear(status: number, headers: HeaderText): void;
}

interface Waiting {
  readonly tokens: number;
  readonly go: (leave: Leave) => void;
}

interface Begun {
  readonly at: number;
  tokens: number;
}

const minute = 60_000;

/**
 * Opens a queue in front of a deployment. Requests and tokens count for a minute from the beginning of their call; a
 * call of more tokens than are allowed in a minute goes when no others count.
 */
export function createLimits(
  {
    concurrency = Number.POSITIVE_INFINITY,
    requestsPerMinute = Number.POSITIVE_INFINITY,
    tokensPerMinute = Number.POSITIVE_INFINITY,
  }: RateLimits,
  {
    clock = monotonic,
    sleep = (ms, signal) => sleepFor(ms, undefined, { signal }),
  }: { clock?: () => number; sleep?: (ms: number, signal: AbortSignal) => Promise<void> } = {},
): Limits {
  const queue: Waiting[] = [];
  const lastMinute: Begun[] = [];
  let underWay = 0;
  let pausedUntil = 0;
  let alarm: AbortController | undefined;
  /** Nothing has to be remembered where a minute has no limit. */
  const counted = Number.isFinite(requestsPerMinute) || Number.isFinite(tokensPerMinute);

  /** Lets in whoever fits, and sets the alarm for the first who does not. */
  const advance = () => {
    alarm?.abort();
    alarm = undefined;
    for (let next = queue[0]; next && underWay < concurrency; next = queue[0]) {
      const now = clock();
      const wait = opening(next.tokens, now) - now;
      if (wait > 0) return void wakeIn(wait);
      queue.shift();
      next.go(begin(next.tokens, now));
    }
  };

  /** When a call of so many tokens fits: not in a pause, and when enough of those before it no longer count. */
  const opening = (tokens: number, now: number) => {
    while (lastMinute[0] && lastMinute[0].at <= now - minute) lastMinute.shift();
    const most = Math.max(0, tokensPerMinute - tokens);
    let requests = lastMinute.length;
    let used = lastMinute.reduce((sum, begun) => sum + begun.tokens, 0);
    let at = pausedUntil;
    for (const begun of lastMinute) {
      if (requests < requestsPerMinute && used <= most) break;
      requests -= 1;
      used -= begun.tokens;
      at = Math.max(at, begun.at + minute);
    }
    return at;
  };

  /** The only timer. It keeps the process alive, and stands only while somebody waits. */
  const wakeIn = async (ms: number) => {
    const set = new AbortController();
    alarm = set;
    const { signal } = set;
    await sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!signal.aborted) advance();
  };

  const begin = (tokens: number, at: number): Leave => {
    const begun = { at, tokens };
    let left = false;
    if (counted) lastMinute.push(begun);
    underWay += 1;
    return (usedTokens = tokens) => {
      if (left) return;
      left = true;
      underWay -= 1;
      begun.tokens = usedTokens;
      advance();
    };
  };

  return {
    get waiting() {
      return queue.length;
    },
    enter: (tokens, signal) =>
      new Promise((resolve, reject) => {
        const giveUp = () => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(ended());
          // Not at once: first everybody goes whom the same signal ends.
          queueMicrotask(advance);
        };
        const go = (leave: Leave) => {
          signal.removeEventListener("abort", giveUp);
          resolve(leave);
        };
        const waiting = { tokens, go };
        if (signal.aborted) return reject(ended());
        signal.addEventListener("abort", giveUp, { once: true });
        queue.push(waiting);
        advance();
      }),
    enterNow(tokens) {
      const now = clock();
      const fits = queue.length === 0 && underWay < concurrency && opening(tokens, now) <= now;
      return fits ? begin(tokens, now) : undefined;
    },
    hear(status, headers) {
      const now = clock();
      const asked = status === 429 || status === 503 ? waitHint(headers, now) : undefined;
      const wait = asked ?? untilMore(headers, now);
      pausedUntil = Math.max(pausedUntil, now + Math.min(wait, minute));
    },
  };
}

const ended = () => new ProviderError("the call was ended", { kind: "aborted" });

/** Headers that say how much is left, and when there is more. */
const supplies = [
  ...["requests", "tokens"].map((what) => [`x-ratelimit-remaining-${what}`, `x-ratelimit-reset-${what}`] as const),
  ...["requests", "tokens", "input-tokens", "output-tokens"].map(
    (what) => [`anthropic-ratelimit-${what}-remaining`, `anthropic-ratelimit-${what}-reset`] as const,
  ),
];

/** Milliseconds until there is more of what is used up; 0 where something of everything is left. */
function untilMore(headers: HeaderText, now: number): number {
  const waits = supplies
    .filter(([remaining]) => /^0+$/.test(headers.get(remaining) ?? ""))
    .map(([, reset]) => timeUntil(headers.get(reset), now));
  return Math.max(0, ...waits.filter((wait) => wait > 0));
}

/** A length of time or a date; a server that says neither counts by the minute. */
function timeUntil(reset: string | null, now: number): number {
  if (reset === null) return minute;
  const length = duration(reset);
  return Number.isNaN(length) ? Date.parse(reset) - now : length;
}
