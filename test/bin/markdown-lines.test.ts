import { describe, expect, it } from "vitest";
import { markdownLines } from "../../bin/markdown-lines.ts";
import type { Paint } from "../../bin/paint.ts";

const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
const paint: Paint = { bold: tag("b"), dim: tag("dim"), green: tag("g"), yellow: tag("y"), red: tag("r") };
const lines = (markdown: string, columns = 20) => markdownLines(markdown, { paint, columns });

describe("Markdown on the screen", () => {
  it.each([
    ["a heading", "## Goals", ["<b>## Goals</b>"]],
    ["a long heading", "# one two three four five", ["<b># one two three four</b>", "<b>five</b>"]],
    ["prose", "the quick brown fox jumps", ["the quick brown fox", "jumps"]],
    ["Chinese prose", "敏捷的棕色狐狸跳过了懒狗", ["敏捷的棕色狐狸跳过了", "懒狗"]],
    ["what is no heading", "#1 is best", ["#1 is best"]],
    ["an escaped sign", "a &lt;b> c", ["a <b> c"]],
    [
      "a table",
      "| a | b |\n| --- | --- |\n| c &lt; | a long cell of this table |",
      ["| a | b |", "<dim>| --- | --- |</dim>", "| c < | a long cell of this table |"],
    ],
    [
      "code",
      "```js\n# no heading, and a long line &lt;\n~~~\n```\n# H",
      ["<dim>```js</dim>", "# no heading, and a long line &lt;", "~~~", "<dim>```</dim>", "<b># H</b>"],
    ],
    ["code in a longer fence", "````\n```\n````\n# H", ["<dim>````</dim>", "```", "<dim>````</dim>", "<b># H</b>"]],
    ["control characters", "\u001b[31mred\u0007\u202e\r\nnext", ["[31mred", "next"]],
  ])("%s", (_what, markdown, expected) => {
    expect(lines(markdown)).toEqual(expected);
  });
});
