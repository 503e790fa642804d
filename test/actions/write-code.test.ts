import { describe, expect, it } from "vitest";
import { type CodeRequest, projectBrief, writeCode } from "../../actions/write-code.ts";
import type { DesignedFile } from "../../actions/write-design.ts";
import { code, design, prd, tasks } from "../helpers/greeter.ts";
import { promptOf } from "../helpers/prompt.ts";

const [names, phrases, main] = design.files as [DesignedFile, DesignedFile, DesignedFile];
const request: CodeRequest = {
  common: projectBrief(prd, design, tasks),
  file: main,
  logic: "Print the greeting of the name.",
  dependencies: [
    { file: names, code: code[names.path] ?? "" },
    { file: phrases, code: "" },
  ],
};

describe("the question for a file", () => {
  it("reads as it did", async () => {
    await expect(await promptOf(writeCode, request)).toMatchFileSnapshot("../fixtures/prompts/write-code.txt");
  });

  it("reads as it did for a rewrite", async () => {
    const comments = ["Greet politely.", "Mind the\nempty name."];
    const change = { code: code[main.path] ?? "", comments, says: "A review asks for these changes" };
    await expect(await promptOf(writeCode, { ...request, change })).toMatchFileSnapshot(
      "../fixtures/prompts/write-code-again.txt",
    );
  });

  it("falls back to the purpose where there is no task, and says when nothing is used", async () => {
    const prompt = await promptOf(writeCode, { ...request, logic: "", dependencies: [] });
    expect(prompt).toContain(`## Its task\n${main.purpose}\n\n## The files it uses\nNone.`);
  });

  it("keeps code whole that holds fences itself", async () => {
    const text = "const help = `\n```js\nx\n```\n`;\n";
    const prompt = await promptOf(writeCode, {
      ...request,
      change: { code: text, comments: ["Shorter."], says: "A review asks for these changes" },
    });
    expect(prompt).toContain(`\`\`\`\`py\n${text}\`\`\`\``);
  });
});

describe("what all files of a project are told", () => {
  const briefOf = (path: string) =>
    projectBrief(prd, { ...design, files: [{ ...main, path }], entry_point: path }, tasks);

  it("reads as it did for a page", async () => {
    await expect(briefOf("index.html")).toMatchFileSnapshot("../fixtures/prompts/project-brief-page.txt");
  });

  it.each([
    ["a program for Node.js", "src/main.mjs", "Files that run in Node.js are ES modules"],
    ["anything else", "main.go", "The greeting reads: Hello, NAME!"],
  ])("ends with the rules of %s", (_kind, path, rule) => {
    expect(briefOf(path).split("\n\n").at(-1)).toContain(rule);
  });

  it.each([
    ["none", [], "Packages: none, only the standard library"],
    [
      "each with its version where it has one",
      [
        { name: "rich", version: ">=13", why: "" },
        { name: "click", version: "", why: "" },
      ],
      "Packages: rich >=13, click",
    ],
  ])("names the packages: %s", (_what, required_packages, line) => {
    expect(projectBrief(prd, design, { ...tasks, required_packages }).split("\n")).toContain(line);
  });

  it("says so where nothing is shared", () => {
    const brief = projectBrief(prd, design, { ...tasks, shared_knowledge: "" });
    expect(brief).toContain("## Shared knowledge\nNothing beyond the contracts below.");
  });
});

describe("the answer", () => {
  const read = (text: string) => {
    const reply = typeof writeCode.reply === "function" ? writeCode.reply(request) : writeCode.reply;
    return reply.read(text, { truncated: false });
  };

  it("is the file, and nothing else is written", () => {
    expect(read("Here:\n```python\nprint(1)\n```\nDone.")).toMatchObject({ ok: true, value: "print(1)\n" });
    expect(writeCode.write?.("print(1)\n", "main.py", request)).toEqual({ "main.py": "print(1)\n" });
  });

  it.each(["", "```python\n\n```", "I am sorry, I cannot do that."])("is asked for again after %j", (text) => {
    expect(read(text).ok).toBe(false);
  });
});
