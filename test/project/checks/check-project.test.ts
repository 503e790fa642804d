import { describe, expect, it } from "vitest";
import type { CheckInput } from "../../../src/project/checks/finding.ts";
import { checkProject } from "../../../src/project/checks/index.ts";

const check = (files: Record<string, string>, rest: Partial<CheckInput> = {}) =>
  checkProject({ files, contracts: [], page: "", commands: [], ...rest });

const said = async (files: Record<string, string>, rest?: Partial<CheckInput>) =>
  (await check(files, rest)).findings.map(({ path, kind, message }) => `${path} ${kind} ${message}`);

describe("checkProject", () => {
  it("tells what was checked by what, and what by nothing", async () => {
    const { checkedBy, unchecked } = await check({
      "index.html": "<!DOCTYPE html><title>x</title>",
      "a.js": "1;",
      "b.py": "x = 1\n",
      "App.kt": "fun main() {}",
      "run.sh": "ls",
      "README.md": "# x",
      "data.csv": "1",
      "big.js": "x;\n".repeat(400_000),
    });
    expect(Object.keys(checkedBy)).toEqual(["HTML", "JavaScript", "Python"]);
    expect(checkedBy.JavaScript).toContain("@babel/parser");
    expect(unchecked).toEqual(["App.kt", "big.js", "run.sh"]);
  });

  it("gives plain data in the order of paths and lines, whatever the order of the files", async () => {
    const files = {
      "b.js": 'import "./no.js";\nimport "./none.js";\n',
      "a.py": "def f(:\n",
    };
    const first = await check(files);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    expect(first.findings.map(({ path, line }) => `${path}:${line}`)).toEqual(["a.py:1", "b.js:1", "b.js:2"]);
    expect(await check(Object.fromEntries(Object.entries(files).reverse()))).toEqual(first);
  });

  it("says once that a designed file is missing, and not again where others use it", async () => {
    const files = {
      "index.html": '<!DOCTYPE html><title>x</title><link rel="stylesheet" href="x.css"><script src="app.js"></script>',
      "app.js": "1;",
      "main.py": "from game import Game\n",
      "README.md": "```sh\npython start.py\n```\n",
    };
    const contracts = ["x.css", "game.py", "start.py"].map((path) => ({ path, exports: [] }));
    expect(await said(files, { contracts, page: "index.html" })).toEqual(
      ["game.py", "start.py", "x.css"].map(
        (path) => `${path} missing ${path} is part of the design but does not exist`,
      ),
    );
  });

  it("says that a designed file is empty instead of naming all it lacks", async () => {
    const exports = [{ name: "load", kind: "function", signature: "load()" }];
    expect(await said({ "store.py": "\n" }, { contracts: [{ path: "store.py", exports }] })).toEqual([
      "store.py unfinished store.py is empty, although the design gives it a purpose",
    ]);
  });

  it("speaks of images only if it knows all files", async () => {
    const files = { "index.html": '<!DOCTYPE html><title>x</title><img src="img/cat.png"><img src="img/dog.png">' };
    expect(await said(files, { page: "index.html" })).toEqual([]);
    expect(await said(files, { page: "index.html", otherPaths: ["img/cat.png"] })).toEqual([
      "index.html reference index.html refers to img/dog.png, but there is no file img/dog.png; img/cat.png was probably meant",
    ]);
  });

  it("reads files with the line ends and the mark of Windows", async () => {
    const text = (lines: string[]) => `\uFEFF${lines.join("\r\n")}\r\n`;
    expect(
      await said({
        "package.json": text(["{", '"dependencies": { "express": "4" }', "}"]),
        "a.js": text(['const express = require("express");', "express();"]),
        "requirements.txt": text(["flask", "requests"]),
        "b.py": text(["import flask", "import requests"]),
        "go.mod": text(["module x", "require a.com/b v1.0.0"]),
        "main.go": text(["package main", 'import "a.com/b"', "func main() { b.B() }"]),
      }),
    ).toEqual([]);
  });

  it("lists of one kind at most twenty in a file", async () => {
    const lines = Array.from({ length: 50 }, (_, index) => `import "./no${index}.js";`);
    expect((await check({ "a.js": lines.join("\n") })).findings).toHaveLength(20);
  });

  it("is not misled by names that every object has", async () => {
    const files: Record<string, string> = JSON.parse(
      JSON.stringify({
        "package.json": '{"scripts": {"toString": "node a.js"}, "dependencies": {"constructor": "1"}}',
        "a.js": 'import { hasOwnProperty } from "./constructor.js";\nhasOwnProperty();\nimport "constructor";\n',
        "constructor.js": "export const valueOf = 1;\n",
      }),
    );
    Object.defineProperty(files, "__proto__", { value: "x", enumerable: true });
    const contracts = [{ path: "constructor.js", exports: [{ name: "toString", kind: "function", signature: "" }] }];
    expect(await said(files, { contracts, commands: ["npm run valueOf"] })).toEqual([
      "a.js import a.js imports hasOwnProperty from ./constructor.js, which has no such export; it has valueOf",
      "constructor.js export constructor.js does not export toString, which the design promises; it has valueOf",
      'package.json command "npm run valueOf" needs the script valueOf, which package.json does not have; it has toString',
    ]);
  });

  it("comes to an end with what no one wrote by hand", async () => {
    const findings = await said(
      {
        "README.md": `\`\`\`\n${" ".repeat(300_000)}x\n\`\`\`${"`npm run ".repeat(20_000)}`,
        "index.html": `${"<script ".repeat(20_000)}${'<img src="/'.repeat(5_000)}`,
        "requirements.txt": `a${"-a".repeat(100_000)}`,
        "Cargo.toml": `[dependencies]\n${"a = [\n".repeat(20_000)}`,
        "a.py": `#${" ".repeat(300_000)}x\nimport zz\n`,
        Makefile: `${"a b c ".repeat(50_000)}: x`,
      },
      { page: "index.html", commands: ["make zz"] },
    );
    expect(findings.map((one) => one.split(" ", 2).join(" "))).toContain("a.py package");
  });
});

