import { describe, expect, it } from "vitest";
import { summarizeCode } from "../../actions/summarize-code.ts";
import { projectBrief } from "../../actions/write-code.ts";
import { code, design, prd, tasks } from "../helpers/greeter.ts";
import { promptOf } from "../helpers/prompt.ts";

const common = projectBrief(prd, design, tasks);
const files = design.files.map((file) => ({ file, code: code[file.path] ?? "" }));

it("asks for a summary in the words it did", async () => {
  await expect(await promptOf(summarizeCode, { common, files })).toMatchFileSnapshot(
    "../fixtures/prompts/summarize-code.txt",
  );
});

describe("a project with more code than there is room for", () => {
  const of = (lengths: readonly number[]) =>
    lengths.map((length, index) => ({
      file: { path: `f${index}.js`, purpose: `Purpose ${index}.`, depends_on: [], exports: [] },
      code: `/*${index}*/`.padEnd(length, "x"),
    }));
  /** How each file is shown, in the order of the design. */
  const shown = async (lengths: readonly number[]) => {
    const prompt = await promptOf(summarizeCode, { common, files: of(lengths) });
    return [...prompt.matchAll(/^## f\d\.js(:?)/gm)].map(([, colon]) => (colon ? "contract" : "code"));
  };

  it.each([
    ["all code up to the limit", [20_000, 20_000], ["code", "code"]],
    ["the shorter files, the others as contracts", [30_000, 100, 20_000, 200], ["contract", "code", "code", "code"]],
    ["a file that is too long alone as its contract", [40_001], ["contract"]],
  ])("shows %s", async (_what, lengths, expected) => {
    expect(await shown(lengths)).toEqual(expected);
  });

  it("stays within the room, however many files there are", async () => {
    const prompt = await promptOf(summarizeCode, { common, files: of(Array.from({ length: 40 }, () => 3_000)) });
    expect(prompt.length).toBeLessThan(50_000);
    expect(prompt).toContain("## f39.js: Purpose 39.");
  });
});
