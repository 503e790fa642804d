import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { reproductionFile, testCommandOf, testFilesOf, testHelpers } from "../../src/project/test-files.ts";
import { tempFolder } from "../helpers/temp.ts";

const none = { install: [], build: "", run: "", test: "", page: "" };
const file = (path: string, exports = 1, depends_on: readonly string[] = []) => ({
  path,
  exports: Array.from({ length: exports }, (_, index) => ({ name: `Name${index}.method` })),
  depends_on,
});
const planned = (paths: readonly string[], { page = "" } = {}) =>
  testFilesOf({ commands: { ...none, page }, files: paths.map((path) => file(path)), wanted: () => true });

describe("the test of a file", () => {
  it.each([
    ["src/game.js", "test/src_game.test.js", "node --test test/src_game.test.js"],
    ["store.mjs", "test/store.test.js", "node --test test/store.test.js"],
    ["src/a.ts", "src/a.test.ts", "node --test dist/a.test.js"],
    ["greeter/names.py", "tests/test_greeter_names.py", "python3 -m unittest tests.test_greeter_names"],
    ["store/store.go", "store/store_test.go", "go test ./store"],
    ["main.go", "main_test.go", "go test ."],
  ])("%s stands in %s", (of, path, line) => {
    expect(planned([of])).toMatchObject([{ of, path, line }]);
  });

  it.each(["style.css", "index.html", "Main.java", "app/__init__.py", "main.rs"])("is none for %s", (path) => {
    expect(planned([path])).toEqual([]);
  });

  it("of a Rust crate needs a library to import", () => {
    expect(planned(["src/lib.rs", "src/store.rs"]).map(({ path }) => path)).toEqual([
      "tests/src_lib.rs",
      "tests/src_store.rs",
    ]);
  });

  it("is written for those that offer most, eight at most, and for none that offers nothing", () => {
    const files = [file("empty.py", 0), ...Array.from({ length: 10 }, (_, index) => file(`m${index}.py`, index + 1))];
    const tests = testFilesOf({ commands: none, files, wanted: (path) => path !== "m9.py" });
    expect(tests.map(({ of }) => of)).toEqual(["m8.py", "m7.py", "m6.py", "m5.py", "m4.py", "m3.py", "m2.py", "m1.py"]);
  });
});

describe("the command for all tests", () => {
  it.each([
    [[], ""],
    [["a.py"], "python3 -m unittest discover -s tests -t ."],
    [["a.js"], "node --test"],
    [["a.go"], "go test ./..."],
    [["src/a.ts", "src/b.ts"], "npm run build && node --test dist/a.test.js dist/b.test.js"],
  ])("of %j is %j", (paths, command) => {
    expect(testCommandOf(planned(paths))).toBe(command);
  });
});

/** A folder with these files. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe("what tests are told to use", () => {
  it("loads the scripts of a page in one scope, with stand-ins, under their own names", () => {
    const tests = planned(["js/board.js", "js/game.js"], { page: "index.html" });
    const test = `
      import { test } from "node:test";
      import assert from "node:assert/strict";
      import { loadScripts } from "./load-scripts.mjs";
      test("the game uses the board and the stand-in", () => {
        const { Game, SIZE } = loadScripts(["js/board.js", "js/game.js"], ["Game", "SIZE"], { document: { title: "页面" } });
        assert.equal(new Game().board().cells, SIZE);
        assert.equal(new Game().title(), "页面");
        assert.deepEqual(new Game().list(), [{ x: 1 }]);
      });`;
    const folder = project({
      ...testHelpers(tests),
      "js/board.js": "const SIZE = 4;\nclass Board { cells = SIZE; }\n",
      "js/game.js":
        "class Game { board() { return new Board(); } title() { return document.title; } list() { return [{ x: 1 }]; } }\n",
      [tests[0]?.path ?? ""]: test,
    });
    const said = execFileSync("sh", ["-c", tests[0]?.line ?? ""], { cwd: folder, encoding: "utf8" });
    expect(said).toMatch(/pass 1\b/);
  });

  it("names in the example of a page every script that the file builds on, in order, and what it exports", () => {
    const files = [file("c.js", 2, ["b.js", "style.css"]), file("b.js", 1, ["a.js", "c.js"]), file("a.js")];
    const [test] = testFilesOf({ commands: { ...none, page: "index.html" }, files, wanted: (path) => path === "c.js" });
    expect(test?.advice).toContain(
      'const { Name0, Name1 } = loadScripts(["a.js", "b.js", "c.js"], ["Name0", "Name1"]);',
    );
  });

  it("points to the line of the file under test", () => {
    const tests = planned(["b.js"], { page: "index.html" });
    const folder = project({
      ...testHelpers(tests),
      "a.js": "// one\n// two\n",
      "b.js": "function fail() {\n  throw new Error('here');\n}\n",
      "test/t.mjs":
        'import { loadScripts } from "./load-scripts.mjs";\nloadScripts(["a.js", "b.js"], ["fail"]).fail();\n',
    });
    expect(() => execFileSync("node", ["test/t.mjs"], { cwd: folder, stdio: "pipe" })).toThrow(/b\.js:2/);
  });

  it("finds Python modules in folders, one test file by itself and all of them together", () => {
    const tests = planned(["greeter/names.py"]);
    const folder = project({
      ...testHelpers(tests),
      "greeter/names.py": "def hi():\n    return 'hi'\n",
      [tests[0]?.path ?? ""]:
        "import unittest\nfrom greeter.names import hi\n\nclass Hi(unittest.TestCase):\n    def test_hi(self):\n        self.assertEqual(hi(), 'hi')\n",
    });
    for (const line of [tests[0]?.line ?? "", testCommandOf(tests)])
      expect(execFileSync("sh", ["-c", `${line} 2>&1`], { cwd: folder, encoding: "utf8" })).toMatch(/Ran 1 test/);
  });
});

describe("the reproduction of a bug", () => {
  it.each([
    [["src/game.js"], "test/reproduction.test.js", "node --test test/reproduction.test.js"],
    [["app/store.py"], "tests/test_reproduction.py", "python3 -m unittest tests.test_reproduction"],
    [["store/store.go"], "store/reproduction_test.go", "go test ./store"],
    [
      ["README.md", "tests/test_a.py", "a.py"],
      "tests/test_reproduction.py",
      "python3 -m unittest tests.test_reproduction",
    ],
  ])("beside %j is %s", (nearest, path, line) => {
    expect(reproductionFile({}, nearest)).toMatchObject({ path, line });
  });

  it("never takes the place of another, and is none where no runner is known", () => {
    expect(reproductionFile({ "tests/test_reproduction.py": "" }, ["a.py"])?.path).toBe("tests/test_reproduction_2.py");
    expect(reproductionFile({}, ["Main.java", "a.css"])).toBeUndefined();
  });
});