describe("a rule that is unsure", () => {
  it.each<[string, Record<string, string>]>([
    ["of an alias of the bundler", { "a.ts": 'import "@/x"; import "~/y"; import "#z";' }],
    ["of an address", { "a.js": 'import "https://esm.sh/x"; import "npm:y"; import "node:fs";' }],
    [
      "of a module beside Python's own",
      { "p/__init__.py": "", "p/types.py": "A = 1\n", "p/b.py": "from types import ModuleType\n" },
    ],
    ["of names made up at run time", { "a.py": "from b import c\n", "b.py": "globals()['c'] = 1\n" }],
    ["of what may fail", { "a.py": "try:\n    import nope\nexcept ImportError:\n    nope = None\n" }],
    ["of types only", { "a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n" }],
    ["of merge markers in a text", { "a.js": "export const text = `\n<<<<<<< HEAD\n=======\n>>>>>>> b\n`;\n" }],
    ["of a fence in a text", { "a.py": 'TEXT = """\n```\ncode\n```\n"""\n' }],
    ["of a remark in a document", { "README.md": "Here is the code of the game.\n" }],
    ["of an example in a comment", { "a.py": '"""\n# existing code here\n"""\n' }],
    [
      "of what a template fills in",
      { "t.html": '{% if x %}<script src="{{ y }}.js"></script>{% endif %}<div id="a" {{ z }}' },
    ],
    [
      "of comments in a configuration",
      { "tsconfig.json": '{ // yes\n "a": 1, }', ".vscode/settings.json": "{ /* x */ }" },
    ],
    ["of the programs of others in a README", { "README.md": "```sh\nnode your-app.js\nnode pizza.js\n```\n" }],
    ["of what is built", { "package.json": '{"scripts": {"build": "vite build", "start": "node dist/main.js"}}' }],
    ["of the files of others", { "vendor/a.js": 'import "./no";', "b.min.js": "function (" }],
  ])("is silent: %s", async (_, files) => {
    expect(await said(files)).toEqual([]);
  });
});
