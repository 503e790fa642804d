import { pipeline, type Readable } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { ProviderError } from "../provider.ts";

/** The body of an answer. */
export interface Body {
  /** To close it early closes the connection. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What is left says nothing: it is read and thrown away, so that the connection can be used again. */
  readonly leave: () => void;
}

/** Reads a body as it comes, unpacked should a server have packed it without being asked to. */
export function bodyOf(body: Dispatcher.ResponseData["body"], encoding: string): Body {
  const packing = encoding.trim().toLowerCase();
  const unpack = packings[packing];
  if (!unpack && packing !== "" && packing !== "identity") {
    close(body);
    throw new ProviderError(`the server packs its answer in a way that was not asked for: ${packing.slice(0, 40)}`, {
      kind: "protocol",
    });
  }
  if (unpack) return { bytes: pipeline(body, unpack(), () => {}), leave: () => {} };
  let end: (body: Readable) => void = close;
  const leave = () => {
    end = drain;
  };
  return { bytes: { [Symbol.asyncIterator]: () => read(body, () => end(body)) }, leave };
}

/** Reads it; `end` is told when nobody wants the rest. */
function read(body: Readable, end: () => void): AsyncIterator<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = body.iterator({ destroyOnReturn: false });
  return {
    next: () => pieces.next(),
    async return() {
      await pieces.return?.();
      end();
      return { done: true, value: undefined };
    },
  };
}

/** Gives up what is left of a body, and its connection. */
export const close = (body: Readable) => {
  body.on("error", () => {}).destroy();
};

/** Lets a body come to its end, which it should be at. */
function drain(body: Readable): void {
  const late = setTimeout(close, 1000, body).unref();
  body
    .on("error", () => {})
    .on("close", () => clearTimeout(late))
    .resume();
}

/** A stream is unpacked as far as it came, each piece at once. */
const flushed = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const packings: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => createGunzip(flushed),
  "x-gzip": () => createGunzip(flushed),
  deflate: () => createInflate(flushed),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};
