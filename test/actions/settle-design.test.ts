import { describe, expect, it } from "vitest";
import { settleDesign } from "../../actions/settle-design.ts";
import { design } from "../helpers/greeter.ts";

/** A design of these files, each with what it depends on. */
const designOf = (files: readonly (readonly [path: string, ...needs: string[]])[], entry_point = "") => ({
  ...design,
  entry_point,
  files: files.map(([path, ...depends_on]) => ({ path, purpose: `What ${path} does.`, depends_on, exports: [] })),
});

/** What is left of it: path -> what it depends on. */
const settled = (files: readonly (readonly [path: string, ...needs: string[]])[], entry_point?: string) => {
  const { document, ...said } = settleDesign(designOf(files, entry_point));
  const kept = Object.fromEntries(document.files.map(({ path, depends_on }) => [path, depends_on]));
  return { kept, entry: document.entry_point, ...said };
};

it("leaves a good design as it is", () => {
  expect(settleDesign(design)).toEqual({ document: design, warnings: [] });
});

describe("a path that no project may hold", () => {
  it.each([
    ["/etc/passwd.py", "etc/passwd.py"],
    ["../outside.py", undefined],
    ["src/../../outside.py", undefined],
    ["C:\\Windows\\win.py", undefined],
    ["\\\\server\\share\\x.py", undefined],
    ["https://example.org/x.py", undefined],
    ["~/x.py", undefined],
    [".git/hooks/pre-commit", undefined],
    ["src/con.py", undefined],
    ["a\u0000.py", undefined],
    ["a\u202Ey.py", undefined],
    ["src/", undefined],
    ["", undefined],
    ["x".repeat(250), undefined],
    ["./src/a.py", "src/a.py"],
    ["src\\a.py", "src/a.py"],
    ["src//b/../a.py", "src/a.py"],
    [" `src/a.py` ", "src/a.py"],
  ])("%j becomes %j, with a warning", (path, clean) => {
    const { kept, warnings = [] } = settled([[path], ["main.py"]]);
    expect(Object.keys(kept)).toEqual(clean === undefined ? ["main.py"] : [clean, "main.py"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(clean === undefined ? "was refused: " : `is written as ${clean}`);
  });

  it.each([
    ["twice", ["a.py", "a.py"], "is listed twice"],
    ["twice in two spellings", ["a.py", "./a.py"], "is listed twice"],
    ["in another case", ["src/Game.py", "src/game.py"], "differs only in case from src/Game.py"],
    ["in a folder of another case", ["src/a.py", "Src/b.py"], "differs only in case from src/a.py"],
    ["as a folder of another", ["lib", "lib/a.py"], "is inside lib, which is a file"],
  ])("keeps the first of a file that is named %s", (_how, paths, warning) => {
    const { kept, warnings = [] } = settled(paths.map((path) => [path] as const));
    expect(Object.keys(kept)).toEqual(paths.slice(0, 1));
    expect(warnings.at(-1)).toContain(warning);
  });
});

it.each([
  "README.md",
  "readme.zh-CN.md",
  "LICENSE",
  ".gitignore",
  "package.json",
  "package-lock.json",
  "requirements.txt",
  "go.mod",
  "Cargo.toml",
  "composer.json",
  "Gemfile",
  "pom.xml",
  "app.csproj",
  "docs/prd.md",
  "resources/seq_flow.mmd",
])("leaves %s to our own code and says so", (path) => {
  expect(settled([[path], ["main.py", path]])).toMatchObject({
    kept: { "main.py": [] },
    warnings: [`the design lists ${path}, which is written from the documents`],
  });
});

it.each([
  "src/README.py",
  "src/package.json",
  "lib/docs/x.js",
  "resources/levels.js",
  "docs/x.md",
  "requirements.py",
  "mypackage.json",
])("does not take %s for ours", (path) => {
  expect(Object.keys(settled([[path]]).kept)).toEqual([path]);
});

describe("what a file depends on", () => {
  it.each([
    ["its path", "src/board.js", ["src/board.js"]],
    ["its path in other words", "./src\\board.js", ["src/board.js"]],
    ["its base name", "board.js", ["src/board.js"]],
    ["a path that is no file of the design", "src/score.js", []],
    ["a package", "react", []],
    ["the end of a name only", "oard.js", []],
    ["a hostile path", "../src/board.js", []],
    ["nothing", "", []],
    ["itself", "main.js", []],
  ])("may be given by %s", (_how, need, needs) => {
    const { kept, warnings } = settled([["src/board.js"], ["main.js", need]]);
    expect(kept).toEqual({ "src/board.js": [], "main.js": needs });
    expect(warnings).toEqual([]);
  });

  it("is listed once, and the file of that very path is meant before one of that name", () => {
    const { kept } = settled([["lib/a.js"], ["a.js"], ["main.js", "a.js", "./a.js", "lib/a.js"]]);
    expect(kept["main.js"]).toEqual(["a.js", "lib/a.js"]);
  });

  it("keep their circles, which the engineer breaks, but not themselves", () => {
    const { kept, warnings } = settled([
      ["a.js", "b.js", "a.js"],
      ["b.js", "a.js", "./a.js"],
    ]);
    expect(kept).toEqual({ "a.js": ["b.js"], "b.js": ["a.js"] });
    expect(warnings).toEqual([]);
  });
});

describe("the entry point", () => {
  it.each([
    ["is kept where it is a file", "src/b.js", ["a.js", "src/b.js", "index.html"], "src/b.js"],
    ["is found in other words", ".\\src\\b.js", ["a.js", "src/b.js"], "src/b.js"],
    ["is found by its base name", "b.js", ["a.js", "src/b.js"], "src/b.js"],
    ["is the page where it is missing", "", ["main.js", "web/index.html"], "web/index.html"],
    ["is the page where it is no file of the design", "start.html", ["a.js", "index.html"], "index.html"],
    [
      "is the main program where there is no page",
      "run.py",
      ["helper.py", "app/__main__.py", "z.py"],
      "app/__main__.py",
    ],
    ["is the command line where there is no page", "", ["helper.ts", "src/cli.ts", "z.ts"], "src/cli.ts"],
    ["is the last file where nothing looks like one", "", ["a.rb", "todo.rb"], "todo.rb"],
    ["is never outside", "../main.py", ["a.py", "main.py"], "main.py"],
  ])("%s", (_what, wanted, paths, entry) => {
    expect(
      settled(
        paths.map((path) => [path] as const),
        wanted,
      ).entry,
    ).toBe(entry);
  });
});

it.each([
  ["no file", [], []],
  [
    "hostile paths only",
    [["../a.py"], ["/"]],
    [
      'a file of the design was refused: "../a.py" leaves the project',
      'a file of the design was refused: "/" is a folder, not a file',
    ],
  ],
  ["files of our own only", [["README.md"]], ["the design lists README.md, which is written from the documents"]],
] as const)("asks again for a design of %s, saying why", (_what, files, reasons) => {
  expect(settled(files).problems).toEqual(["files: not one usable source file", ...reasons]);
});
