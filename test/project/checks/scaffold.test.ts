import { describe, expect, it } from "vitest";
import { checkProject } from "../../../src/project/checks/index.ts";
import type { Product } from "../../../src/project/product.ts";
import { scaffold } from "../../../src/project/scaffold.ts";

const product = (code: Record<string, string>, packages: readonly string[]): Product => ({
  name: "demo",
  description: "A demo",
  goals: [],
  language: "English",
  programmingLanguage: "",
  files: Object.keys(code).map((path) => ({ path, purpose: "" })),
  entryPoint: Object.keys(code)[0] ?? "",
  runCommand: "",
  buildCommand: "",
  testCommand: "",
  packages: packages.map((name) => ({ name, version: "" })),
  otherPackages: [],
});

describe("the package files and README written for a product", () => {
  it.each<[string, readonly string[], Record<string, string>]>([
    ["TypeScript", ["express"], { "src/main.ts": 'import express from "express";\nexpress().listen(3000);\n' }],
    [
      "JavaScript",
      [],
      { "src/index.js": 'import { a } from "./a.js";\na();\n', "src/a.js": "export const a = () => 1;\n" },
    ],
    ["Python", ["flask"], { "main.py": "from flask import Flask\n\napp = Flask(__name__)\n" }],
    [
      "Go",
      [],
      {
        "main.go": 'package main\n\nimport "demo/a"\n\nfunc main() { a.A() }\n',
        "a/a.go": "package a\n\nfunc A() { println(1) }\n",
      },
    ],
    [
      "Rust",
      ["rand"],
      { "src/main.rs": "mod a;\nfn main() { a::a(); }\n", "src/a.rs": "pub fn a() -> u8 { rand::random() }\n" },
    ],
    [
      "Java",
      [],
      {
        "src/a/Main.java": "package a;\n\nclass Main { public static void main(String[] args) { B.b(); } }\n",
        "src/a/B.java": "package a;\n\nclass B { static void b() { System.out.println(); } }\n",
      },
    ],
    [
      "C",
      [],
      {
        "main.c": '#include "a.h"\nint main(void) { return a(); }\n',
        "a.h": "int a(void);\n",
        "a.c": '#include "a.h"\nint a(void) { return 0; }\n',
      },
    ],
    [
      "a page",
      [],
      { "index.html": '<!DOCTYPE html><title>x</title><script src="a.js"></script>', "a.js": "alert(1);\n" },
    ],
  ])("agree with %s", async (_, packages, code) => {
    const { files, commands } = scaffold(product(code, packages));
    const { install, build, run, test, page } = commands;
    const { findings } = await checkProject({
      files: { ...files, ...code },
      contracts: Object.keys(code).map((path) => ({ path, exports: [] })),
      page,
      commands: [...install, build, run, test].filter((command) => command !== ""),
    });
    expect(findings).toEqual([]);
  });

  it("disagree with code of another kind", async () => {
    const code = { "index.js": 'const fs = require("fs");\nconsole.log(fs);\n' };
    const { files } = scaffold(product(code, ["left-pad"]));
    const { findings } = await checkProject({ files: { ...files, ...code }, contracts: [], page: "", commands: [] });
    expect(findings.map(({ path, kind }) => `${path} ${kind}`)).toEqual(["index.js import", "package.json package"]);
  });
});
