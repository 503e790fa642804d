import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { CheckInput, FindingKind } from "../../../src/project/checks/finding.ts";
import { checkProject } from "../../../src/project/checks/index.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));

interface Expected extends Pick<CheckInput, "page" | "commands" | "contracts"> {
  readonly findings: readonly {
    readonly path: string;
    readonly kind: FindingKind;
    readonly line?: number;
    readonly says: string;
  }[];
}

/** A project of the corpus: every file carries `.txt` behind its name, so that no tool takes it for ours. */
function read(folder: string): { input: CheckInput; expected: Expected } {
  const expected: Expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".txt"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1, -".txt".length).replaceAll("\\", "/"), readFileSync(path, "utf8")]);
  const { page, commands, contracts } = expected;
  return { input: { files: Object.fromEntries(files), page, commands, contracts }, expected };
}

const projects = (kind: string) => readdirSync(join(fixtures, kind)).sort();

describe("a project with one fault", () => {
  it.each(projects("broken"))("%s: it is found, and nothing else", async (name) => {
    const { input, expected } = read(join(fixtures, "broken", name));
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
    const { input, expected } = read(join(fixtures, "clean", name));
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
