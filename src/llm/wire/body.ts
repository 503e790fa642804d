import { pipeline, Readable } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { ProviderError } from "../provider.ts";

/** The body of an answer, as it comes. */
export interface Body {
  /** The next piece; undefined at the end. One is asked for after the other. */
  next(): Promise<Uint8Array | undefined>;
  /** Nobody wants the rest: closes the connection, unless the body is at its end. */
  close(): void;
  /** The rest says nothing: it is read and thrown away, so that the connection can be used again. */
  leave(): void;
}

/** A body, and those who are told what comes of it. */
export interface Inflow extends Body {
  push(bytes: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
}

/** Bytes that may wait to be read; a server that sends faster has to wait. */
const most = 64 * 1024;

/** Opens a body that a connection sends. */
export function openInflow(connection: Dispatcher.DispatchController): Inflow {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let state: "open" | "ended" | "failed" | "closed" = "open";
  let failure: unknown;
  let unread = false;
  let late: NodeJS.Timeout | undefined;
  let reader: PromiseWithResolvers | undefined;

  const settle = () => {
    clearTimeout(late);
    const asked = reader;
    reader = undefined;
    if (state === "failed") asked?.reject(failure);
    else asked?.resolve(undefined);
  };
  const close = () => {
    if (state !== "open") return;
    state = "closed";
    settle();
    connection.abort(new Error("the rest of an answer is not wanted"));
  };
  return {
    push(piece) {
      if (unread || state !== "open") return;
      if (reader) {
        const asked = reader;
        reader = undefined;
        asked.resolve(piece);
        return;
      }
      waiting.push(piece);
      bytes += piece.length;
      if (bytes > most) connection.pause();
    },
    end() {
      if (state === "open") state = "ended";
      settle();
    },
    fail(error) {
      if (state === "open") [state, failure] = ["failed", error];
      settle();
    },
    next() {
      const piece = waiting.shift();
      if (piece) {
        bytes -= piece.length;
        if (bytes === 0) connection.resume();
        return Promise.resolve(piece);
      }
      if (state === "failed") return Promise.reject(failure);
      if (state !== "open") return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        reader = { resolve, reject };
      });
    },
    close,
    leave() {
      if (state !== "open") return;
      unread = true;
      waiting.length = 0;
      connection.resume();
      late = setTimeout(close, 1000).unref();
    },
  };
}

interface PromiseWithResolvers {
  readonly resolve: (piece: Uint8Array | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Unpacks a body as it comes, should a server have packed it without being asked to. */
export function unpacked(body: Body, encoding: string): Body {
  const packing = encoding.trim().toLowerCase();
  if (packing === "" || packing === "identity") return body;
  const unpack = packings[packing];
  if (!unpack) {
    body.close();
    throw new ProviderError(`the server packs its answer in a way that was not asked for: ${packing.slice(0, 40)}`, {
      kind: "protocol",
    });
  }
  const pieces = pipeline(Readable.from(piecesOf(body)), unpack(), () => {}).iterator();
  const close = () => void pieces.return?.();
  return { next: async () => (await pieces.next()).value, close, leave: close };
}

/** The pieces of a body; who leaves closes it. */
export async function* piecesOf(body: Body): AsyncGenerator<Uint8Array> {
  try {
    for (let piece = await body.next(); piece; piece = await body.next()) yield piece;
  } finally {
    body.close();
  }
}

/** A stream is unpacked as far as it came, each piece at once. */
const flushed = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const packings: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => createGunzip(flushed),
  "x-gzip": () => createGunzip(flushed),
  deflate: () => createInflate(flushed),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};
