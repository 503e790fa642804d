import { describe, expect, it } from "vitest";
import { languagesOf } from "../../src/project/languages.ts";

describe("languagesOf", () => {
  it.each([
    ["index.html a.js style.css", "index.html", "HTML/CSS/JS", "javascript"],
    ["index.html", "index.html", "HTML", "javascript"],
    ["index.html a.js", "index.html", "Python", "javascript"],
    ["app.py static/a.js static/b.js index.html", "app.py", "", "python javascript"],
    ["app.py static/a.js static/b.js", "", "Python + JavaScript", "python javascript"],
    ["app.py static/a.js static/b.js", "", "", "javascript python"],
    ["main.ts a.js", "main.ts", "TypeScript", "typescript javascript"],
    ["main.cpp util.h", "main.cpp", "C++", "cpp"],
    ["main.c util.h", "main.c", "C", "c"],
    ["Main.java", "Main.java", "Java", "java"],
    ["Program.cs", "Program.cs", "C#", "csharp"],
    ["main.zig", "main.zig", "Zig", ""],
    ["", "", "Python 3.11", "python"],
    ["", "", "纯前端 JavaScript", "javascript"],
    ["", "", "用Go写", "go"],
    ["", "", "Java", "java"],
    ["", "", "C", "c"],
    ["", "", "C++17", "cpp"],
    ["", "", "C#/.NET", "csharp"],
    ["", "", "Node.js", "javascript"],
    ["", "", "TypeScript (React)", "typescript"],
    ["", "", "Django", ""],
  ])("of files %j, entry %j and %j is %j", (paths, entryPoint, programmingLanguage, expected) => {
    const files = paths
      .split(" ")
      .filter((path) => path !== "")
      .map((path) => ({ path, purpose: "" }));
    expect(languagesOf({ files, entryPoint, programmingLanguage }).join(" ")).toBe(expected);
  });
});
