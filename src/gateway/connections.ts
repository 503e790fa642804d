import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { errorShapeFor } from "./error-shape.ts";
import { Refusal } from "./refusal.ts";

/** How long clients are waited for, in milliseconds. */
export interface Patience {
  /** Until the headers of a request are there. */
  readonly headers: number;
  /** Until a request is whole. */
  readonly request: number;
  /** While a client leaves unread what was sent. */
  readonly unread: number;
}

export const usualPatience: Patience = { headers: 15_000, request: 60_000, unread: 30_000 };

/** What is known of the connections of a server: the answers that they wait for. */
export interface Connections {
  /** An answer is going to be sent. */
  expect(answer: ServerResponse): void;
  /** Nothing has gone over a connection for a while: it is closed where nobody waits, or somebody does not read. */
  still(connection: Duplex): void;
  /**
   * Answers what is no request, or does not become a whole one, and closes the connection. Gives what was said where it
   * is about no answer that is expected, so that nobody else tells of it.
   */
  refuse(fault: Fault, connection: Duplex): Refusal | undefined;
  /** What was said in place of this answer, or came in its middle, because its connection had to be closed. */
  brokenOff(answer: ServerResponse): Refusal | undefined;
  /** Resolves when no answer is expected any more, or the signal ends the waiting. */
  none(signal: AbortSignal): Promise<void>;
}

/** What HTTP has against a connection. */
interface Fault {
  /** Such as `HPE_HEADER_OVERFLOW`. */
  readonly code?: string | undefined;
  /** The bytes that were read last. */
  readonly rawPacket?: Buffer | undefined;
}

/** Keeps count of the answers that clients wait for, and closes the connections of those who do not read. */
export function openConnections(): Connections {
  const open = new Set<ServerResponse>();
  const broken = new WeakMap<ServerResponse, Refusal>();
  let emptied = () => {};
  return {
    expect(answer) {
      open.add(answer);
      answer.once("close", () => {
        open.delete(answer);
        if (open.size === 0) emptied();
      });
    },
    still(connection) {
      const waits = [...open].some(({ req }) => req.socket === connection);
      // one that waits until there is something to read is left alone
      if (!waits || connection.writableLength > 0) connection.destroy();
    },
    refuse({ code = "", rawPacket }, connection) {
      const waiting = [...open].filter(({ req }) => req.socket === connection);
      if (!connection.writable || code === "ECONNRESET") return void connection.destroy();
      const refusal = refusals[code] ?? noRequest;
      for (const answer of waiting) broken.set(answer, refusal);
      // within another answer nothing can be said
      if (waiting.some(({ headersSent }) => headersSent)) return void connection.destroy();
      connection.end(answerOf(refusal, waiting[0]?.req.url ?? addressIn(rawPacket)));
      // closed at once, what was said could be lost; it need not hear it
      setTimeout(() => connection.destroy(), farewell).unref();
      return waiting.length === 0 ? refusal : undefined;
    },
    brokenOff: (answer) => broken.get(answer),
    none: (signal) =>
      new Promise((resolve) => {
        if (open.size === 0 || signal.aborted) return resolve();
        emptied = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
}

/** Milliseconds in which a client can read why it is not answered. */
const farewell = 500;

const noRequest = new Refusal("request", "this is no HTTP request");

const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: new Refusal("too-large", "the headers are larger than this server takes", { status: 431 }),
  ERR_HTTP_REQUEST_TIMEOUT: new Refusal("timeout", "the request did not come whole in time", { status: 408 }),
  HPE_INVALID_EOF_STATE: new Refusal("request", "the request ended before it was whole"),
  CONNECT: new Refusal("request", "this server is no proxy", { status: 405 }),
};

/** Where a request went, if these bytes are its beginning. */
const addressIn = (bytes: Buffer = Buffer.alloc(0)): string =>
  /^[A-Z]+ (\S+)/.exec(bytes.toString("latin1", 0, 200))?.[1] ?? "";

function answerOf(refusal: Refusal, url: string): string {
  const body = JSON.stringify(errorShapeFor(url)(refusal));
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
