import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatFilter } from "../../../src/llm/dashscope/repeated-text.ts";

function read(frames: readonly string[]) {
  const filter = repeatFilter();
  return [...frames.map(filter.push), filter.end()];
}
const joined = (frames: readonly string[]) => read(frames).join("");
const whole = (pieces: readonly string[]) => pieces.map((_, index) => pieces.slice(0, index + 1).join(""));

describe("what each frame adds", () => {
  it.each([
    ["pieces", ["Hel", "lo", ""], "Hello"],
    ["pieces that begin alike", ["a", "ab", "c"], "aabc"],
    ["the same piece again and again", ["ha", "ha", "ha"], "hahaha"],
    ["the same piece, then its end", ["ha", "ha", ""], "haha"],
    ["the whole text so far", ["你", "你好", "你好, world", "你好, world"], "你好, world"],
    ["the whole text, once", ["Hello", ""], "Hello"],
    ["the whole text, at last again", ["Hel", "Hello", "Hello"], "Hello"],
    ["nothing before the text", ["", "", "Hel", "lo", ""], "Hello"],
    ["nothing", [], ""],
  ])("of %s", (_, frames, text) => {
    expect(joined(frames)).toBe(text);
  });

  it("is said as soon as the manner is clear", () => {
    expect(read(["Hel", "lo, ", "world"])).toEqual(["Hel", "lo, ", "world", ""]);
    const frames = whole(["Once upon ", "a time ", "there was ", "a fox."]);
    expect(read(frames)).toEqual(["Once upon ", "", "a time there was ", "a fox.", ""]);
  });
});

it("no text is doubled or lost, however it is cut (case 46)", () => {
  const pieces = fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { minLength: 3, maxLength: 20 });
  fc.assert(
    fc.property(pieces, (cut) => {
      expect(joined(whole(cut))).toBe(cut.join(""));
      expect(joined(["First ", ...cut.map((piece) => `-${piece}`), ""])).toBe(
        `First ${cut.map((p) => `-${p}`).join("")}`,
      );
    }),
  );
});
