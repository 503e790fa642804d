import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fingerprint, isDrawn, readPng } from "../../../src/project/probe/page/picture.ts";

const chunk = (name: string, data: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)]);
};

/** A PNG of the filtered lines, each with the number of its filter in front. */
function png(width: number, lines: readonly (readonly number[])[], { alpha = false } = {}): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(lines.length, 4);
  head[8] = 8;
  head[9] = alpha ? 6 : 2;
  const data = deflateSync(Buffer.from(lines.flat()));
  const parts = [
    chunk("IHDR", head),
    chunk("IDAT", data.subarray(0, 5)),
    chunk("IDAT", data.subarray(5)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

describe("a screenshot", () => {
  it.each([
    ["none", [0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]],
    ["left", [1, 1, 2, 3, 4, 5, 6], [1, 2, 3, 5, 7, 9]],
    ["above", [2, 1, 2, 3, 4, 5, 6], [11, 12, 13, 24, 25, 26]],
    ["average", [3, 1, 2, 3, 4, 5, 6], [6, 7, 8, 17, 18, 20]],
    ["Paeth", [4, 1, 2, 3, 4, 5, 6], [11, 12, 13, 24, 25, 26]],
  ])("is read with the filter %s", (_, line, pixels) => {
    const { bytes } = readPng(png(2, [[0, 10, 10, 10, 20, 20, 20], line]));
    expect([...bytes]).toEqual([10, 10, 10, 20, 20, 20, ...pixels]);
  });

  it("is drawn if it has more than one colour", () => {
    expect(isDrawn(readPng(png(2, [[0, 9, 9, 9, 9, 9, 9]])))).toBe(false);
    expect(isDrawn(readPng(png(2, [[0, 9, 9, 9, 9, 9, 8]])))).toBe(true);
    expect(
      isDrawn(
        readPng(
          png(
            1,
            [
              [0, 1, 2, 3, 255],
              [0, 1, 2, 3, 255],
            ],
            { alpha: true },
          ),
        ),
      ),
    ).toBe(false);
  });

  it("is compared by its parts, also by those that reach over the edge", () => {
    const a = readPng(png(2, [[0, 1, 1, 1, 2, 2, 2]]));
    const b = readPng(png(2, [[0, 1, 1, 1, 3, 3, 3]]));
    const print = (box: { x: number; width: number }) =>
      [a, b].map((picture) => fingerprint(picture, [{ y: -5, height: 9e9, ...box }]));
    expect(new Set(print({ x: 0, width: 1 })).size).toBe(1);
    expect(new Set(print({ x: 1, width: 9e9 })).size).toBe(2);
  });
});
