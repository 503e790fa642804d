import { describe, expect, it } from "vitest";
import { ending } from "../../bin/outcome.ts";
import type { Missing } from "../../src/desk.ts";
import { DiskError } from "../../src/errors.ts";
import { createTally } from "../../src/tally.ts";
import type { TeamResult } from "../../src/team.ts";
import { code, design, prd, tasks } from "../helpers/greeter.ts";

const documents = {
  WritePRD: { "": prd },
  WriteDesign: { "": design },
  WriteTasks: { "": tasks },
  WriteCode: code,
};
const idea = "写一个贪吃蛇";
const circumstances = {
  tally: createTally(),
  seconds: 2,
  interrupted: 143,
  folder: "runs/1",
  idea,
  requireVerified: false,
  stopped: false,
  resume: (outcome: TeamResult["outcome"]) => `go on after ${outcome}`,
};
const end = (outcome: TeamResult["outcome"], missing: Missing[] = [], made: TeamResult["documents"] = documents) =>
  ending({ outcome, missing, documents: made }, circumstances);

describe("the end of a run", () => {
  it.each([
    ["done", 0, undefined],
    ["budget", 4, "--investment"],
    ["rounds", 5, "--n-round"],
    ["incomplete", 6, "runs/1"],
    ["unreachable", 6, "metagpt llms"],
    ["stopped", 143, undefined],
  ] as const)("%s has its exit code and says what to do next", (outcome, exitCode, advice) => {
    const event = end(outcome);
    expect(event).toMatchObject({ outcome, exitCode });
    expect(advice === undefined ? event.hint : event.hint?.includes(advice)).toBe(
      advice === undefined ? undefined : true,
    );
  });

  it("names the command that goes on, unless all is done", () => {
    expect(end("done").resume).toBeUndefined();
    for (const outcome of ["budget", "rounds", "incomplete", "unreachable", "review", "stopped"] as const)
      expect(end(outcome).resume).toBe(`go on after ${outcome}`);
  });

  it("gives the advice of the failure itself before the usual", () => {
    const missing = [{ subject: "WritePRD", kind: "auth", reason: "refused", hint: "Check api_key." }];
    expect(end("incomplete", missing)).toMatchObject({
      hint: "Check api_key.",
      missing: [{ subject: "WritePRD", reason: "refused" }],
    });
  });

  it("names the command that runs the product as soon as every file is there, even if a review is missing", () => {
    const { "main.py": _, ...rest } = code;
    expect(end("incomplete").runCommand).toBe("python3 main.py");
    expect(end("incomplete", [], { ...documents, WriteCode: rest }).runCommand).toBe("");
    expect(end("done", [], { WritePRD: { "": prd } }).runCommand).toBe("");
  });

  it("of a full disk is told as any other, with its own exit code", () => {
    const error = new DiskError("no room left in workspace", { hint: "Make room." });
    expect(ending(error, circumstances)).toMatchObject({
      exitCode: 74,
      message: "no room left in workspace",
      hint: "Make room.",
    });
  });

  const check = { findings: [], checkedBy: { Python: "tree-sitter (Python)" }, unchecked: [] };
  const step = {
    what: "start",
    line: "python3 main.py",
    subject: "",
    works: "yes",
    why: "It ran.",
    output: "",
    seconds: 1,
  };
  const tried = (...steps: object[]) => ({ sandbox: "bubblewrap", gaps: [], refused: "", steps });
  const made = (trial?: object) =>
    ({
      ...documents,
      CheckCode: { "": check },
      ...(trial && { Evidence: { "": { check, trial } } }),
    }) as TeamResult["documents"];

  it.each([
    ["nothing was run", undefined, "not"],
    ["there are no tests", tried(step), "partly"],
    ["it starts and its tests pass", tried({ ...step, what: "test" }, step), "verified"],
    ["a test fails", tried({ ...step, what: "test", works: "no", why: "exit code 1" }, step), "partly"],
    ["nothing works", tried({ ...step, works: "no", why: "exit code 1" }), "not"],
  ])("tells how far the product is verified where %s, and ends with 7 where that was required", (_, trial, level) => {
    const result = { outcome: "done", missing: [], documents: made(trial) } as const;
    expect(ending(result, circumstances)).toMatchObject({ exitCode: 0, verification: { level } });
    expect(ending(result, { ...circumstances, requireVerified: true }).exitCode).toBe(level === "verified" ? 0 : 7);
  });

  it("is that of the signal that came, also where all was done by then", () => {
    const result = { outcome: "done", missing: [], documents: made() } as const;
    expect(ending(result, { ...circumstances, stopped: true })).toMatchObject({ outcome: "stopped", exitCode: 143 });
  });
});
