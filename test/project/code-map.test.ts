import { expect, it } from "vitest";
import { codeMap } from "../../src/project/code-map.ts";

const files = {
  "README.md": "# Snake\n",
  "src/main.js":
    'import { Board } from "./board.js";\nimport { loadScores } from "./scores.js";\nnew Board(4, loadScores());\n',
  "src/board.js":
    "export class Board {\n  constructor(size, scores) { this.size = size; }\n  move(direction) { return direction; }\n}\n",
  "src/scores.js":
    "// 最高分 保存在本地\nexport function loadScores() { return []; }\nexport const saveScore = (score) => score;\n",
  "src/sound.js": "export function beep(frequency) { return frequency; }\n",
  "test/scores.test.js": 'import { loadScores } from "../src/scores.js";\nloadScores();\n',
};

const firstOf = async (focus: string, of: Record<string, string> = files) =>
  (await codeMap(of, { focus, room: 4_000 })).nearest[0];

it("shows what files import and export, and the names of the rest", async () => {
  const { map } = await codeMap(files, { focus: "the board", room: 4_000 });
  expect(map.split("\n\n")[0]).toBe(
    "src/board.js (4 lines)\n  class Board\n    constructor(size, scores)\n    move(direction)",
  );
  expect(map).toContain("src/main.js (3 lines)\n  imports ./board.js, ./scores.js");
});

it.each([
  ["beep louder", "src/sound.js"],
  ["saveScore forgets the last one", "src/scores.js"],
  ["最高分没有保存", "src/scores.js"],
  ["src/main.js fails", "src/main.js"],
])("puts first what `%s` is about: %s", async (focus, path) => {
  expect(await firstOf(focus)).toBe(path);
});

it("ranks what others need before what nobody does, where the focus says nothing", async () => {
  const of = {
    "a.py": "def alone():\n    return 1\n",
    "b.py": "import core\n",
    "c.py": "import core\n",
    "core.py": "def shared():\n    return 1\n",
  };
  expect(await firstOf("", of)).toBe("core.py");
});

it.each([0, 10, 100, 300, 1_000])("stays within %d characters, and says what is left out", async (room) => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `src/file${index}.js`,
      `export function work${index}(a, b) { return a + b; }\n`,
    ]),
  );
  const { map } = await codeMap(many, { focus: "work", room });
  expect(map.length).toBeLessThanOrEqual(room);
  if (room >= 100) expect(map).toMatch(/\(\d+ more files are not shown\)$/);
});

it("counts every file once, shown or not", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`src/f${index}.py`, "def f():\n    return 1\n"]),
  );
  const { map } = await codeMap(many, { focus: "", room: 800 });
  const left = Number(/\((\d+) more/.exec(map)?.[1]);
  expect(map.match(/^src\/f\d+\.py/gm)?.length).toBe(50 - left);
});

it("does not depend on the order of the files", async () => {
  const turned = Object.fromEntries(Object.entries(files).toReversed());
  const asked = { focus: "scores", room: 500 };
  expect(await codeMap(turned, asked)).toEqual(await codeMap(files, asked));
});

it("finds the packages of Go by its module", async () => {
  const of = {
    "go.mod": "module example.com/snake\n\ngo 1.22\n",
    "a/a.go": "package a\n\nfunc A() int { return 1 }\n",
    "b/b.go": "package b\n\nfunc B() int { return 1 }\n",
    "main.go": 'package main\n\nimport "example.com/snake/b"\n\nfunc main() { b.B() }\n',
  };
  expect(await firstOf("", of)).toBe("b/b.go");
});

it("makes a map of nothing", async () => {
  expect(await codeMap({}, { focus: "a", room: 100 })).toEqual({ map: "", nearest: [], neighbours: {} });
});
