import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** A streamed answer on its way to a client. */
export interface Pieces {
  /** Whether the headers are sent: from then on a failure can only be told within the stream. */
  begun(): boolean;
  /** Sends a piece; where the client does not keep up, waits until it has read. */
  write(text: string): void | Promise<void>;
  end(text: string): void;
}

/** Opens a stream to a client that is sent with its first piece. */
export function openPieces(response: ServerResponse, headers: () => Readonly<Record<string, string>>): Pieces {
  const begin = () => {
    if (!response.headersSent) response.writeHead(200, { "cache-control": "no-cache", ...headers() });
  };
  return {
    begun: () => response.headersSent,
    write(text) {
      begin();
      if (response.destroyed || response.write(text)) return;
      return drained(response);
    },
    end(text) {
      begin();
      response.end(text);
    },
  };
}

/** Ends as well when the client has gone, or is cut off because it does not read. */
async function drained(response: ServerResponse): Promise<void> {
  const read = new AbortController();
  const { signal } = read;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]).catch(() => {});
  read.abort();
}
