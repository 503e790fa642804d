import { describe, expect, it } from "vitest";
import { readBlocks } from "../../../src/project/edits/index.ts";

const block = (search: string, replace: string) => ({ search, replace });

describe("readBlocks", () => {
  const one = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n";
  const [oldToNew] = [block("old\n", "new\n")];

  it.each<[string, string, object[]]>([
    ["a bare block", one, [oldToNew]],
    ["a block in a fence, with prose around", `Here:\n\`\`\`js\n${one}\`\`\`\nDone.`, [oldToNew]],
    ["several blocks in one fence", `\`\`\`\n${one}\n${one}\`\`\``, [oldToNew, oldToNew]],
    ["several blocks in fences of their own", `\`\`\`\n${one}\`\`\`\nand\n~~~\n${one}~~~`, [oldToNew, oldToNew]],
    ["carriage returns", one.replaceAll("\n", "\r\n"), [oldToNew]],
    ["five characters", "<<<<< SEARCH\nold\n=====\nnew\n>>>>> REPLACE", [oldToNew]],
    ["nine characters", "<<<<<<<<< SEARCH\nold\n=========\nnew\n>>>>>>>>> REPLACE", [oldToNew]],
    ["marks of different lengths", "<<<<<< SEARCH\nold\n========\nnew\n>>>>>>> REPLACE", [oldToNew]],
    ["ORIGINAL and UPDATED", "<<<<<<< ORIGINAL\nold\n=======\nnew\n>>>>>>> UPDATED", [oldToNew]],
    ["the marks of git", "<<<<<<< HEAD\nold\n=======\nnew\n>>>>>>> feature/x", [oldToNew]],
    ["nothing after the marks", "<<<<<<<\nold\n=======\nnew\n>>>>>>>", [oldToNew]],
    ["blanks after the marks, and small letters", "<<<<<<< search \nold\n======= \nnew\n>>>>>>> replace\t", [oldToNew]],
    ["a path after the mark", "<<<<<<< SEARCH src/a.js\nold\n=======\nnew\n>>>>>>> REPLACE", [oldToNew]],
    ["no last mark at the end of a fence", "```\n<<<<<<< SEARCH\nold\n=======\nnew\n```\n", [oldToNew]],
    [
      "no last mark, and a fence in the new text",
      "````\n<<<<<<< SEARCH\nold\n=======\n```js\nnew\n```\n````\n",
      [block("old\n", "```js\nnew\n```\n")],
    ],
    ["the reasoning before it", `<think>maybe ${one}</think>\n${one}`, [oldToNew]],
    ["an empty search", "<<<<<<< SEARCH\n=======\nnew\n>>>>>>> REPLACE", [block("", "new\n")]],
    ["an empty replacement", "<<<<<<< SEARCH\nold\n=======\n>>>>>>> REPLACE", [block("old\n", "")]],
    ["a blank line for a replacement", "<<<<<<< SEARCH\nold\n=======\n\n>>>>>>> REPLACE", [block("old\n", "\n")]],
    [
      "blanks and blank lines",
      "<<<<<<< SEARCH\n\n  old \n=======\n\tnew\n\n>>>>>>> REPLACE",
      [block("\n  old \n", "\tnew\n\n")],
    ],
    [
      "marks inside a line",
      `<<<<<<< SEARCH\nx <<<<<<< SEARCH\n  =======\n=======\n // >>>>>>> REPLACE\n>>>>>>> REPLACE`,
      [block("x <<<<<<< SEARCH\n  =======\n", " // >>>>>>> REPLACE\n")],
    ],
    [
      "a whole conflict in the file",
      "<<<<<<< SEARCH\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n=======\na\n>>>>>>> REPLACE",
      [block("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n", "a\n")],
    ],
    [
      "the lower half of a conflict",
      "<<<<<<< SEARCH\n=======\nb\n>>>>>>> branch\n=======\nb\n>>>>>>> REPLACE",
      [block("=======\nb\n>>>>>>> branch\n", "b\n")],
    ],
    [
      "the upper half of a conflict",
      "<<<<<<< SEARCH\n<<<<<<< HEAD\na\n=======\n=======\na\n>>>>>>> REPLACE",
      [block("<<<<<<< HEAD\na\n=======\n", "a\n")],
    ],
    [
      "the first line of a conflict",
      "<<<<<<< SEARCH\n<<<<<<< HEAD\n=======\n>>>>>>> REPLACE",
      [block("<<<<<<< HEAD\n", "")],
    ],
    [
      "a conflict put into the file by marks of another length",
      "<<<<<<<<< SEARCH\nold\n=========\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n>>>>>>>>> REPLACE",
      [block("old\n", "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n")],
    ],
    [
      "a heading underlined by as many marks",
      "<<<<<<< SEARCH\nChanges\n=======\n\n=======\nHistory\n=======\n\n>>>>>>> REPLACE",
      [block("Changes\n=======\n\n", "History\n=======\n\n")],
    ],
    [
      "a divider below a line of its width",
      "<<<<<<< SEARCH\nreturn;\n=======\nreturn 1;\n>>>>>>> REPLACE",
      [block("return;\n", "return 1;\n")],
    ],
    [
      "both sides in the same fence",
      "<<<<<<< SEARCH\n```js\nold\n```\n=======\n```js\nnew\n```\n>>>>>>> REPLACE",
      [oldToNew],
    ],
    [
      "fences that differ, which belong to the file",
      "<<<<<<< SEARCH\n```js\nold\n```\n=======\n```ts\nold\n```\n>>>>>>> REPLACE",
      [block("```js\nold\n```\n", "```ts\nold\n```\n")],
    ],
  ])("reads %s", (_, text, blocks) => {
    expect(readBlocks(text)).toEqual({ blocks, problems: [] });
  });

  it.each<[string, string, object[], string[]]>([
    ["prose", "I would change line 3.", [], ["The answer has no SEARCH/REPLACE block."]],
    [
      "an answer that was cut off",
      `${one}\n<<<<<<< SEARCH\nx\n=======\nhalf of it`,
      [oldToNew],
      ["The block that begins in line 7 has no >>>>>>> REPLACE line."],
    ],
    [
      "a block without the middle",
      `<<<<<<< SEARCH\nx\n>>>>>>> REPLACE\n${one}`,
      [oldToNew],
      ["The block that begins in line 1 has no ======= line."],
    ],
    [
      "a block without end before the next one",
      `<<<<<<< SEARCH\nx\n=======\ny\nThen:\n${one}`,
      [oldToNew],
      ["The block that begins in line 1 has no >>>>>>> REPLACE line."],
    ],
  ])("says what is wrong with %s", (_, text, blocks, problems) => {
    expect(readBlocks(text)).toEqual({ blocks, problems });
  });

  it("reads a hundred thousand marks that end nothing in one go", () => {
    const marks = ["<<<<<<< SEARCH", "<<<<<<<< HEAD", "<<<<<<< HEAD", "=====", "```", "x >>>>>>>"].join("\n");
    expect(readBlocks(`${marks}\n`.repeat(20_000)).blocks).toEqual([]);
  });
});
