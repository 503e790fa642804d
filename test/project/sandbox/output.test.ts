import { describe, expect, it } from "vitest";
import { forPeople, keepEnds } from "../../../src/project/sandbox/output.ts";

describe("keepEnds", () => {
  it.each([
    { pieces: [], text: "" },
    { pieces: ["ab", "cd"], text: "abcd" },
    { pieces: ["12345678"], text: "12345678" },
    { pieces: ["123456789"], text: "1234\n[... 1 characters left out ...]\n6789" },
    { pieces: ["1", "2345678", "90", "", "abc"], text: "1234\n[... 5 characters left out ...]\n0abc" },
  ])("makes $text of $pieces", ({ pieces, text }) => {
    const kept = keepEnds(8);
    for (const piece of pieces) kept.add(piece);
    expect(kept.text()).toBe(text);
  });
});

describe("forPeople", () => {
  it.each([
    { what: "colours", raw: "\u001b[31mred\u001b[0m", shown: "red" },
    { what: "a link and a title", raw: "\u001b]0;title\u0007a\u001b]8;;http://x\u0007b\u001b]8;;\u0007", shown: "ab" },
    { what: "lines written over", raw: "10 %\r50 %\r100 %\ndone\r\n", shown: "100 %\ndone\n" },
    { what: "a line that ends in a return", raw: "10 %\r100 %\r", shown: "100 %" },
    { what: "bells, zeros and backspaces", raw: "a\u0007b\u0000c\bd\te", shown: "abcd\te" },
    { what: "text that runs backwards", raw: "\u202eabc\u202c", shown: "abc" },
    { what: "half a character", raw: "a\ud83d", shown: "a" },
    { what: "words of the world", raw: "né 你好 👩‍💻", shown: "né 你好 👩‍💻" },
  ])("shows $what as a terminal would", ({ raw, shown }) => {
    expect(forPeople(raw)).toBe(shown);
  });
});
