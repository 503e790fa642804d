import { describe, expect, it } from "vitest";
import { bulletList, code, fenced, inline, prose, table, tableRow } from "../../src/project/markdown.ts";

describe("inline", () => {
  it.each([
    ["plain text", "plain text"],
    ["  two\r\nlines\tand  spaces ", "two lines and spaces"],
    ["a List<Item>", "a List&lt;Item>"],
    ["a `List<Item>` and <b>", "a `List<Item>` and &lt;b>"],
    ["an unclosed ` and <b>", "an unclosed ` and &lt;b>"],
    ["a | b", "a \\| b"],
    ["a `x | y`", "a `x \\| y`"],
    ["a \\| b", "a \\\\\\| b"],
    ["![track](http://example.com)", "!\\[track](http://example.com)"],
    ["中文 **bold**", "中文 **bold**"],
    ["bell\u0007\u001b[31m", "bell [31m"],
    ["", ""],
  ])("writes %j as %j", (text, written) => {
    expect(inline(text)).toBe(written);
  });
});

describe("code", () => {
  it.each([
    ["npm start", "`npm start`"],
    ["a | b < c", "`a | b < c`"],
    ["echo `date`", "`` echo `date` ``"],
    ["a `` b", "``` a `` b ```"],
    ["two\nlines", "`two lines`"],
    [" ", ""],
  ])("writes %j as %j", (text, written) => {
    expect(code(text)).toBe(written);
  });
});

describe("bulletList", () => {
  it("keeps words as they are and the lines of an item together", () => {
    expect(bulletList(["one", " List<Item> | x ", "", "two\n\nlines\n- inner", "  "])).toBe(
      "- one\n- List<Item> | x\n- two\n\n  lines\n  - inner",
    );
  });

  it("is empty without items", () => {
    expect(bulletList([])).toBe("");
  });
});

describe("table", () => {
  it("keeps every row in one line and every cell in its column", () => {
    expect(
      table(
        ["Name", "Why"],
        [
          ["a|b", "two\n lines"],
          ["", "<x>"],
        ],
      ),
    ).toBe("| Name | Why |\n| --- | --- |\n| a\\|b | two<br>lines |\n|  | &lt;x> |");
  });

  it("gives a single row", () => {
    expect(tableRow(["a", "b"])).toBe("| a | b |");
  });
});

describe("fenced", () => {
  it.each([
    ["let a = 1;\n", "js", "```js\nlet a = 1;\n```"],
    ["```js\na\n```", "markdown", "````markdown\n```js\na\n```\n````"],
    ["a ````` b", "", "``````\na ````` b\n``````"],
    ["", "c++", "```c++\n\n```"],
    ["x", "js\n```", "```js\nx\n```"],
  ])("puts %j in a block of %s", (text, language, block) => {
    expect(fenced(text, language)).toBe(block);
  });
});

describe("prose", () => {
  it.each([
    ["plain text", "plain text"],
    ["a\n```js\nb\n```\nc", "a\n```js\nb\n```\nc"],
    ["a\n```js\nb", "a\n```js\nb\n```"],
    ["a\n~~~\n```\nb\n", "a\n~~~\n```\nb\n~~~"],
    ["````\n```\n````", "````\n```\n````"],
    ["", ""],
  ])("%j becomes %j", (text, closed) => {
    expect(prose(text)).toBe(closed);
  });
});
