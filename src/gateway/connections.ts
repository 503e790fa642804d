import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { openaiError } from "./openai/errors.ts";
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

/** What is known of the connections of a server besides their requests. */
export interface Connections {
  /** An answer is going to be sent. */
  expect(answer: ServerResponse): void;
  /** Answers what is no request, or does not become a whole one. */
  refuse(error: { readonly code?: string | undefined }, socket: Socket): void;
}

/** Keeps count of the answers that connections wait for, and closes those whose clients do not read. */
export function openConnections({ unread }: Patience): Connections {
  const open = new WeakMap<Socket, Set<ServerResponse>>();
  return {
    expect(answer) {
      const { socket } = answer.req;
      const answers = open.get(socket) ?? new Set();
      open.set(socket, answers.add(answer));
      answer.once("close", () => answers.delete(answer));
      // one that waits until there is something to read is left alone
      answer.setTimeout(unread, () => {
        if (socket.writableLength > 0) socket.destroy();
      });
    },
    refuse({ code = "" }, socket) {
      // within another answer nothing can be said
      const begun = [...(open.get(socket) ?? [])].some(({ headersSent }) => headersSent);
      if (begun || !socket.writable || code === "ECONNRESET") return void socket.destroy();
      socket.end(answerOf(refusals[code] ?? noRequest));
      // closed at once, what was said could be lost; it need not hear it
      setTimeout(() => socket.destroy(), farewell).unref();
    },
  };
}

/** Milliseconds in which a client can read why it is not answered. */
const farewell = 500;

const noRequest = new Refusal("request", "this is no HTTP request");

const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: new Refusal("too-large", "the headers are larger than this server takes", { status: 431 }),
  ERR_HTTP_REQUEST_TIMEOUT: new Refusal("timeout", "the request did not come whole in time", { status: 408 }),
};

function answerOf(refusal: Refusal): string {
  const body = JSON.stringify(openaiError(refusal));
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
