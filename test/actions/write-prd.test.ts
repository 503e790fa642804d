import { describe, expect, it } from "vitest";
import { type Prd, writePrd } from "../../actions/write-prd.ts";
import { idea, prd } from "../helpers/greeter.ts";
import { parseMermaid } from "../helpers/mermaid-parser.ts";
import { promptOf } from "../helpers/prompt.ts";

const request = { idea, language: "", projectName: "" };
const written = (changes: Partial<Prd>) => writePrd.write?.({ ...prd, ...changes }, "", request) ?? {};
const chart = (changes: Partial<Prd>) => written(changes)["resources/competitive_analysis.mmd"] ?? "";
const markdown = (changes: Partial<Prd>) => written(changes)["docs/prd.md"] ?? "";

describe("the question for the requirements", () => {
  it("reads as it did", async () => {
    await expect(await promptOf(writePrd, request)).toMatchFileSnapshot("../fixtures/prompts/write-prd.txt");
  });

  it("asks for the language that the user wants", async () => {
    const prompt = await promptOf(writePrd, { ...request, language: "中文" });
    expect(prompt).toContain("Write every text in 中文, and the field names as they are given.");
    expect(prompt).not.toContain("in the language of the request");
  });

  it("keeps an idea of several lines as it was written", async () => {
    const long = "a shop:\n\n    - sells tea\n    - $& $1 `per` cup";
    expect(await promptOf(writePrd, { ...request, idea: long })).toContain(`## Request\n${long}\n\nAnswer with`);
  });
});

describe("the project's name", () => {
  it.each([
    ["the model's", "greeter", "", "greeter"],
    ["the model's, made fit for a folder", "The Greeter 2.0!", "", "the_greeter_2_0"],
    ["never a path", "../../etc/passwd", "", "etc_passwd"],
    ["something where the model gave nothing that fits", "贪吃蛇", "", "project"],
    ["the user's before the model's", "greeter", "HelloWorld", "hello_world"],
  ])("is %s", (_which, named, projectName, name) => {
    const settled = writePrd.settle?.({ ...prd, project_name: named }, { ...request, projectName });
    expect(settled).toEqual({ document: { ...prd, project_name: name } });
  });
});

describe("what is written of the requirements", () => {
  it("is the document itself, to the letter", () => {
    const odd = { ...prd, ui_design: 'a | b\n"c" 写 👋' };
    expect(JSON.parse(written(odd)["docs/prd.json"] ?? "")).toEqual(odd);
    expect(Object.keys(written({}))).toEqual(["docs/prd.json", "docs/prd.md", "resources/competitive_analysis.mmd"]);
  });

  it("is Chinese throughout for a Chinese document", async () => {
    const chinese: Partial<Prd> = {
      language: "中文",
      project_name: "game_2048",
      product_goals: ["好玩", "简单"],
      competitors: [{ name: "原版2048", strengths: "经典；耐玩", weaknesses: "没有动画", x: 0.9, y: 0.7 }],
      requirement_pool: [{ priority: "P0", text: "方块可以合并" }],
    };
    expect(markdown(chinese).split("\n")).toEqual(
      expect.arrayContaining([
        "| 语言 | 中文 |",
        "- 好玩",
        "| 原版2048 | 经典；耐玩 | 没有动画 |",
        "| P0 | 方块可以合并 |",
      ]),
    );
    const headings = markdown(chinese).match(/^##.*$/gm) ?? [];
    expect(headings).toHaveLength(8);
    for (const heading of headings) expect(heading).toMatch(/^## \p{Script=Han}+$/u);
    expect(chart(chinese)).toContain('"原版2048": [0.9, 0.7]');
    expect(chart(chinese)).toContain('x-axis "用户少" --> "用户多"');
    expect(await parseMermaid(chart(chinese))).toBe("quadrantChart");
  });

  it("keeps a table a table, whatever its cells hold", async () => {
    const odd: Partial<Prd> = {
      competitors: [{ name: 'a | "b"', strengths: "one\ntwo", weaknesses: "<script>", x: 0.5, y: 0.5 }],
      requirement_pool: [{ priority: "P2", text: "x || y\n| z |" }],
    };
    expect(markdown(odd)).toContain('| a \\| "b" | one<br>two | &lt;script> |\n\n## Requirement analysis');
    expect(markdown(odd)).toContain("| P2 | x \\|\\| y<br>\\| z \\| |\n\n## User interface");
    expect(await parseMermaid(chart(odd))).toBe("quadrantChart");
  });

  it("does without competitors, goals, stories and requirements", async () => {
    const bare = { competitors: [], product_goals: [], user_stories: [], requirement_pool: [] };
    expect(markdown(bare)).toContain("| Product | Strengths | Weaknesses |\n| --- | --- | --- |\n\n## Requirement");
    expect(markdown(bare)).not.toContain("undefined");
    expect(await parseMermaid(chart(bare))).toBe("quadrantChart");
  });

  it("draws a competitor that is off the chart at its border", async () => {
    const far = [
      { name: "far", strengths: "", weaknesses: "", x: 7, y: -0.1 },
      { name: "tiny", strengths: "", weaknesses: "", x: 1e-9, y: 1 },
    ];
    expect(chart({ competitors: far })).toContain('"far": [1, 0]\n  "tiny": [0, 1]');
    expect(await parseMermaid(chart({ competitors: far }))).toBe("quadrantChart");
  });
});
