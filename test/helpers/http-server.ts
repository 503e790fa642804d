import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Heard {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** What a scripted server does with one request. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Written one after the other, each on its own. */
  readonly pieces?: readonly (string | Uint8Array)[];
  /** Milliseconds before the headers, and between two pieces. */
  readonly wait?: number;
  readonly pause?: number;
  /** Milliseconds that all pieces take together, in place of `pause`. */
  readonly lasts?: number;
  /** How it ends: properly, with the connection reset, or never. */
  readonly end?: "close" | "reset" | "stall";
}

export interface HttpServer {
  readonly url: string;
  readonly requests: Heard[];
  /** How many connections the other side closed before the answer was complete. */
  readonly left: () => number;
  close(): Promise<void>;
}

/** A server on a free loopback port that answers as told. What `answer` throws is thrown again by `close`. */
export async function httpServer(
  answer: (request: Heard, number: number) => Answer | Promise<Answer>,
): Promise<HttpServer> {
  const requests: Heard[] = [];
  const faults: unknown[] = [];
  let left = 0;

  const server = createServer(async (incoming, outgoing) => {
    const heard = await hear(incoming);
    requests.push(heard);
    outgoing.on("close", () => {
      if (!outgoing.writableEnded) left += 1;
    });
    try {
      await write(outgoing, await answer(heard, requests.length));
    } catch (fault) {
      faults.push(fault);
      outgoing.writeHead(501, { "content-type": "text/plain" }).end(`test server: ${fault}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    left: () => left,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (faults.length > 0) throw faults[0];
    },
  };
}

/** Lets a reader in this process take what was written, which would else be joined with what follows. */
export async function taken(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

async function hear(incoming: IncomingMessage): Promise<Heard> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = "", url = "", headers } = incoming;
  return { method, url, headers, text: Buffer.concat(chunks).toString("utf8") };
}

async function write(outgoing: ServerResponse, { status = 200, headers = {}, pieces = [], ...timing }: Answer) {
  const { wait = 0, pause = 0, lasts = 0, end = "close" } = timing;
  if (wait > 0) await sleep(wait);
  outgoing.writeHead(status, headers);
  outgoing.flushHeaders();
  const began = performance.now();
  for (const [index, piece] of pieces.entries()) {
    if (lasts > 0) await sleep(began + (lasts * (index + 1)) / pieces.length - performance.now());
    if (outgoing.destroyed) return;
    await new Promise((resolve) => outgoing.write(piece, resolve));
    await taken();
    if (pause > 0) await sleep(pause);
  }
  if (end === "close") outgoing.end();
  if (end === "reset") outgoing.socket?.resetAndDestroy();
}
