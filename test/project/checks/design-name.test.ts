import { describe, expect, it } from "vitest";
import { designName } from "../../../src/project/checks/design-name.ts";

describe("designName", () => {
  it.each([
    ["loadScores", "function", "loadScores"],
    ["Game.start", "method", "Game > start"],
    ["`Game.start()`", "method", "Game > start"],
    ["Game::new", "associated function", "Game > new"],
    ["Game#start", "method", "Game > start"],
    ["Game.prototype.start", "method", "Game > start"],
    ["new Game(size)", "class", "Game"],
    ["window.App", "object", "App"],
    ["module.exports.load", "function", "load"],
    ["计算", "函数", "计算"],
    ["$", "function", "$"],
  ])("takes %j (%s) as %s", (name, kind, expected) => {
    const found = designName({ name, kind, signature: "" });
    expect([found?.owner, found?.name].filter((part) => part !== undefined).join(" > ")).toBe(expected);
  });

  it.each([
    ["GET /items", "endpoint"],
    ["usersRouter", "express router"],
    ["#board", "element"],
    ["tick", "event"],
    ["the whole game", "function"],
    ["a.b.c", "function"],
    ["", "function"],
    ["x".repeat(200), "function"],
  ])("takes %j (%s) for no name of the code", (name, kind) => {
    expect(designName({ name, kind, signature: "" })).toBeUndefined();
  });
});
