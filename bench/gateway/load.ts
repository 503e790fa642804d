import autocannon, { type Result } from "autocannon";

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
  readonly connections: number;
  /** Requests a second, on time as long as a connection is free; as many as the connections allow where absent. */
  readonly rate?: number;
  readonly seconds?: number;
  /** How many requests, in place of seconds. */
  readonly amount?: number;
}

/** Asks the same short question again and again. */
export async function load({ url, stream, connections, rate, seconds = 10, amount }: Asking): Promise<Load> {
  const times: number[] = [];
  const { errors, non2xx, requests } = await new Promise<Result>((resolve, reject) => {
    const running = autocannon(
      {
        ...{ url: `${url}/v1/chat/completions`, method: "POST", connections },
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "bench", stream, messages: [{ role: "user", content: "How are you today?" }] }),
        ...(amount === undefined ? { duration: seconds } : { amount }),
        ...(rate !== undefined && { overallRate: rate }),
      },
      (error, result) => (error ? reject(error) : resolve(result)),
    );
    running.on("response", (_client, _status, _bytes, time) => times.push(time));
  });
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), rate: requests.average, failed: errors + non2xx };
}
