import { pipeline, type Readable } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";

/** The body of an answer. */
export interface Body {
  /** To close it early closes the connection. */
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** What is left says nothing: it is read and thrown away, so that the connection can be used again. */
  readonly leave: () => void;
}

/** Reads a body as it comes, unpacked should a server have packed it without being asked to. */
export function bodyOf(body: Dispatcher.ResponseData["body"], encoding: string): Body {
  const unpack = packings[encoding.trim().toLowerCase()];
  if (unpack)
    return {
      bytes: read(
        pipeline(body, unpack(), () => {}),
        close,
      ),
      leave: () => {},
    };
  let end: (body: Readable) => void = close;
  const leave = () => {
    end = drain;
  };
  return { bytes: read(body, () => end(body)), leave };
}

async function* read(body: Readable, end: (body: Readable) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false });
  } finally {
    if (!body.destroyed) end(body);
  }
}

const close = (body: Readable) => {
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
