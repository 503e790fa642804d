import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";

/** A picture of a page, as bytes of colour. */
interface Picture {
  readonly width: number;
  readonly height: number;
  /** Bytes per pixel. */
  readonly depth: number;
  readonly bytes: Buffer;
}

/** A part of a picture, in pixels. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Reads the PNG of a screenshot: eight bits per colour, not interlaced, as browsers write it. */
export function readPng(file: Buffer): Picture {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length; at += 12 + file.readUInt32BE(at)) {
    const length = file.readUInt32BE(at);
    if (file.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(file.subarray(at + 8, at + 8 + length));
  }
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const depth = file[25] === 6 ? 4 : 3;
  const lines = inflateSync(Buffer.concat(parts));
  return { width, height, depth, bytes: unfiltered(lines, { width, height, depth }) };
}

/** Undoes what PNG does to each line to make it smaller. */
function unfiltered(lines: Buffer, { width, height, depth }: Omit<Picture, "bytes">): Buffer {
  const row = width * depth;
  const bytes = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const kind = lines[y * (row + 1)];
    const from = y * (row + 1) + 1;
    const to = y * row;
    for (let x = 0; x < row; x++) {
      const left = x < depth ? 0 : (bytes[to + x - depth] ?? 0);
      const up = y === 0 ? 0 : (bytes[to + x - row] ?? 0);
      const corner = x < depth || y === 0 ? 0 : (bytes[to + x - row - depth] ?? 0);
      const added = [0, left, up, (left + up) >> 1][kind ?? 0] ?? nearestOf(left, up, corner);
      bytes[to + x] = (lines[from + x] ?? 0) + added;
    }
  }
  return bytes;
}

/** The predictor of Paeth: whichever of the three is nearest to their plane. */
function nearestOf(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Whether more than one colour is to be seen. */
export function isDrawn({ bytes, depth }: Picture): boolean {
  const first = bytes.subarray(0, depth);
  for (let at = depth; at < bytes.length; at += depth) {
    if (bytes.compare(first, 0, depth, at, at + depth) !== 0) return true;
  }
  return false;
}

/** A fingerprint of the parts of a picture; what lies outside of it does not count. */
export function fingerprint({ bytes, width, height, depth }: Picture, boxes: readonly Box[]): string {
  const hash = createHash("sha256");
  for (const box of boxes) {
    const left = within(box.x, width);
    const right = within(box.x + box.width, width);
    for (let y = within(box.y, height); y < within(box.y + box.height, height); y++) {
      hash.update(bytes.subarray((y * width + left) * depth, (y * width + right) * depth));
    }
    hash.update("|");
  }
  return hash.digest("hex");
}

const within = (place: number, end: number) => Math.min(end, Math.max(0, Math.round(place)));
