import { expect, it } from "vitest";
import { createTally } from "../src/tally.ts";
import { ends, eventful, question } from "./helpers/scripted-run.ts";

const prd = question("ProductManager", "WritePRD");
const file = question("Engineer", "WriteCode", "a.js");

it("has nothing before it has heard anything", () => {
  expect(createTally()).toMatchObject({ totals: [], repairs: {}, usd: 0, project: "" });
});

it("adds up by role and model, in the order of their first calls", () => {
  const tally = createTally();
  tally.hear(ends(prd, { seconds: 2, usage: { input: 10, output: 5, source: "reported" } }));
  tally.hear(ends(file, { model: "big", cost: { usd: 0.5, basis: "known" } }));
  tally.hear(ends(prd, { seconds: 3, usage: { input: 1, output: 2, source: "estimated" } }));
  tally.hear(ends(prd, { model: "big", usage: { input: 7, output: 8, source: "reported" } }));
  expect(
    tally.totals.map(({ role, model, calls, input, output, seconds }) => [role, model, calls, input, output, seconds]),
  ).toEqual([
    ["ProductManager", "qwen2.5-coder:7b", 2, 11, 7, 5],
    ["Engineer", "big", 1, 1201, 840, 3.04],
    ["ProductManager", "big", 1, 7, 8, 3.04],
  ]);
  expect(tally.usd).toBeCloseTo(0.0042 * 3 + 0.5, 10);
});

it("says that a sum is estimated once a part of it is", () => {
  const tally = createTally();
  const hear = (source: "reported" | "estimated") => {
    tally.hear(ends(prd, { usage: { input: 1, output: 1, source } }));
    return tally.totals[0]?.estimated;
  };
  expect([hear("reported"), hear("estimated"), hear("reported")]).toEqual([false, true, true]);
});

it("counts what a failed call took, used and cost, and the call", () => {
  const tally = createTally();
  tally.hear({
    type: "call-failed",
    ...file,
    llm: "coder",
    model: "m",
    kind: "network",
    message: "gone",
    tries: [],
    seconds: 6.5,
    usage: { input: 900, output: 40, source: "estimated" },
    usd: 0.25,
  });
  expect(tally.totals).toEqual([
    { role: "Engineer", model: "m", calls: 1, input: 900, output: 40, estimated: true, usd: 0.25, seconds: 6.5 },
  ]);
  expect(tally.usd).toBe(0.25);
});

it("counts repairs by kind and knows the project, whatever else passes by", () => {
  const tally = createTally();
  for (const event of eventful) tally.hear(event);
  expect(tally.repairs).toEqual({ key_case: 1, cut: 1 });
  expect(tally.project).toBe("workspace/game_2048");
  tally.hear({ type: "repair", ...prd, kind: "cut", path: "", lossy: true });
  expect(tally.repairs).toEqual({ key_case: 1, cut: 2 });
});
