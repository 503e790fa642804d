import { describe, expect, it } from "vitest";
import { applyBlocks, rewritten } from "../../../src/project/edits/index.ts";

const block = (search: string, replace: string) => ({ search, replace });
const done = (text: string, tolerated = 0) => ({ text, failed: [], tolerated });
const reasons = (source: string, ...blocks: { search: string; replace: string }[]) =>
  applyBlocks(source, blocks).failed.map(({ reason }) => reason);

describe("applyBlocks", () => {
  it.each<[string, string, [string, string][], string]>([
    ["changes a line", "a\nb\nc\n", [["b\n", "B\n"]], "a\nB\nc\n"],
    ["takes blocks whose last line has no end", "a\nb\nc\n", [["b", "B"]], "a\nB\nc\n"],
    ["inserts", "a\nb\n", [["a\n", "a\nnew\n"]], "a\nnew\nb\n"],
    ["deletes", "a\nb\nc\n", [["b\n", ""]], "a\nc\n"],
    ["puts a blank line in the place of one", "a\nb\nc\n", [["b\n", "\n"]], "a\n\nc\n"],
    ["deletes everything", "a\n", [["a\n", ""]], ""],
    ["fills an empty file", "", [["", "a\nb\n"]], "a\nb\n"],
    ["fills a file of blank lines", "\n\n", [["\n", "a\n"]], "a\n"],
    [
      "takes blocks in any order",
      "a\nb\nc\n",
      [
        ["c\n", "C\n"],
        ["a\n", "A\n"],
      ],
      "A\nb\nC\n",
    ],
    [
      "lets blocks share lines they keep",
      "a\nb\nc\n",
      [
        ["a\nb\n", "A\nb\n"],
        ["b\nc\n", "b\nC\n"],
      ],
      "A\nb\nC\n",
    ],
    [
      "lets two blocks insert between the same lines",
      "a\nb\n",
      [
        ["a\n", "a\n1\n"],
        ["b\n", "2\nb\n"],
      ],
      "a\n1\n2\nb\n",
    ],
    [
      "means the text as it was, not what other blocks make of it",
      "a\nb\n",
      [
        ["a\n", "b\n"],
        ["b\n", "c\n"],
      ],
      "b\nc\n",
    ],
    [
      "builds on the lines of an earlier block where the file has none",
      "a\n",
      [
        ["a\n", "b\n"],
        ["b\n", "c\n"],
      ],
      "c\n",
    ],
    ["does nothing for a block that changes nothing", "a\na\n", [["a\n", "a\n"]], "a\na\n"],
    ["keeps carriage returns", "a\r\nb\r\n", [["a\n", "A\nA\n"]], "A\r\nA\r\nb\r\n"],
    ["keeps a byte order mark", "\uFEFFa\r\nb", [["a\n", "A\n"]], "\uFEFFA\r\nb"],
    ["keeps mixed line ends of other lines", "a\r\nb\nc\r\n", [["c\n", "C\n"]], "a\r\nb\nC\r\n"],
    ["keeps the missing end of the last line", "a\nb", [["b\n", "B\nC\n"]], "a\nB\nC"],
    ["keeps it missing when the last line goes", "a\nb", [["b\n", ""]], "a"],
    ["takes a lone carriage return for a character", "a\rb\nc\n", [["c\n", "C\n"]], "a\rb\nC\n"],
    ["changes Chinese text", "第一行\n第二行\n", [["第二行\n", "新的\n"]], "第一行\n新的\n"],
    ["takes dollar signs by the letter", "a\n", [["a\n", "$& $1 $$\n"]], "$& $1 $$\n"],
    [
      "changes what git left of a merge",
      "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n",
      [["<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", "a\n"]],
      "a\n",
    ],
  ])("%s", (_, source, blocks, text) => {
    expect(
      applyBlocks(
        source,
        blocks.map(([search, replace]) => block(search, replace)),
      ),
    ).toEqual(done(text));
  });

  it.each<[string, string, [string, string], string]>([
    ["blanks at line ends, which stay", "a  \nb \nc\n", ["a\nb\n", "a\nB\n"], "a  \nB\nc\n"],
    ["blanks the block has too many", "a\nb\n", ["a \nb\n", "a \nB\n"], "a\nB\n"],
    [
      "less indentation",
      "  if (x) {\n    go();\n  }\n",
      ["if (x) {\n  go();\n}\n", "if (x) {\n  run();\n  go();\n}\n"],
      "  if (x) {\n    run();\n    go();\n  }\n",
    ],
    [
      "more indentation",
      "def f():\n    pass\n",
      ["    def f():\n        pass\n", "    def f():\n        return 1\n"],
      "def f():\n    return 1\n",
    ],
    [
      "spaces for tabs",
      "\tif (x) {\n\t\tgo();\n\t}\n",
      [
        "    if (x) {\n        go();\n    }\n",
        "    if (x) {\n        go();\n        if (y) {\n            on();\n        }\n    }\n",
      ],
      "\tif (x) {\n\t\tgo();\n\t\tif (y) {\n\t\t\ton();\n\t\t}\n\t}\n",
    ],
    [
      "two spaces for a tab, and one level less",
      "\t\tx {\n\t\t\ty\n",
      ["  x {\n    y\n", "  x {\n    z\n"],
      "\t\tx {\n\t\t\tz\n",
    ],
    ["tabs for spaces", "  x {\n    y\n  }\n", ["\tx {\n\t\ty\n\t}\n", "\tx {\n\t\tz\n\t}\n"], "  x {\n    z\n  }\n"],
    ["blank lines the block lacks", "a\n\nb\nc\n", ["a\nb\n", "a\nB\n"], "a\nB\nc\n"],
    ["blank lines the file lacks", "a\nb\nc\n", ["\na\n\nb\n", "\na\n\nB\n"], "a\n\nB\nc\n"],
    [
      "curly quotation marks of the file, which stay",
      "say “hi”\nx = 1\n",
      ['say "hi"\nx = 1\n', 'say "hi"\nx = 2\n'],
      "say “hi”\nx = 2\n",
    ],
    ["curly quotation marks of the model, which go", "print('a')\n", ["print(‘a’)\n", "print(‘b’)\n"], "print('b')\n"],
  ])("overlooks %s", (_, source, [search, replace], text) => {
    expect(applyBlocks(source, [block(search, replace)])).toEqual(done(text, 1));
  });

  it("prefers the place that fits exactly", () => {
    expect(applyBlocks("  a\na\n", [block("a\n", "b\n")])).toEqual(done("  a\nb\n"));
  });

  it.each<[string, string, string]>([
    ["another word", "let size = 1;\n", "let width = 1;\n"],
    ["part of a line", "let size = 1;\n", "size = 1\n"],
    ["lines indented otherwise among each other", "a\n    b\n", "a\n  b\n"],
    ["small letters for capitals", "A\n", "a\n"],
    ["lines left out by dots", "a\nb\nc\n", "a\n...\nc\n"],
    ["the inner blanks of a line", "a  b\n", "a b\n"],
  ])("does not overlook %s", (_, source, search) => {
    expect(reasons(source, block(search, "new text\n"))).toEqual(["the search text is not in the file"]);
  });

  describe("where the search text stands several times", () => {
    const source = "a\nx\nb\nx\nc\nx\n";

    it("fails, showing the places", () => {
      const { text, failed } = applyBlocks(source, [block("x\n", "y\n")]);
      expect(text).toBe(source);
      expect(failed).toEqual([
        {
          block: block("x\n", "y\n"),
          reason: "the search text stands in the file 3 times; more of the lines around it would tell which is meant",
          nearest: "1: a\n2: x\n3: b\n...\n2: x\n3: b\n4: x\n5: c\n...\n4: x\n5: c\n6: x",
        },
      ]);
    });

    it.each<[string, [string, string][], string]>([
      [
        "between two others",
        [
          ["b\n", "B\n"],
          ["x\n", "y\n"],
          ["c\n", "C\n"],
        ],
        "a\nx\nB\ny\nC\nx\n",
      ],
      [
        "after the last other",
        [
          ["c\n", "C\n"],
          ["x\n", "y\n"],
        ],
        "a\nx\nb\nx\nC\ny\n",
      ],
      [
        "for as many blocks as places",
        [
          ["x\n", "1\n"],
          ["x\n", "2\n"],
          ["x\n", "3\n"],
        ],
        "a\n1\nb\n2\nc\n3\n",
      ],
    ])("takes the one the order leaves: %s", (_, blocks, text) => {
      expect(
        applyBlocks(
          source,
          blocks.map(([search, replace]) => block(search, replace)),
        ),
      ).toEqual(done(text));
    });

    it("does not trust the order where the blocks have none", () => {
      const blocks = [block("c\n", "C\n"), block("b\n", "B\n"), block("x\n", "y\n")];
      expect(applyBlocks(source, blocks).failed.map(({ block }) => block.search)).toEqual(["x\n"]);
    });
  });

  it("applies none if one fails, and tells which", () => {
    const result = applyBlocks("a\nb\n", [block("a\n", "A\n"), block("q\n", "Q\n")]);
    expect(result).toEqual({
      text: "a\nb\n",
      failed: [{ block: block("q\n", "Q\n"), reason: "the search text is not in the file", nearest: "" }],
      tolerated: 0,
    });
  });

  it.each<[string, string, [string, string][], string[]]>([
    ["an empty search in a file that is not", "a\n", [["", "b\n"]], ["the search part is empty, and the file is not"]],
    [
      "two blocks for one line",
      "a1\nb\n",
      [
        ["a1\n", "A\n"],
        ["a1\nb\n", "C\nb\n"],
      ],
      ["it changes lines that another block changes too"],
    ],
    ["a deletion of what is not there", "a\n", [["b\n", ""]], ["the search text is not in the file"]],
    ["a replacement too short to prove anything", "a\n}\n", [["b\n", "}\n"]], ["the search text is not in the file"]],
  ])("refuses %s", (_, source, blocks, expected) => {
    expect(reasons(source, ...blocks.map(([search, replace]) => block(search, replace)))).toEqual(expected);
  });

  it("takes a block that was applied before for done", () => {
    const blocks = [block("let size = 1;\n", "let size = 2;\nlet other = 3;\n"), block("end\n", "END\n")];
    const once = applyBlocks("let size = 1;\nend\n", blocks.slice(0, 1)).text;
    expect(applyBlocks(once, blocks)).toEqual(done("let size = 2;\nlet other = 3;\nEND\n"));
  });

  it("takes the same block given twice for one", () => {
    const twice = block("let size = 1;\n", "let size = 2;\n");
    expect(applyBlocks("let size = 1;\n", [twice, twice])).toEqual(done("let size = 2;\n"));
  });

  it("shows the nearest lines of the file", () => {
    const source = Array.from({ length: 300 }, (_, index) => `const item${index} = load(${index});`);
    source[200] = "function drawBoard(board) {";
    source[201] = "  for (const cell of board) paint(cell);";
    const search = "function drawBoard(field) {\n  for (const cell of field) paint(cell);\n";
    const [failed] = applyBlocks(source.join("\n"), [block(search, "x\n")]).failed;
    expect(failed?.nearest).toBe(
      [199, 200, 201, 202, 203, 204].map((number) => `${number}: ${source[number - 1]}`).join("\n"),
    );
  });

  it("shows the nearest lines of Chinese text", () => {
    const [failed] = applyBlocks("天气\n蛇吃到食物会变长\n分数\n", [block("蛇吃到食物就变长\n", "x\n")]).failed;
    expect(failed?.nearest).toBe("1: 天气\n2: 蛇吃到食物会变长\n3: 分数");
  });

  it("shows twelve lines at most, cut where they are long", () => {
    const source = Array.from({ length: 40 }, () => `word ${"x".repeat(1000)}`).join("\n");
    const [failed] = applyBlocks(source, [block("word no\n".repeat(30), "")]).failed;
    expect(failed?.nearest.split("\n").map((line) => line.length)).toEqual(
      Array.from({ length: 12 }, (_, index) => `${index + 1}: `.length + 401),
    );
  });

  it("copes with files and blocks made to take long", () => {
    const source = "a\n".repeat(90_000);
    expect(reasons(source, block(`${"  a\n".repeat(40_000)}  b\n`, "x\n"))).toEqual([
      "the search text is not in the file",
    ]);
    expect(reasons(source, block("  a\n".repeat(40_000), "x\n"))[0]).toMatch(
      /^the search text stands in the file \d+ times/,
    );
    const rows = Array.from({ length: 10_000 }, (_, index) => `row ${index} of the table`).join("\n");
    const missing = Array.from({ length: 500 }, (_, index) => block(`row ${index} of a table\n`, "x\n"));
    const { failed } = applyBlocks(rows, missing);
    expect(failed).toHaveLength(500);
    expect(failed[19]?.nearest).toContain("row 19 of the table");
    expect(failed[20]?.nearest).toBe("");
  });
});

describe("rewritten", () => {
  it.each<[string, string, string, string]>([
    ["line ends", "a\r\nb\r\n", "a\nc\n", "a\r\nc\r\n"],
    ["byte order mark", "\uFEFFa\n", "b\n", "\uFEFFb\n"],
    ["missing last line end", "a\nb", "a\nc\n", "a\nc"],
    ["last line end", "a\n", "b", "b\n"],
    ["nothing of an empty file", "", "a\r\nb", "a\r\nb"],
    ["nothing where nothing is left", "a\n", "", ""],
  ])("keeps the %s of the file", (_, source, text, result) => {
    expect(rewritten(source, text)).toBe(result);
  });
});
