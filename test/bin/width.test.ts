import { describe, expect, it } from "vitest";
import { cutToWidth, displayWidth, foldToWidth, oneLine, padToWidth } from "../../bin/width.ts";

describe("displayWidth", () => {
  it.each([
    ["", 0],
    ["snake", 5],
    ["写一个2048小游戏", 16],
    ["ゲーム", 6],
    ["뱀 게임", 7],
    ["ＡＢ，。", 8],
    ["naïve", 5],
    ["nai\u0308ve", 5],
    ["a\u200bb", 2],
    ["🐍", 2],
    ["𠮷", 2],
    ["❤\ufe0f", 2],
    ["中\ufe0f", 2],
    ["✓ ✗ … · ⠋", 9],
    ["\u001b[32mgreen\u001b[39m", 5],
  ])("%j takes %i columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe("cutToWidth", () => {
  it.each([
    ["snake", 5, "end", "snake"],
    ["snakes", 5, "end", "snak…"],
    ["a snake", 3, "end", "a…"],
    ["贪吃蛇游戏", 10, "end", "贪吃蛇游戏"],
    ["贪吃蛇游戏", 9, "end", "贪吃蛇游…"],
    ["贪吃蛇游戏", 8, "end", "贪吃蛇…"],
    ["src/game/board.js", 9, "start", "…board.js"],
    ["源码/游戏.js", 8, "start", "…游戏.js"],
    ["cafe\u0301s", 5, "end", "cafe\u0301s"],
    ["cafe\u0301 bar", 5, "end", "cafe\u0301…"],
    ["🐍🐍🐍", 5, "end", "🐍🐍…"],
    ["snake", 1, "end", "…"],
    ["snake", 0, "end", ""],
    ["snake", Number.POSITIVE_INFINITY, "end", "snake"],
  ] as const)("%j in %d columns, cut at its %s, is %j", (text, columns, where, cut) => {
    expect(cutToWidth(text, columns, where)).toBe(cut);
  });
});

describe("padToWidth", () => {
  it.each([
    ["蛇", 4, "right", "蛇  "],
    ["蛇", 4, "left", "  蛇"],
    ["snakes", 4, "right", "snakes"],
  ] as const)("%j in %i columns, filled on the %s, is %j", (text, columns, side, padded) => {
    expect(padToWidth(text, columns, side)).toBe(padded);
  });
});

describe("foldToWidth", () => {
  it.each([
    ["", 10, [""]],
    ["one two three", 9, ["one two", "three"]],
    ["one two three", 13, ["one two three"]],
    ["see /a/very/long/path/indeed now", 10, ["see", "/a/very/long/path/indeed", "now"]],
    ["写一个贪吃蛇小游戏", 8, ["写一个贪", "吃蛇小游", "戏"]],
    ["写 snake 游戏", 8, ["写 snake", "游戏"]],
    ["one two three", Number.POSITIVE_INFINITY, ["one two three"]],
  ])("%j in %d columns is %j", (text, columns, lines) => {
    expect(foldToWidth(text, columns)).toEqual(lines);
  });
});

describe("oneLine", () => {
  it.each([
    ["  write\n\ta snake \r\n game ", "write a snake game"],
    ["\u001b[31mred\u001b[0m\u001b]0;title\u0007 text", "red text"],
    ["a\u0000b\u0008c\u009bd", "a b c d"],
    ["abc\u202etxt.exe\u2066", "abctxt.exe"],
  ])("%j becomes %j", (text, line) => {
    expect(oneLine(text)).toBe(line);
  });
});
