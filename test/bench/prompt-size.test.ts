import { describe, expect, it } from "vitest";
import { productOf } from "../../bench/prompt-size/product.ts";
import { missed } from "../../bench/prompt-size/report.ts";
import { type Prompt, promptsOf, promptsOfChange } from "../../bench/prompt-size/run-company.ts";
import { characters, shownWhole, tokens } from "../../bench/prompt-size/sums.ts";

const sizes = [3, 5, 10];
const longest = (prompts: readonly Prompt[], name: string) =>
  Math.max(...prompts.filter(({ action }) => action === name).map(({ text }) => text.length));

describe("the prompts of a product", () => {
  it.each(sizes)(
    "of %i files of 50 lines are three documents, and the code and a review of each file",
    async (size) => {
      const product = productOf(size);
      expect(Object.values(product.code).map((text) => text.split("\n").length - 1)).toEqual(Array(size).fill(50));
      // a fault in the made-up code would be found by the check, and asked to be mended
      const actions = (await promptsOf(product)).map(({ action }) => action);
      const each = (name: string) => Array(size).fill(name);
      expect(actions.slice(0, 3)).toEqual(["WritePRD", "WriteDesign", "WriteTasks"]);
      expect(actions.slice(3).sort()).toEqual([...each("WriteCode"), ...each("WriteCodeReview")]);
    },
  );

  it("grow in all as the files do", async () => {
    const runs = await Promise.all(sizes.map((size) => promptsOf(productOf(size))));
    const perFile = (count: typeof characters) => runs.map((prompts, index) => count(prompts) / (sizes[index] ?? 0));
    for (const count of [characters, tokens]) {
      const each = perFile(count);
      expect(Math.max(...each)).toBeLessThan(1.25 * Math.min(...each));
    }
  });

  it("are as long for a file among ten as for one among five", async () => {
    const [five, ten] = await Promise.all([5, 10].map((size) => promptsOf(productOf(size))));
    for (const action of ["WriteCode", "WriteCodeReview"])
      expect(longest(ten ?? [], action)).toBeLessThan(1.1 * longest(five ?? [], action));
  });
});

describe("the prompts of a change", () => {
  it("do not grow with a repository, and show few of its files", async () => {
    const [small, large] = [productOf(30), productOf(60)];
    const [few, many] = await Promise.all([small, large].map((one) => promptsOfChange(one, { documented: false })));
    expect(many?.map(({ action }) => action)).toEqual([
      ...["ClassifyRequest", "WriteCodePlanAndChange"],
      ...["EditCode", "EditCode", "EditCode"],
    ]);
    expect(characters(many ?? [])).toBeLessThan(1.1 * characters(few ?? []));
    expect(Math.max(...(many ?? []).map((prompt) => shownWhole(prompt, large.code)))).toBeLessThan(10);
  });
});

describe("the gate", () => {
  const prompt = (text: string): Prompt => ({ action: "WriteCode", subject: "a.js", text, tokens: 1 });
  const run = (size: number, length: number) => {
    const prompts = [prompt("x".repeat(length))];
    return { size, prompts, agreeing: prompts };
  };

  it.each([
    ["grows as the files do", 500, 4000, 0],
    ["grows by half as much again", 500, 6000, 0],
    ["grows with the square of the files", 500, 32_000, 2],
  ])("lets pass a total only that is linear: one that %s", (_, few, many, count) => {
    expect(missed([run(5, few), run(40, many)], [])).toHaveLength(count);
  });

  it("refuses a prompt that is sent a repository", () => {
    const repository = { "a.js": "one\n", "b.js": "two\n", "c.js": "three\n", "d.js": "four\n" };
    const sent = (text: string) => missed([run(5, 5), run(40, 40)], [{ repository, prompts: [prompt(text)] }]);
    expect(sent("one")).toEqual([]);
    expect(sent("one two")).toEqual(["WriteCode a.js is sent more than 0.25 of the repository"]);
  });
});
