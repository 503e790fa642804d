import { pipeline, Readable } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { ProviderError } from "../provider.ts";
import type { Clock, Limit } from "./clock.ts";

/** The body of an answer, as it comes. */
export interface Body {
  /** The next piece; undefined at the end. One is asked for after the other. Fails with a ProviderError. */
  next(): Promise<Uint8Array | undefined>;
  /** Nobody wants the rest: closes the connection, unless the body is at its end. */
  close(): void;
  /** The rest says nothing: it is read and thrown away, so that the connection can be used again. */
  leave(): void;
}

/** A body, and those who are told what comes of it. */
export interface Inflow extends Body {
  /** It is the answer to a call: that ends when so many milliseconds bring nothing, and is over at the end of the body. */
  answers(clock: Clock, silence: number): void;
  push(bytes: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
}

/** Bytes that may wait to be read; a server that sends faster has to wait. */
const most = 64 * 1024;

/** Opens a body that a connection sends. */
export const openInflow = (connection: Dispatcher.DispatchController): Inflow => new ConnectionInflow(connection);

class ConnectionInflow implements Inflow {
  private readonly connection: Dispatcher.DispatchController;
  private clock: Clock | undefined = undefined;
  /** Counts while somebody waits. */
  private silence: Limit | undefined = undefined;
  private readonly waiting: Uint8Array[] = [];
  /** In `waiting`. */
  private bytes = 0;
  private state: "open" | "left" | "ended" | "failed" | "closed" = "open";
  private failure: unknown = undefined;
  private late: NodeJS.Timeout | undefined = undefined;
  /** Who waits for the next piece. */
  private reader: Reader | undefined = undefined;

  constructor(connection: Dispatcher.DispatchController) {
    this.connection = connection;
  }

  answers(clock: Clock, silence: number): void {
    this.clock = clock;
    this.silence = clock.limit(silence, "sent nothing");
    this.silence.stop();
    // all of it may be here already
    if (this.state !== "open") clock.stop();
  }

  push(piece: Uint8Array): void {
    if (this.state !== "open") return;
    const { reader } = this;
    if (reader) {
      this.reader = undefined;
      this.silence?.stop();
      reader.resolve(piece);
      return;
    }
    this.waiting.push(piece);
    this.bytes += piece.length;
    if (this.bytes > most) this.connection.pause();
  }

  end(): void {
    this.over("ended");
  }

  fail(cause: unknown): void {
    const broken = "the connection broke in the middle of the answer";
    this.failure = this.clock?.ended ? this.clock.reason : new ProviderError(broken, { kind: "truncated", cause });
    this.over("failed");
  }

  next(): Promise<Uint8Array | undefined> {
    const piece = this.waiting.shift();
    if (piece) {
      this.bytes -= piece.length;
      if (this.bytes === 0) this.connection.resume();
      return Promise.resolve(piece);
    }
    if (this.state === "failed") return Promise.reject(this.failure);
    if (this.state !== "open") return Promise.resolve(undefined);
    this.silence?.restart();
    return new Promise((resolve, reject) => {
      this.reader = { resolve, reject };
    });
  }

  close(): void {
    const open = this.state === "open" || this.state === "left";
    this.over("closed");
    if (open) this.connection.abort(new Error("the rest of an answer is not wanted"));
  }

  leave(): void {
    if (this.state !== "open") return;
    this.clock?.stop();
    this.state = "left";
    this.waiting.length = 0;
    this.connection.resume();
    this.late = setTimeout(() => this.close(), 1000).unref();
  }

  private over(state: "ended" | "failed" | "closed"): void {
    if (this.state !== "open" && this.state !== "left") return;
    this.state = state;
    this.clock?.stop();
    clearTimeout(this.late);
    const { reader } = this;
    this.reader = undefined;
    if (state === "failed") reader?.reject(this.failure);
    else reader?.resolve(undefined);
  }
}

interface Reader {
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
