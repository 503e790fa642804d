import { describe, expect, it } from "vitest";
import type { Language } from "../../src/project/languages.ts";
import { packagesOf } from "../../src/project/packages.ts";

describe("packagesOf", () => {
  it.each<[Language, string, string, string]>([
    ["javascript", "express", "^4.19.0", "express ^4.19.0"],
    ["javascript", "express", "~4", "express ~4"],
    ["javascript", "express", "4.x", "express 4.x"],
    ["javascript", "express", ">= 4.1 || 5", "express >= 4.1 || 5"],
    ["javascript", "express", "==4.1.0", "express 4.1.0"],
    ["javascript", "express", "1.0.0-beta.2", "express 1.0.0-beta.2"],
    ["javascript", "express", "latest", "express *"],
    ["javascript", "express", "4 or newer", "express *"],
    ["javascript", "express", "git+https://example.com/x", "express *"],
    ["javascript", "express", '"; "x": "', "express *"],
    ["javascript", "express@4.18.2", "", "express 4.18.2"],
    ["javascript", "@scope/name@^1", "", "@scope/name ^1"],
    ["javascript", "`express`", "", "express *"],
    ["javascript", "fs", "", ""],
    ["javascript", "node:test", "", ""],
    ["javascript", "Node.js", "20", ""],
    ["javascript", "None", "", ""],
    ["javascript", "../evil", "", ""],
    ["javascript", "a".repeat(215), "", ""],
    ["python", "requests", "2.31", "requests ==2.31"],
    ["python", "requests", ">=2.31,<3", "requests >=2.31,<3"],
    ["python", "requests", ">=2.31 <3", "requests >=2.31,<3"],
    ["python", "requests", "~=2.31", "requests ~=2.31"],
    ["python", "requests", "^2.31", "requests >=2.31"],
    ["python", "requests", "2.x", "requests ==2.*"],
    ["python", "requests", "v2.31.0", "requests ==2.31.0"],
    ["python", "requests", "any", "requests"],
    ["python", "requests", "1 --index-url http://example.com", "requests"],
    ["python", "flask>=2.0", "", "flask >=2.0"],
    ["python", "flask[async]==2.0", "", "flask[async] ==2.0"],
    ["python", "tkinter", "", ""],
    ["python", "JSON", "", ""],
    ["python", "os.path", "", ""],
    ["python", "-r secrets.txt", "", ""],
    ["python", "https://example.com/x.whl", "", ""],
    ["rust", "serde", "1", "serde 1"],
    ["rust", "serde", "^1.0, <2", "serde ^1.0, <2"],
    ["rust", "serde", "newest", "serde *"],
    ["go", "github.com/a/b", "v1.2.3", "github.com/a/b 1.2.3"],
    ["go", "encoding/json", "", ""],
    ["java", "org.a:b", "1.2.3.Final", "org.a:b 1.2.3.Final"],
    ["java", "java.util", "", ""],
    ["csharp", "Serilog", "^3.1", "Serilog 3.1"],
    ["php", "Monolog/Monolog", "^3", "monolog/monolog ^3"],
    ["ruby", "rails", "~> 7.0", "rails ~> 7.0"],
    ["ruby", "rails", "7.0\"; system('x')", "rails"],
    ["c", "ncurses", "6", ""],
  ])("%s: %j %j is %j", (language, name, version, expected) => {
    const found = packagesOf([language], [{ name, version }])[language] ?? [];
    expect(found.map((one) => `${one.name} ${one.version}`.trim()).join()).toBe(expected);
  });

  it("gives a package to the first language whose name it can be", () => {
    const listed = ["flask", "@vue/runtime", "github.com/a/b", "json"].map((name) => ({ name, version: "" }));
    expect(packagesOf(["python", "javascript", "go"], listed)).toEqual({
      python: [{ name: "flask", version: "" }],
      javascript: [{ name: "@vue/runtime", version: "*" }],
      go: [{ name: "github.com/a/b", version: "" }],
    });
  });
});
