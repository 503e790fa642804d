import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanPath, folded, projectName, uniquePaths } from "../../src/project/path.ts";

describe("cleanPath", () => {
  it.each([
    "src/game.js",
    "index.html",
    ".gitignore",
    ".github/workflows/ci.yml",
    "app/[id]/page.tsx",
    "src/my file.txt",
    "src/..hidden",
    "docs/说明.md",
    "console.log",
    "community/common.c",
    `${"a".repeat(97)}.js`,
  ])("takes %s as it is", (path) => {
    expect(cleanPath(path)).toEqual({ path });
  });

  it.each([
    ["./src/game.js", "src/game.js"],
    ["././src/./game.js", "src/game.js"],
    ["/src/game.js", "src/game.js"],
    ["/etc/passwd", "etc/passwd"],
    ["src\\game.js", "src/game.js"],
    ["\\src\\game.js", "src/game.js"],
    ["src//lib///game.js", "src/lib/game.js"],
    ["`src/game.js`", "src/game.js"],
    ['"src/game.js"', "src/game.js"],
    [" 'src/game.js'\n", "src/game.js"],
    ["src/lib/../game.js", "src/game.js"],
    ["src/game.js. .", "src/game.js"],
    ["src /game.js ", "src/game.js"],
    ["src./game.js", "src/game.js"],
    ["cafe\u0301.js", "caf\u00e9.js"],
  ])("takes %j as %s, and says so", (raw, path) => {
    expect(cleanPath(raw)).toEqual({ path, note: `${JSON.stringify(raw)} is written as ${path}` });
  });

  it.each([
    ["", "is empty"],
    ["  \n", "is empty"],
    ["``", "is empty"],
    ["..", "leaves the project"],
    ["../game.js", "leaves the project"],
    ["src/../../game.js", "leaves the project"],
    ["src\\..\\..\\game.js", "leaves the project"],
    ["/../etc/passwd", "leaves the project"],
    ["src/.. /../game.js", "leaves the project"],
    [".", "is a folder, not a file"],
    ["/", "is a folder, not a file"],
    ["src/", "is a folder, not a file"],
    ["src/lib/..", "is a folder, not a file"],
    ["C:\\Windows\\system.ini", "starts with a drive letter"],
    ["C:x", "starts with a drive letter"],
    ["c:/x", "starts with a drive letter"],
    ["\\\\host\\share\\x", "is a network path"],
    ["//host/share/x", "is a network path"],
    ["\\\\?\\C:\\x", "is a network path"],
    ["~/.bashrc", "is in a home folder"],
    ["~root/x", "is in a home folder"],
    ["./~/x", "is in a home folder"],
    ["src/a\u0000.js", "has invisible or control characters"],
    ["src/a\nb.js", "has invisible or control characters"],
    ["src/\u001b[31m.js", "has invisible or control characters"],
    ["src/\u202egnp.js", "has invisible or control characters"],
    ["src/\ud800.js", "has invisible or control characters"],
    [".g\u200cit/config", "has invisible or control characters"],
    [".git\ufe0f/config", "has invisible or control characters"],
    [".git/hooks/pre-commit", "is inside .git"],
    ["src/.GIT/config", "is inside .git"],
    ["./.git", "is inside .git"],
    ["src/__proto__", "has a name that JavaScript reserves"],
    [".git /config", "is inside .git"],
    [".git./config", "is inside .git"],
    [" .git/config", "is inside .git"],
    ["git~1/config", "is inside .git"],
    ["GIT~1", "is inside .git"],
    ["con", "has a name that Windows reserves for a device"],
    ["src/NUL.js", "has a name that Windows reserves for a device"],
    ["aux.tar.gz", "has a name that Windows reserves for a device"],
    ["com1/a.js", "has a name that Windows reserves for a device"],
    ["lpt9 .txt", "has a name that Windows reserves for a device"],
    ["com¹", "has a name that Windows reserves for a device"],
    ["src/a?.js", "has a character that cannot be in a file name"],
    ["src/*.js", "has a character that cannot be in a file name"],
    ["src/a<b>.js", "has a character that cannot be in a file name"],
    ["src/a|b", "has a character that cannot be in a file name"],
    ['src/a"b.js', "has a character that cannot be in a file name"],
    ["src/it's.js", "has a character that cannot be in a file name"],
    ["src/game.js:stream", "has a character that cannot be in a file name"],
    ["src/.../x", "has a name of dots only"],
    [`${"a".repeat(98)}.js`, "has a name longer than 100 bytes"],
    [`${"说".repeat(34)}`, "has a name longer than 100 bytes"],
    [`${"abcdefghi/".repeat(20)}x`, "is longer than 200 bytes"],
    ["https://example.com/a.js", "is a URL, not a path"],
    ["file:///etc/passwd", "is a URL, not a path"],
    ["file:a", "is a URL, not a path"],
    ["data:text/plain,a", "is a URL, not a path"],
  ])("refuses %j: it %s", (raw, why) => {
    const shown = JSON.stringify(raw.length > 80 ? `${raw.slice(0, 80)}…` : raw);
    expect(cleanPath(raw)).toEqual({ refused: `${shown} ${why}` });
  });

  it("gives a path that stays inside and stays the same", () => {
    const piece = fc.constantFrom("..", ".", "/", "\\", "a", "B.js", " ", ".git", "con", ":", "~", "\u200b", "é", "`");
    const raw = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(raw, (text) => {
        const cleaned = cleanPath(text);
        if ("refused" in cleaned) return;
        expect(cleanPath(cleaned.path)).toEqual({ path: cleaned.path });
        expect(
          new URL(`file:///project/${cleaned.path.split("/").map(encodeURIComponent).join("/")}`).pathname,
        ).toMatch(/^\/project\/./);
        expect(cleaned.path.split("/").filter((name) => /^(?:|\.|\.\.|\.git)$/i.test(name))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("uniquePaths", () => {
  it("keeps the first of each and says what a later one clashes with", () => {
    expect(
      uniquePaths([
        "src/game.js",
        "README.md",
        "src/game.js",
        "src/Game.js",
        "SRC/snake.js",
        "src",
        "readme.md/x",
        "README.md/x",
        "straße.js",
        "STRASSE.JS",
        "src/snake.js",
      ]),
    ).toEqual({
      kept: ["src/game.js", "README.md", "straße.js", "src/snake.js"],
      refused: [
        { path: "src/game.js", reason: '"src/game.js" is listed twice' },
        { path: "src/Game.js", reason: '"src/Game.js" differs only in case from src/game.js' },
        { path: "SRC/snake.js", reason: '"SRC/snake.js" differs only in case from src/game.js' },
        { path: "src", reason: '"src" is also the folder of src/game.js' },
        { path: "readme.md/x", reason: '"readme.md/x" differs only in case from README.md' },
        { path: "README.md/x", reason: '"README.md/x" is inside README.md, which is a file' },
        { path: "STRASSE.JS", reason: '"STRASSE.JS" differs only in case from straße.js' },
      ],
    });
  });

  it("keeps what has nothing in common", () => {
    expect(uniquePaths(["a/b.js", "a/c.js", "ab", "b/a"])).toEqual({
      kept: ["a/b.js", "a/c.js", "ab", "b/a"],
      refused: [],
    });
  });
});

describe("projectName", () => {
  it.each([
    ["snake_game", "snake_game"],
    ["Snake Game", "snake_game"],
    ["SnakeGame", "snake_game"],
    ["my-app.v2", "my_app_v2"],
    ["2048小游戏", "project_2048"],
    ["写一个2048小游戏 web", "project_2048_web"],
    ["贪吃蛇", "project"],
    ["", "project"],
    ["../../etc", "etc"],
    ["Café à la carte", "cafe_a_la_carte"],
    ["ＡＢＣ", "abc"],
    ["con", "project_con"],
    ["NUL", "project_nul"],
    ["com1", "project_com1"],
    ["node_modules", "project_node_modules"],
    ["__init__", "init"],
    ["a".repeat(60), "a".repeat(50)],
    [`${"a".repeat(49)} b`, "a".repeat(49)],
  ])("makes %j into %s", (raw, name) => {
    expect(projectName(raw)).toBe(name);
  });

  it("is a good name whatever it is made from, and keeps a good name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (raw) => {
        const name = projectName(raw);
        expect(name).toMatch(/^[a-z][a-z0-9_]{0,49}$/);
        expect(projectName(name)).toBe(name);
        expect(cleanPath(name)).toEqual({ path: name });
      }),
    );
  });
});

describe("folded", () => {
  it("is the same for names that differ only in case or composition", () => {
    expect(folded("SRC/Straße/E\u0301.js")).toBe(folded("src/STRASSE/\u00e9.js"));
  });
});
