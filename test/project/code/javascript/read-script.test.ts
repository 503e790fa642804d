import { describe, expect, it } from "vitest";
import { readSource } from "../../../../src/project/code/read-source.ts";
import { offers, problems, takes, unfinished } from "../in-words.ts";

describe("what a module exports", () => {
  it.each<[string, string, string[]]>([
    ["a function", "export function add(a, b = 1) {}", ["function add 1-2"]],
    ["an arrow with a rest", "export const all = (first, ...rest) => first;", ["function all 1+"]],
    ["a function that reads arguments", "export function sum() { return arguments.length; }", ["function sum 0+"]],
    [
      "what is exported below",
      "const a = 1;\nfunction b() { return 1 }\nexport { a, b as c };",
      ["constant a", "- function b 0", "function c 0"],
    ],
    ["a named default", "export default class Game {}", ["- class Game", "class default"]],
    ["a default without a name", "export default (a) => a;", ["function default 1"]],
    ["a default that is named below", "class Game {}\nexport default Game;", ["- class Game", "class default"]],
    ["what it passes on", 'export { a as b } from "./a.js";', ["variable b"]],
    ["a name of its own for a module", 'export * as all from "./a.js";', ["variable all"]],
    ["patterns", "export const { a, b: [c] } = make();", ["constant a", "constant c"]],
    [
      "a class with its members",
      "export class Board {\n  size = 4;\n  #hidden() {}\n  constructor(w, h) { this.width = w; }\n  static of(n) { return n }\n  get area() { return 1 }\n}",
      [
        "class Board",
        "variable Board.size",
        "method Board.constructor 2",
        "variable Board.width",
        "method Board.of 1",
        "method Board.area",
      ],
    ],
    [
      "an object of functions",
      "export const store = { load(key) { return key }, save: (key, value) => value };",
      ["constant store", "method store.load 1", "method store.save 2"],
    ],
  ])("lists %s", async (_, text, expected) => {
    expect((await offers("a.js", text)).toSorted()).toEqual(expected.toSorted());
  });

  it("counts types as exports of TypeScript, and optional parameters as optional", async () => {
    const text =
      "export interface P { a: string }\nexport type T = P | null;\nexport enum Color { Red }\nexport function f(this: P, a: string, b?: number): void { a }";
    expect(await offers("a.ts", text)).toEqual(["type P", "type T", "constant Color", "function f 1-2"]);
  });
});

