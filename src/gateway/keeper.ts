import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "./gateway.ts";
import { type State, stateWriter } from "./state.ts";

/** Keeps what a server is to know again after a restart. */
export interface Keeper {
  /** Writes the state as it is now. Throws a DiskError. */
  keep(): Promise<void>;
  /** The same before it returns, for a program that ends at once; what cannot be written is lost. */
  keepAtOnce(): void;
  /** Writes it for the last time. */
  close(): Promise<void>;
}

interface Kept {
  readonly state: () => State;
  /** Resolves when the next money is spent. */
  readonly charged: () => Promise<void>;
  readonly log: Log;
}

/** Milliseconds after money was spent; as long is the least time between two writings. */
const delay = 1000;

/** Opens a keeper that also writes by itself soon after money was spent; where it cannot, it says so once. */
export function openKeeper(file: string, { state, charged, log }: Kept): Keeper {
  const writer = stateWriter(file);
  const closed = new AbortController();
  const keep = () => writer.write(state());
  void follow({ keep, charged, log, closed: closed.signal });
  return {
    keep,
    keepAtOnce: () => writer.writeAtOnce(state()),
    close() {
      closed.abort();
      return keep();
    },
  };
}

interface Following extends Pick<Kept, "charged" | "log"> {
  readonly keep: () => Promise<void>;
  readonly closed: AbortSignal;
}

async function follow({ keep, charged, log, closed }: Following): Promise<void> {
  let told = false;
  let next = charged();
  for (;;) {
    await next;
    const waited = pause(delay, true, { ref: false, signal: closed });
    if (!(await waited.catch(() => false))) return;
    // what is spent while it is being written counts for the next time
    next = charged();
    await keep().catch((error: unknown) => {
      if (!told) log.error({ err: error }, "the state could not be kept");
      told = true;
    });
  }
}
