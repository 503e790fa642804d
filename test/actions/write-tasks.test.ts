import { describe, expect, it } from "vitest";
import { type Tasks, writeTasks } from "../../actions/write-tasks.ts";
import { design, prd, tasks } from "../helpers/greeter.ts";
import { promptOf } from "../helpers/prompt.ts";

const request = { prd, design };
const settle = (list: Tasks["tasks"]) => writeTasks.settle?.({ ...tasks, tasks: list }, request);
const written = (changes: Partial<Tasks>) => writeTasks.write?.({ ...tasks, ...changes }, "", request) ?? {};
const markdown = (changes: Partial<Tasks>) => written(changes)["docs/task.md"] ?? "";

it("asks for the tasks in the words it did", async () => {
  await expect(await promptOf(writeTasks, request)).toMatchFileSnapshot("../fixtures/prompts/write-tasks.txt");
});

describe("tasks and the files of the design", () => {
  it("leaves good tasks as they are", () => {
    expect(settle(tasks.tasks)).toEqual({ document: tasks, warnings: [] });
  });

  it.each([
    ["by its path", "greeter/names.py", "greeter/names.py"],
    ["by its path in other words", "./greeter\\names.py", "greeter/names.py"],
    ["by its base name", "names.py", "greeter/names.py"],
  ])("knows a file %s, as a task and as what a task comes after", (_how, name, path) => {
    const { document } = settle([
      { path: name, logic: "x", depends_on: [] },
      { path: "main.py", logic: "y", depends_on: [name] },
    ]) ?? { document: tasks };
    expect(document.tasks).toEqual([
      { path, logic: "x", depends_on: [] },
      { path: "main.py", logic: "y", depends_on: [path] },
    ]);
  });

  it.each(["tests/test_main.py", "ames.py", "../main.py", "README.md", ""])(
    "leaves out the task of %j, which the design does not have, and says so",
    (path) => {
      const { document, warnings } = settle([
        { path, logic: "x", depends_on: [] },
        { path: "main.py", logic: "y", depends_on: [path] },
      ]) ?? { document: tasks };
      expect(document.tasks).toEqual([{ path: "main.py", logic: "y", depends_on: [] }]);
      expect(warnings).toEqual([`WriteTasks names ${path}, which the design does not have; the task was left out`]);
    },
  );
});

describe("what is written of tasks", () => {
  it("is the document and the product's own files", () => {
    expect(Object.keys(written({}))).toEqual(["docs/task.json", "docs/task.md", ".gitignore", "README.md"]);
    const odd = { shared_knowledge: "a | b\n写" };
    expect(JSON.parse(written(odd)["docs/task.json"] ?? "")).toEqual({ ...tasks, ...odd });
  });

  it("lists packages of the language in its package file, and programs of the machine apart", () => {
    const packages: Partial<Tasks> = {
      required_packages: [{ name: "rich", version: ">=13", why: "colours | tables" }],
      other_packages: [{ name: "ffmpeg", version: "", why: "sound\nand film" }],
    };
    expect(written(packages)["requirements.txt"]).toContain("rich>=13");
    expect(written(packages)["requirements.txt"]).not.toContain("ffmpeg");
    expect(markdown(packages)).toContain("| rich | >=13 | colours \\| tables |\n\n## Other packages");
    expect(markdown(packages)).toContain("| ffmpeg |  | sound<br>and film |\n\n## Files");
  });

  it("does without tasks, shared knowledge, interface and questions", () => {
    const bare = markdown({ tasks: [], shared_knowledge: "" });
    expect(bare).toContain("| File | Logic | After |\n| --- | --- | --- |\n\n## Shared knowledge\n\nNone.");
    expect(bare).toContain("## HTTP interface\n\nNone.\n\n## Open questions\n\nNone.\n");
  });

  it("is Chinese throughout for a Chinese document", () => {
    const files = writeTasks.write?.(tasks, "", { design, prd: { ...prd, language: "中文" } }) ?? {};
    const headings = files["docs/task.md"]?.match(/^#+ .*$/gm) ?? [];
    expect(headings).toHaveLength(7);
    for (const heading of headings) expect(heading).toMatch(/^#+ (?:HTTP )?\p{Script=Han}+$/u);
    expect(files["docs/task.md"]).not.toContain("None.");
  });

  it("keeps an interface whole that holds fences itself", () => {
    const api = "openapi: 3.1.0\ninfo:\n  description: |\n    ```\n    x\n    ```";
    expect(markdown({ api_spec: api })).toContain(`\`\`\`\`yaml\n${api}\n\`\`\`\``);
  });
});
