import { setTimeout as sleep } from "node:timers/promises";
import autocannon, { type Options, type Result } from "autocannon";

/** What came of asking a server for a while. */
export interface Load {
  /** Milliseconds from a request to the end of its answer. */
  readonly median: number;
  readonly p95: number;
  /** Answers a second. */
  readonly rate: number;
  /** Requests without a good answer. */
  readonly failed: number;
}

interface Asking {
  readonly url: string;
  readonly stream: boolean;
}

/** So many callers who ask again as soon as they have an answer, for some seconds or so many requests. */
export const closedLoop = (
  asking: Asking,
  {
    connections,
    ...until
  }: { readonly connections: number } & ({ readonly duration: number } | { readonly amount: number }),
): Promise<Load> => together(asking, [0], { connections, ...until });

/**
 * Requests at a rate, evenly spaced and sent whether or not earlier ones are answered: as many callers as the rate, each
 * asking once a second, begun one after the other.
 */
export const openLoop = (asking: Asking, { rate, duration }: { readonly rate: number; readonly duration: number }) =>
  together(
    asking,
    Array.from({ length: rate }, (_, caller) => (caller * 1000) / rate),
    { connections: 1, connectionRate: 1, duration },
  );

/** Begins a load at each of these milliseconds, and takes them for one. */
async function together(asking: Asking, begin: readonly number[], options: Omit<Options, "url">): Promise<Load> {
  const times: number[] = [];
  const results = await Promise.all(
    begin.map(async (wait) => {
      await sleep(wait);
      return loaded(asking, options, times);
    }),
  );
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  const rate = results.reduce((sum, { requests }) => sum + requests.average, 0);
  const failed = results.reduce((sum, { errors, non2xx }) => sum + errors + non2xx, 0);
  return { median: at(0.5), p95: at(0.95), rate, failed };
}

/** Asks the same short question again and again; how long each answer took is added to the times. */
function loaded({ url, stream }: Asking, options: Omit<Options, "url">, times: number[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    const running = autocannon(
      {
        ...{ url: `${url}/v1/chat/completions`, method: "POST", headers: { "content-type": "application/json" } },
        body: JSON.stringify({ model: "bench", stream, messages: [{ role: "user", content: "How are you today?" }] }),
        ...options,
      },
      (error, result) => (error ? reject(error) : resolve(result)),
    );
    running.on("response", (_client, _status, _bytes, time) => times.push(time));
  });
}
