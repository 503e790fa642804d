import { monotonic } from "../../monotonic.ts";
import { ProviderError } from "../provider.ts";

/** How long a call may take, in seconds; where absent, as long as most servers need. */
export interface Timeouts {
  /** The whole call: 600 where absent, 300 where 0. */
  readonly timeout?: number | undefined;
  /** Until the connection stands: 10. */
  readonly connect_timeout?: number | undefined;
  /** Until the first token: 120 to the first byte, and as long as there are signs of life from there. */
  readonly first_token_timeout?: number | undefined;
  /** Between two pieces of the answer, signs of life among them: 120. */
  readonly idle_timeout?: number | undefined;
}

/** The clocks of one call. Whichever runs out first ends it with a ProviderError of its own. */
export interface Clock {
  /** Ends when the caller ends the call or a clock has run out; the reason says which. */
  readonly signal: AbortSignal;
  /** The call has been ended. */
  readonly ended: boolean;
  /** By what. */
  readonly reason: unknown;
  /** Milliseconds until the connection stands. */
  readonly connect: number;
  /** Milliseconds until the first token, where the user said so. */
  readonly firstToken: number | undefined;
  /** Milliseconds between two pieces. */
  readonly idle: number;
  /** Milliseconds of the whole call. */
  readonly whole: number;
  /** Ends the call with "the server `what` in N s" unless it is stopped in time. */
  limit(ms: number, what: string): Limit;
  /** Tells the reason once the call is ended, at once where it is. */
  whenEnded(tell: (reason: unknown) => void): void;
  /** Stops all clocks: the call is over. */
  stop(): void;
}

/** A length of time within a call. */
export interface Limit {
  /** Counts anew from now. */
  restart(): void;
  /** Does not count any more. */
  stop(): void;
}

/** Starts the clocks of one call. */
export const startClock = (timeouts: Timeouts, caller: AbortSignal | null | undefined): Clock =>
  new CallClock(timeouts, caller ?? undefined);

const never = Number.POSITIVE_INFINITY;

/** All clocks of a call share one timer: a busy program has thousands of them. */
class CallClock implements Clock {
  readonly connect: number;
  readonly firstToken: number | undefined;
  readonly idle: number;
  readonly whole: number;
  ended = false;
  reason: unknown = undefined;
  private readonly caller: AbortSignal | undefined;
  private readonly limits: CallLimit[] = [];
  private readonly told: ((reason: unknown) => void)[] = [];
  private controller: AbortController | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;
  /** When the timer will look. */
  private wakes = never;

  constructor(timeouts: Timeouts, caller: AbortSignal | undefined) {
    const { timeout, connect_timeout, first_token_timeout, idle_timeout } = timeouts;
    const seconds = (value: number | undefined, otherwise: number) => (value || otherwise) * 1000;
    this.connect = seconds(connect_timeout, 10);
    this.firstToken = first_token_timeout ? first_token_timeout * 1000 : undefined;
    this.idle = seconds(idle_timeout, 120);
    this.whole = seconds(timeout, timeout === 0 ? 300 : 600);
    this.caller = caller;
    this.limit(this.whole, "did not finish its answer");
    if (caller?.aborted) this.left();
    else caller?.addEventListener("abort", this.left, { once: true });
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.ended) this.controller.abort(this.reason);
    return this.controller.signal;
  }

  limit(ms: number, what: string): Limit {
    const limit = new CallLimit(this, ms, what);
    this.limits.push(limit);
    limit.restart();
    return limit;
  }

  whenEnded(tell: (reason: unknown) => void): void {
    if (this.ended) tell(this.reason);
    else this.told.push(tell);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wakes = Number.NEGATIVE_INFINITY;
    this.caller?.removeEventListener("abort", this.left);
  }

  /** Looks at the limits no later than at that time. */
  wakeAt(at: number, now: number): void {
    if (at >= this.wakes) return;
    clearTimeout(this.timer);
    this.wakes = at;
    // A socket under way keeps the process alive; a clock alone shall not.
    this.timer = setTimeout(this.look, Math.min(Math.ceil(at - now), 2 ** 31 - 1)).unref();
  }

  private readonly look = (): void => {
    this.wakes = never;
    const now = monotonic();
    const [next] = this.limits.toSorted((one, other) => one.until - other.until);
    if (!next || next.until === never) return;
    if (next.until > now) this.wakeAt(next.until, now);
    else this.end(new ProviderError(`the server ${next.what} in ${next.ms / 1000} s`, { kind: "timeout" }));
  };

  private readonly left = (): void => this.end(this.caller?.reason);

  private end(reason: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.reason = reason;
    this.stop();
    this.controller?.abort(reason);
    for (const tell of this.told) tell(reason);
  }
}

class CallLimit implements Limit {
  readonly ms: number;
  readonly what: string;
  /** When it is reached; never while it does not count. */
  until = never;
  private readonly clock: CallClock;

  constructor(clock: CallClock, ms: number, what: string) {
    this.clock = clock;
    this.ms = ms;
    this.what = what;
  }

  restart(): void {
    const now = monotonic();
    this.until = now + this.ms;
    this.clock.wakeAt(this.until, now);
  }

  stop(): void {
    this.until = never;
  }
}
