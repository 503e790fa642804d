import { describe, expect, it } from "vitest";
import { columnWidth, sideBySide, wrapText } from "../../bin/columns.ts";
import { displayWidth } from "../../bin/width.ts";

describe("columnWidth", () => {
  it.each([
    [1, 80, 80],
    [2, 79, 38],
    [3, 119, 37],
    [3, 120, 38],
    [9, 10, 1],
  ])("gives each of %i columns on a screen of %i a width of %i", (count, screen, width) => {
    expect(columnWidth(count, screen)).toBe(width);
  });
});

describe("wrapText", () => {
  it.each([
    ["", 10, [""]],
    ["one two three", 9, ["one two", "three"]],
    ["one two three", 7, ["one two", "three"]],
    ["one  two", 8, ["one  two"]],
    ["one      two", 6, ["one", "two"]],
    ["  indented code stays", 12, ["  indented", "code stays"]],
    ["\tif (x) {", 20, ["    if (x) {"]],
    ["a\n\nb\n", 10, ["a", "", "b", ""]],
    ["averyveryverylongword", 8, ["averyver", "yverylon", "gword"]],
    ["see averyverylongword", 8, ["see", "averyver", "ylongwor", "d"]],
    ["see .gitignore", 10, ["see", ".gitignore"]],
    ["写一个贪吃蛇小游戏", 8, ["写一个贪", "吃蛇小游", "戏"]],
    ["写一个贪吃蛇小游戏", 9, ["写一个贪", "吃蛇小游", "戏"]],
    ["你好，世界！", 4, ["你", "好，", "世", "界！"]],
    ["他说“好”。", 6, ["他说", "“好”。"]],
    ["写 snake 游戏", 8, ["写 snake", "游戏"]],
    ["用Python写", 7, ["用", "Python", "写"]],
    ["ゲームを作る", 6, ["ゲーム", "を作る"]],
    ["好✅好✅", 6, ["好✅好", "✅"]],
    ["🇨🇳🇨🇳", 4, ["🇨🇳", "🇨🇳"]],
    ["cafe\u0301cafe\u0301", 4, ["cafe\u0301", "cafe\u0301"]],
    ["❤\ufe0f❤\ufe0f❤\ufe0f", 4, ["❤\ufe0f❤\ufe0f", "❤\ufe0f"]],
    ["中文", 1, ["中", "文"]],
  ])("%j in %i columns is %j", (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines);
  });

  it("makes only as many of the last lines as are wanted", () => {
    const text = "first\none two three four\n\nlast";
    expect(wrapText(text, 9, 3)).toEqual(["four", "", "last"]);
    expect(wrapText(text, 9, 2)).toEqual(["", "last"]);
    expect(wrapText(text, 9, 0)).toEqual([]);
    expect(wrapText(text, 9, 99)).toEqual(wrapText(text, 9));
  });
});

describe("sideBySide", () => {
  it("puts columns next to each other, however high they are", () => {
    expect(
      sideBySide(
        [
          ["one", "two"],
          ["蛇", "游戏", "🐍"],
          ["", "x"],
        ],
        6,
      ),
    ).toEqual(["one      蛇", "two      游戏     x", "         🐍"]);
  });

  it("begins every column at the same place behind narrow, wide and coloured text", () => {
    const texts = ["abc", "贪吃蛇", "✅ 好", "\u001b[2mdim\u001b[22m", ""];
    const lines = sideBySide([texts, texts.map(() => "|")], 36);
    expect(lines.map((line) => displayWidth(line.slice(0, line.indexOf("|"))))).toEqual(texts.map(() => 39));
  });

  it("has no line where there is no text", () => {
    expect(sideBySide([[], []], 36)).toEqual([]);
  });
});
