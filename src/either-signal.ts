import { setMaxListeners } from "node:events";

/** A signal that ends when one of several does, for as long as somebody listens. */
export interface EitherSignal {
  readonly signal: AbortSignal;
  /** Ends it by itself, for this reason. */
  end(reason?: unknown): void;
  /** Lets go of them: it will not end any more. */
  release(): void;
}

/** Unlike `AbortSignal.any`, of Node 20 at least, it leaves nothing behind in signals that outlive it. */
export function eitherSignal(...sources: readonly AbortSignal[]): EitherSignal {
  const either = new AbortController();
  const end = ({ target }: Event) => either.abort((target as AbortSignal).reason);
  for (const source of sources) {
    if (source.aborted) either.abort(source.reason);
    hearMany(source);
    source.addEventListener("abort", end, { once: true });
  }
  return {
    signal: either.signal,
    end: (reason) => either.abort(reason),
    release() {
      for (const source of sources) source.removeEventListener("abort", end);
    },
  };
}

const heardByMany = new WeakSet<AbortSignal>();

/** Many calls listen to the same signal, and each lets go of it at its end: Node shall not warn of a leak. */
function hearMany(signal: AbortSignal): void {
  if (heardByMany.has(signal)) return;
  heardByMany.add(signal);
  setMaxListeners(0, signal);
}

/** Whether one of two signals has ended, and a signal of it for those who have to wait. */
export interface Ending {
  readonly aborted: boolean;
  readonly signal: AbortSignal;
}

/** The end of whichever of them ends first; a signal of its own is made only for who asks for one, and is to be released. */
export const endingOf = (one: AbortSignal, other?: AbortSignal): Ending & { release(): void } =>
  new EitherEnd(one, other);

/** A class, since one is made for every call: an object with getters of its own costs a hundred times as much. */
class EitherEnd implements Ending {
  private either: EitherSignal | undefined;
  private readonly one: AbortSignal;
  private readonly other: AbortSignal | undefined;

  constructor(one: AbortSignal, other: AbortSignal | undefined) {
    this.one = one;
    this.other = other;
  }

  get aborted(): boolean {
    return this.one.aborted || (this.other?.aborted ?? false);
  }

  get signal(): AbortSignal {
    this.either ??= eitherSignal(this.one, ...(this.other ? [this.other] : []));
    return this.either.signal;
  }

  release(): void {
    this.either?.release();
  }
}
