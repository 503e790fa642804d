import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CheckInput, FindingKind } from "../../src/project/checks/finding.ts";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));

interface Expected extends Pick<CheckInput, "page" | "commands" | "contracts"> {
  readonly findings: readonly {
    readonly path: string;
    readonly kind: FindingKind;
    readonly line?: number;
    readonly says: string;
  }[];
}

/** A project of the corpus: every file carries `.txt` behind its name, so that no tool takes it for ours. */
export function readProject(kind: "broken" | "clean", name: string): { input: CheckInput; expected: Expected } {
  const folder = join(fixtures, kind, name);
  const expected: Expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".txt"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1, -".txt".length).replaceAll("\\", "/"), readFileSync(path, "utf8")]);
  const { page, commands, contracts } = expected;
  return { input: { files: Object.fromEntries(files), page, commands, contracts }, expected };
}

/** The names of the projects with one fault each, or with none. */
export const projects = (kind: "broken" | "clean") => readdirSync(join(fixtures, kind)).sort();
