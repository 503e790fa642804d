export interface Token {
  readonly value: string;
  /** When it should be fetched again, in milliseconds. */
  readonly until: number;
}

export interface TokenKeeper {
  /** The token that is good now. Calls that ask at once wait for one fetch, which ends when the last of them does. */
  get(signal: AbortSignal): Promise<string>;
  /** The server no longer takes this token. */
  forget(value: string): void;
}

/** Keeps a token that has to be fetched. */
export function tokenKeeper(fetchToken: (signal: AbortSignal) => Promise<Token>, now: () => number): TokenKeeper {
  let kept: Token | undefined;
  let asked: { readonly token: Promise<Token>; readonly ended: AbortController; waiting: number } | undefined;

  const ask = () => {
    const ended = new AbortController();
    return { ended, token: fetchToken(ended.signal), waiting: 0 };
  };

  return {
    async get(signal) {
      signal.throwIfAborted();
      if (kept && now() < kept.until) return kept.value;
      asked ??= ask();
      const asking = asked;
      asking.waiting += 1;
      try {
        kept = await unlessAborted(asking.token, signal);
        return kept.value;
      } finally {
        asking.waiting -= 1;
        if (asking.waiting === 0) {
          asking.ended.abort();
          if (asked === asking) asked = undefined;
        }
      }
    },
    forget(value) {
      if (kept?.value === value) kept = undefined;
    },
  };
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
