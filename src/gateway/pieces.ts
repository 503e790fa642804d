import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** A streamed answer on its way to a client. */
export interface Pieces {
  /** Whether the headers are sent: from then on a failure can only be told within the stream. */
  readonly begun: boolean;
  /** Sends a piece; where the client does not keep up, waits until it has read. */
  write(text: string): void | Promise<void>;
  end(text: string): void;
}

/** Milliseconds that a client may leave a full stream unread. */
const patience = 30_000;

/** Opens a stream to a client that is sent with its first piece. One that does not read is cut off. */
export function openPieces(
  response: ServerResponse,
  headers: () => Readonly<Record<string, string>>,
  { wait = patience }: { readonly wait?: number } = {},
): Pieces {
  const begin = () => {
    if (!response.headersSent) response.writeHead(200, { "cache-control": "no-cache", ...headers() });
  };
  return {
    get begun() {
      return response.headersSent;
    },
    write(text) {
      begin();
      if (response.destroyed || response.write(text)) return;
      return drained(response, wait);
    },
    end(text) {
      begin();
      response.end(text);
    },
  };
}

async function drained(response: ServerResponse, wait: number): Promise<void> {
  const late = setTimeout(() => response.destroy(), wait);
  const read = new AbortController();
  const { signal } = read;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]).catch(() => {});
  read.abort();
  clearTimeout(late);
}