describe("what a file of Node.js exports", () => {
  it.each<[string, string, string[]]>([
    [
      "an object",
      "function a(x) { return x }\nmodule.exports = { a, b: (y, z) => y };",
      ["function a 1", "function b 2"],
    ],
    ["one by one", "exports.a = function (x) { return x };\nmodule.exports.b = 1;", ["function a 1", "constant b"]],
    [
      "a class as a whole",
      "class Game { static of() { return 1 } }\nmodule.exports = Game;",
      ["- class Game", "class default", "method of 0", "method Game.of 0"],
    ],
  ])("lists %s", async (_, text, expected) => {
    expect((await offers("a.cjs", text)).toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    ["module.exports = { ...require('./a') };", true],
    ["module.exports = create();", true],
    ["module.exports = { a: 1 };", undefined],
  ])("says of `%s` whether there may be more", async (text, open) => {
    expect((await readSource("a.cjs", text)).open).toBe(open);
  });
});

it("takes every top-level name of a plain script for everybody's", async () => {
  const text = "const size = 4;\nfunction start() { return size }\n(function () { window.Game = {}; })();";
  expect(await offers("a.js", text)).toEqual(["constant size", "function start 0", "variable Game"]);
});

it.each([
  ["import a from './a.js'", "module"],
  ["const a = require('./a')", "commonjs"],
  ["let a = 1", "script"],
  ["if (typeof module !== 'undefined') module.exports = { a };\nfunction a() { return 1 }", "script"],
])("sees how `%s` is loaded", async (text, form) => {
  expect((await readSource("a.js", text)).form).toBe(form);
});

it.each<[string, string[]]>([
  ['import a, { b as c } from "./x.js";', ["./x.js: default, b"]],
  ['import * as x from "x";', ["x: *"]],
  ['import "./style.css";', ["./style.css: "]],
  ['const { a, b: c } = require("./x");', ["./x: a, b"]],
  ['const a = require("./x").a;', ["./x: a"]],
  ['export * from "./x";', ["./x: *"]],
  ['const page = () => import("./page.js");', ["./page.js: *"]],
  ["const name = 'x'; require(name);", []],
])("reads what `%s` takes", async (text, expected) => {
  expect(await takes("a.js", text)).toEqual(expected);
});

it("marks imports of types, of everything that is passed on, and those that may fail", async () => {
  const text = 'import type { A } from "./a";\nexport * from "./b";\ntry { require("c"); } catch {}';
  expect((await readSource("a.ts", text)).imports).toEqual([
    { from: "./a", line: 1, names: ["A"], typeOnly: true },
    { from: "./b", line: 2, names: ["*"], again: true },
    { from: "c", line: 3, names: ["*"], optional: true },
  ]);
});

describe("functions left to be written", () => {
  it.each<[string, string[]]>([
    ["function start() {}", ["1 start has an empty body"]],
    ["const start = () => {};", ["1 start has an empty body"]],
    ["function start() {\n  // TODO: start the game\n}", ["1 start has only a note that it is still to be written"]],
    ["function best() {\n  // 待实现\n  return null;\n}", ["1 best has only a note that it is still to be written"]],
    ["class A { run() { throw new Error('Not implemented'); } }", ["1 A.run only says that it is not implemented"]],
  ])("finds `%s`", async (text, expected) => {
    expect(await unfinished("a.js", text)).toEqual(expected);
  });

  it.each([
    "const noop = () => {};",
    "promise.catch(() => {});",
    "class A { constructor() {} }",
    "class A extends B { update() {} }",
    "class A { update() {} }\nclass B extends A { update() { go() } }",
    "class Shape { area() { throw new Error('Must be implemented by a subclass'); } }",
    "function f() { /* nothing to do here */ }",
    "function f() { return null; }",
    "const logger = { log() {}, warn() {} };",
    "function f() { // TODO: make it faster\n  return slow(1); }",
  ])("is silent about `%s`", async (text) => {
    expect(await unfinished("a.js", text)).toEqual([]);
  });

  it.each([
    "abstract class A { abstract run(): void; }",
    "function f(a: string): void;\nfunction f(a: any) { go(a) }",
    "class A { constructor(private a: string) {} }",
  ])("is silent about `%s` of TypeScript", async (text) => {
    expect(await unfinished("a.ts", text)).toEqual([]);
  });
});

it("tells what a class extends, and whose method is unfinished", async () => {
  const text = "class Shape { area() { throw new Error('not implemented'); } }\nclass Box extends base.Solid {}";
  const { declares, unfinished } = await readSource("a.js", text);
  expect(declares.find(({ name }) => name === "Box")?.bases).toEqual(["Solid"]);
  expect(unfinished.map(({ owner }) => owner)).toEqual(["Shape"]);
});

describe("ids of elements", () => {
  it("finds those that are looked up by a constant", async () => {
    const text =
      'document.getElementById("a");\ndocument.querySelector("#b .cell");\n$("#c");\nconst byId = (id) => document.getElementById(id);\nbyId("d");\ndocument.querySelector(".e, #f");\ndocument.getElementById("g")?.focus();';
    expect((await readSource("a.js", text)).idsWanted.map(({ id, line }) => `${line} ${id}`)).toEqual([
      "1 a",
      "2 b",
      "3 c",
      "5 d",
    ]);
  });

  it("finds those that it makes, also by their beginning", async () => {
    const text = `el.id = "a";\nel.id = \`cell-\${n}\`;\nel.setAttribute("id", "row" + n);\nroot.innerHTML = \`<p id="b"></p><p id="p-\${n}"></p>\`;\nmake("div", { id: "c" });`;
    expect((await readSource("a.js", text)).idsMade).toEqual(["a", "cell-*", "row*", "b", "p-*", "c"]);
  });
});

it.each<[string, string, string[]]>([
  ["a.js", "let a = ;\nlet b = 1;", ["1 Unexpected token"]],
  ["a.js", "function f() {\n  if (a) {\n}\n", ["4 Unexpected token"]],
  ["a.js", "const a = 1;\nconst a = 2;", ["2 Identifier 'a' has already been declared."]],
  ["a.ts", "const a: = 1;", ["1 Unexpected token"]],
  ["a.js", "return 1;", ["1 'return' outside of function."]],
])("reports what is wrong in %s: %s", async (path, text, expected) => {
  expect(await problems(path, text)).toEqual(expected);
});

it.each([
  ["a.js", "#!/usr/bin/env node\nawait main();\nasync function main() { return 1 }"],
  ["a.js", "with (a) { b }"],
  ["a.cjs", "const a = require('a');\nif (!a) return;"],
  ["a.jsx", "export const 标题 = ({ 名 }) => <h1 id={名}>{名} 你好</h1>;"],
  ["a.tsx", "const f = <T,>(a: T) => <div<string>>{a as any}</div>;"],
  [
    "a.ts",
    "const a = <string>b; @dec() class A<T extends B = C> { declare x: number; constructor(@inject() private a?: T) {} }",
  ],
  ["a.d.ts", "declare module 'x' { export function f(a: string): void; }\nexport const a: number;"],
  ["a.js", "class A { static #x = 1; static { this.#x ??= 2 } }\nimport data from './a.json' with { type: 'json' };"],
])("finds nothing wrong in %s: %s", async (path, text) => {
  expect(await problems(path, text)).toEqual([]);
});
