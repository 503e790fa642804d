import { checkedBy, unchecked } from "./coverage.ts";
import type { CheckInput, CheckResult, Finding } from "./finding.ts";
import { type Project, readProject } from "./project.ts";
import { commands } from "./rules/commands.ts";
import { designedExports } from "./rules/exports.ts";
import { importedNames } from "./rules/imported-names.ts";
import { imports } from "./rules/imports.ts";
import { leftovers } from "./rules/leftovers.ts";
import { missing } from "./rules/missing.ts";
import { packages } from "./rules/packages.ts";
import { pageFiles } from "./rules/page-files.ts";
import { pageFromDisk } from "./rules/page-from-disk.ts";
import { pageIds } from "./rules/page-ids.ts";
import { pageScripts } from "./rules/page-scripts.ts";
import { requireInModules } from "./rules/require-in-modules.ts";
import { syntax } from "./rules/syntax.ts";
import { unfinished } from "./rules/unfinished.ts";

/**
 * What is wrong with a project as far as its texts tell: nothing of it is run, no file is read. A rule that is unsure is
 * silent. The same project gives the same findings in the same order.
 */
export async function checkProject(input: CheckInput): Promise<CheckResult> {
  const project = await readProject(input);
  const findings = rules.flatMap((rule) => [...rule(project)]);
  // what was left over is why such a file cannot be parsed
  const left = new Set(findings.filter(({ kind }) => kind === "leftover").map(({ path }) => path));
  return {
    findings: findings
      .filter(({ path, kind }) => kind !== "syntax" || !left.has(path))
      .sort(byPlace)
      .filter(firstOfKind()),
    checkedBy: checkedBy(project),
    unchecked: unchecked(project),
  };
}

/** Of one kind a file has at most twenty: who mends these mends the rest. */
function firstOfKind(): (finding: Finding) => boolean {
  const counts = new Map<string, number>();
  return ({ path, kind }) => {
    const count = (counts.get(`${kind} ${path}`) ?? 0) + 1;
    counts.set(`${kind} ${path}`, count);
    return count <= 20;
  };
}

const rules: readonly ((project: Project) => Iterable<Finding>)[] = [
  syntax,
  leftovers,
  missing,
  unfinished,
  imports,
  importedNames,
  requireInModules,
  packages,
  designedExports,
  pageFiles,
  pageIds,
  pageScripts,
  pageFromDisk,
  commands,
];

function byPlace(a: Finding, b: Finding): number {
  return (
    compare(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0) || compare(a.kind, b.kind) || compare(a.message, b.message)
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
