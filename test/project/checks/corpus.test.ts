import { describe, expect, it } from "vitest";
import { checkProject } from "../../../src/project/checks/index.ts";
import { projects, readProject } from "../../helpers/checked-projects.ts";

describe("a project with one fault", () => {
  it.each(projects("broken"))("%s: it is found, and nothing else", async (name) => {
    const { input, expected } = readProject("broken", name);
    const { findings } = await checkProject(input);
    const [fault] = expected.findings;
    expect(expected.findings).toHaveLength(1);
    expect(findings).toEqual([
      expect.objectContaining({
        path: fault?.path,
        kind: fault?.kind,
        ...(fault?.line !== undefined && { line: fault.line }),
        message: expect.stringContaining(fault?.says ?? ""),
      }),
    ]);
  });
});

describe("a project without a fault", () => {
  it.each(projects("clean"))("%s: nothing is found", async (name) => {
    const { input, expected } = readProject("clean", name);
    expect(expected.findings).toEqual([]);
    expect((await checkProject(input)).findings).toEqual([]);
  });
});

describe("the corpus", () => {
  it("is as large as it should be", () => {
    expect(projects("broken").length).toBeGreaterThanOrEqual(80);
    expect(projects("clean").length).toBeGreaterThanOrEqual(25);
  });
});
