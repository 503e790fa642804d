import { expect, it } from "vitest";
import { readSource } from "../../../src/project/code/read-source.ts";

it.each([
  ["src/a.mjs", "javascript", "@babel/parser"],
  ["src/a.tsx", "typescript", "@babel/parser"],
  ["a.pyw", "python", "tree-sitter (Python)"],
  ["A.HTM", "html", "parse5"],
  ["a.css", "css", "css-tree"],
  ["a.yml", "yaml", "yaml"],
  ["a.h", "c", "tree-sitter (C)"],
  ["a.hpp", "cpp", "tree-sitter (C++)"],
  ["Rakefile", "ruby", "tree-sitter (Ruby)"],
  ["a.cs", "csharp", "tree-sitter (C#)"],
  ["README.md", undefined, undefined],
  ["toString", undefined, undefined],
])("reads %s as %s with %s", async (path, language, checkedBy) => {
  expect(await readSource(path, "")).toMatchObject({ language, checkedBy });
});

it("leaves a file of more than a megabyte unread, without calling it wrong", async () => {
  const source = await readSource("a.js", "let a = ;\n".repeat(150_000));
  expect(source).toMatchObject({ language: "javascript", checkedBy: undefined, problems: [], declares: [] });
});

it.each([
  ["a.js", "(".repeat(50_000)],
  ["a.ts", "a<".repeat(20_000)],
  ["a.js", "a:".repeat(20_000)],
  ["a.py", "[".repeat(50_000)],
  ["A.java", "a<".repeat(50_000)],
  ["a.cpp", "<!--".repeat(25_000)],
  ["a.html", "<div>".repeat(20_000)],
  ["a.html", "<!--".repeat(100_000)],
  ["a.css", "a{".repeat(50_000)],
  ["a.json", "[".repeat(100_000)],
  ["a.yaml", "[".repeat(50_000)],
  ["a.rs", "\0".repeat(50_000)],
])("survives what %s may hold", async (path, text) => {
  const { problems } = await readSource(path, text);
  expect(problems.length).toBeLessThanOrEqual(20);
  // and reads the next file as ever
  expect((await readSource("b.go", "package b\nfunc F() int { return 1 }")).declares).toHaveLength(1);
});

it("lists at most twenty problems and five thousand words", async () => {
  const broken = await readSource("a.js", "let a = 1;\nlet a = 1;\n".repeat(100));
  expect(broken.problems).toHaveLength(20);
  const wordy = await readSource("a.txt", Array.from({ length: 6_000 }, (_, index) => `w${index}`).join(" "));
  expect(wordy.words.size).toBe(5_000);
});

it("takes names such as constructor and __proto__ for names", async () => {
  const text =
    "export const __proto__ = 1;\nexport function constructor() { return 1 }\nexport const hasOwnProperty = 2;";
  const { declares } = await readSource("a.js", text);
  expect(declares.map(({ name }) => name)).toEqual(["__proto__", "constructor", "hasOwnProperty"]);
});
