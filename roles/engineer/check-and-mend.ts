import type { Desk } from "../../src/desk.ts";
import type { CheckResult, Finding } from "../../src/project/checks/finding.ts";
import type { Change } from "./mend-files.ts";

type Code = Readonly<Record<string, string>>;

/** Code that is to be checked, and by whom it is mended. */
interface Checked {
  readonly code: Code;
  /** What is wrong with the code. */
  check(code: Code): Promise<CheckResult>;
  /** The files that may be written anew. */
  mine(path: string): boolean;
  /** Those files anew, with their changes made. */
  mend(code: Code, changes: readonly Change[]): Promise<Record<string, string>>;
  publish(files: Record<string, string>): void;
}

/**
 * Has code checked without running it, and what is found mended file by file, until nothing is left, nothing gets better,
 * or the run allows no more. A rewrite that makes things worse is not taken.
 */
export async function checkAndMend(desk: Desk, work: Checked): Promise<{ code: Code; check: CheckResult }> {
  let { code } = work;
  let check = await work.check(code);
  for (let round = 0; round < desk.options.maxFixRounds; round++) {
    const changes = changesFor(check.findings, code, work);
    if (changes.length === 0) break;
    const better = await withoutWorse(desk, { ...work, code }, check, await work.mend(code, changes));
    if (!better) break;
    work.publish(better.taken);
    code = { ...code, ...better.taken };
    check = better.check;
  }
  return { code, check };
}

/** One message a file: all that was found in it, and whose contracts that touches. */
function changesFor(findings: readonly Finding[], code: Code, { mine }: Checked): Change[] {
  const paths = [...new Set(findings.map(({ path }) => path))];
  return paths
    .filter((path) => mine(path) && code[path] !== undefined)
    .map((path) => {
      const found = findings.filter((finding) => finding.path === path);
      return {
        path,
        comments: found.map(({ line, message }) => (line === undefined ? message : `line ${line}: ${message}`)),
        about: [...new Set(found.flatMap(({ about = [] }) => about))],
      };
    });
}

/** Those rewrites that leave less to find, or as much; undefined if none is worth taking. */
async function withoutWorse(
  desk: Desk,
  work: Checked,
  check: CheckResult,
  mended: Code,
): Promise<{ taken: Record<string, string>; check: CheckResult } | undefined> {
  const changed = Object.entries(mended).filter(([path, text]) => work.code[path] !== text);
  if (changed.length === 0) return undefined;
  const tried = await work.check({ ...work.code, ...mended });
  const good = changed.filter(([path]) => weight(tried, path) <= weight(check, path));
  for (const [path] of changed)
    if (!good.some(([other]) => other === path)) desk.warn(`the new ${path} was worse than the old one, which is kept`);
  if (good.length === 0) return undefined;
  const taken = Object.fromEntries(good);
  const after = good.length === changed.length ? tried : await work.check({ ...work.code, ...taken });
  return weight(after) < weight(check) ? { taken, check: after } : undefined;
}

/** How bad what was found is, in one file or in all. A file that cannot be parsed hides its other faults. */
function weight({ findings }: CheckResult, of?: string): number {
  return findings
    .filter(({ path, about = [] }) => of === undefined || path === of || about.includes(of))
    .reduce((sum, { kind }) => sum + (kind === "syntax" ? 100 : 1), 0);
}
