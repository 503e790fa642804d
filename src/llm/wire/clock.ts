import { eitherSignal } from "../../either-signal.ts";
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
  /** Ends the call when the caller does or a clock has run out; the reason says which. */
  readonly signal: AbortSignal;
  /** Milliseconds until the connection stands. */
  readonly connect: number;
  /** Milliseconds until the first token, where the user said so. */
  readonly firstToken: number | undefined;
  /** Milliseconds between two pieces. */
  readonly idle: number;
  /** Milliseconds of the whole call. */
  readonly whole: number;
  /** Ends the call with "the server `what` in N s" unless the returned function is called in time. */
  limit(ms: number, what: string): () => void;
  /** Passes a stream on and ends the call when it falls silent. */
  watch<T>(source: AsyncIterable<T> | null, ms?: number, what?: string): AsyncGenerator<T>;
  /** Stops the clock of the whole call: it is over. `watch` does so at the end of its stream. */
  stop(): void;
}

/** Starts the clocks of one call. */
export function startClock(timeouts: Timeouts, caller: AbortSignal | null | undefined): Clock {
  const seconds = (value: number | undefined, otherwise: number) => (value || otherwise) * 1000;
  const whole = seconds(timeouts.timeout, timeouts.timeout === 0 ? 300 : 600);
  const idle = seconds(timeouts.idle_timeout, 120);
  // the caller may outlive the call
  const { signal, end, release } = eitherSignal(...(caller ? [caller] : []));
  const limit = (ms: number, what: string) => {
    const late = () => end(new ProviderError(`the server ${what} in ${ms / 1000} s`, { kind: "timeout" }));
    // A socket under way keeps the process alive; a clock alone shall not.
    const timer = setTimeout(late, Math.min(ms, 2 ** 31 - 1)).unref();
    return () => clearTimeout(timer);
  };
  const inTime = limit(whole, "did not finish its answer");
  const stop = () => {
    inTime();
    release();
  };
  return {
    signal,
    connect: seconds(timeouts.connect_timeout, 10),
    firstToken: timeouts.first_token_timeout ? timeouts.first_token_timeout * 1000 : undefined,
    idle,
    whole,
    limit,
    stop,
    async *watch(source, ms = idle, what = "sent nothing") {
      let heard = limit(ms, what);
      try {
        for await (const piece of source ?? []) {
          heard();
          yield piece;
          heard = limit(ms, what);
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ProviderError) throw error;
        throw new ProviderError("the connection broke in the middle of the answer", {
          kind: "truncated",
          cause: error,
        });
      } finally {
        heard();
        stop();
      }
    },
  };
}
