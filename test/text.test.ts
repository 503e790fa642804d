import { describe, expect, it } from "vitest";
import { dedent, nearest } from "../src/text.ts";

describe("dedent", () => {
  it("takes off the common indentation and the outer blank lines", () => {
    const text = dedent`
      one
        two

      three
    `;
    expect(text).toBe("one\n  two\n\nthree");
  });

  it("leaves inserted text as it is, on every line of it", () => {
    const inserted = "a\n      b\n\n  c";
    const text = dedent`
      before
      ${inserted}
        ${inserted}
      after ${1} ${undefined}
    `;
    expect(text).toBe(`before\n${inserted}\n  ${inserted}\nafter 1 undefined`);
  });

  it("does not take text of one line for indentation, or a value for a pattern", () => {
    expect(dedent`one ${"$& $1"} line`).toBe("one $& $1 line");
    expect(dedent`${""}`).toBe("");
  });

  it("is not misled by an indented value that comes first", () => {
    const text = dedent`
      ${"    code"}
      end
    `;
    expect(text).toBe("code\nend");
  });
});

describe("nearest", () => {
  const known = ["help", "llms", "investment", "code_review", "max_auto_summarize_code"];
  it.each([
    ["llms", "llms"],
    ["llm", "llms"],
    ["LLMS", "llms"],
    ["lmls", "llms"],
    ["hlep", "help"],
    ["investmnt", "investment"],
    ["invesment", "investment"],
    ["code-review", "code_review"],
    ["max_auto_sumarise_code", "max_auto_summarize_code"],
    ["snake", undefined],
    ["game", undefined],
    ["2048", undefined],
    ["贪吃蛇", undefined],
    ["", undefined],
    ["divestiture", undefined],
  ])("takes %j for %j", (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it("prefers the nearer of two, and the first where both are as near", () => {
    expect(nearest("investmet", ["investor", "investment"])).toBe("investment");
    expect(nearest("cat", ["bat", "hat"])).toBe("bat");
  });

  it("counts two letters that changed places as one slip", () => {
    expect(nearest("gti", ["git"])).toBe("git");
    expect(nearest("tgi", ["git"])).toBeUndefined();
  });

  it("knows nothing where nothing is known", () => {
    expect(nearest("help", [])).toBeUndefined();
  });
});
