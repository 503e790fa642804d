import { describe, expect, it } from "vitest";
import { contract, type Design, writeDesign } from "../../actions/write-design.ts";
import { design, prd } from "../helpers/greeter.ts";
import { parseMermaid } from "../helpers/mermaid-parser.ts";
import { promptOf } from "../helpers/prompt.ts";

const written = (changes: Partial<Design>) => writeDesign.write?.({ ...design, ...changes }, "", { prd }) ?? {};
const markdown = (changes: Partial<Design>) => written(changes)["docs/system_design.md"] ?? "";

/** The types of the two diagrams, by mermaid's own parser. */
const diagrams = (changes: Partial<Design>) =>
  Promise.all(
    Object.entries(written(changes))
      .filter(([path]) => path.endsWith(".mmd"))
      .map(([, text]) => parseMermaid(text ?? "")),
  );

it("asks for the design in the words it did", async () => {
  await expect(await promptOf(writeDesign, { prd })).toMatchFileSnapshot("../fixtures/prompts/write-design.txt");
});

describe("what is written of a design", () => {
  it("is the document itself, to the letter", () => {
    const odd = { ...design, implementation_approach: "a | b\n```js\n写\n```" };
    expect(JSON.parse(written(odd)["docs/system_design.json"] ?? "")).toEqual(odd);
    expect(Object.keys(written({}))).toEqual([
      "docs/system_design.json",
      "docs/system_design.md",
      "resources/data_api_design.mmd",
      "resources/seq_flow.mmd",
    ]);
  });

  it("does without classes, calls, exports and commands", async () => {
    const bare: Partial<Design> = {
      classes: [],
      relations: [],
      call_flow: [],
      files: [{ path: "index.html", purpose: "Everything.", depends_on: [], exports: [] }],
      entry_point: "index.html",
      run_command: "",
    };
    expect(await diagrams(bare)).toEqual(["classDiagram", "sequence"]);
    expect(markdown(bare)).toContain("### index.html\n\nExports nothing.\n\n## Data structures");
    expect(markdown(bare)).toContain("- Entry point: `index.html`\n- Run: none\n- Build: none\n- Test: none");
  });

  it("is Chinese throughout for a Chinese document, diagrams too", async () => {
    const chinese: Partial<Design> = {
      classes: [{ name: "棋盘", attributes: ["格子: number[][]"], methods: ["合并(方向: string): boolean"] }],
      relations: [{ from: "游戏", to: "棋盘", kind: "composition", label: "拥有" }],
      call_flow: [{ from: "玩家", to: "游戏", message: "按下方向键；开始" }],
    };
    const files = writeDesign.write?.({ ...design, ...chinese }, "", { prd: { ...prd, language: "中文" } }) ?? {};
    const headings = files["docs/system_design.md"]?.match(/^## .*$/gm) ?? [];
    expect(headings).toHaveLength(6);
    for (const heading of headings) expect(heading).toMatch(/^## \p{Script=Han}+$/u);
    expect(files["resources/data_api_design.mmd"]).toContain("棋盘");
    expect(files["resources/seq_flow.mmd"]).toContain("玩家");
    expect(await diagrams(chinese)).toEqual(["classDiagram", "sequence"]);
  });

  it("keeps a table a table and a diagram a diagram, whatever the texts hold", async () => {
    const text = 'a | b; <b>\n```\nend #35; %%{init}%% "q" {c} }';
    const odd: Partial<Design> = {
      files: [
        {
          path: "a.py",
          purpose: "one | two\nthree",
          depends_on: [],
          exports: [{ name: "f|g", kind: "function", signature: "f(a: int | None)\n-> str", description: text }],
        },
      ],
      classes: [{ name: text, attributes: [text], methods: [text, "f(x: Map<string, List<int>>): void"] }],
      relations: [{ from: text, to: "Other", kind: "inheritance", label: text }],
      call_flow: [{ from: text, to: text, message: text }],
    };
    expect(markdown(odd)).toContain("| a.py | one \\| two<br>three |  |\n\n### a.py");
    expect(markdown(odd)).toMatch(/^\| f\\\|g \| function \| f\(a: int \\\| None\)<br>-> str \| .* \|$/m);
    expect(await diagrams(odd)).toEqual(["classDiagram", "sequence"]);
  });
});

describe("the contract of a file", () => {
  const file = { path: "src/a.ts", purpose: "Adds.", depends_on: [] };
  const offer = { name: "add", kind: "function", signature: "add(a: number, b: number): number", description: "Sum." };
  it.each([
    [
      "what it exports, with its form",
      [offer],
      "src/a.ts: Adds.\n- add (function): `add(a: number, b: number): number`. Sum.",
    ],
    ["no form that only repeats the name", [{ ...offer, signature: "add" }], "src/a.ts: Adds.\n- add (function). Sum."],
    ["no empty form", [{ ...offer, signature: "" }], "src/a.ts: Adds.\n- add (function). Sum."],
    ["the purpose alone where nothing is exported", [], "src/a.ts: Adds."],
    [
      "a form with backticks, whole",
      [{ ...offer, signature: "tag`x`" }],
      "src/a.ts: Adds.\n- add (function): `` tag`x` ``. Sum.",
    ],
  ])("says %s", (_what, exports, text) => {
    expect(contract({ ...file, exports })).toBe(text);
  });
});
