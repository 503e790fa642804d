import { definePerformed } from "../src/action.ts";
import type { Json } from "../src/engine/steps.ts";
import type { CheckInput, CheckResult, Finding } from "../src/project/checks/finding.ts";
import { checkCode } from "./check-code.ts";
import type { Documents } from "./code-plan.ts";
import { verificationMarkdown } from "./verification.ts";
import type { Design } from "./write-design.ts";
import { productOf } from "./write-tasks.ts";

/** A repository as it stands during a change. */
export interface ChangedWork {
  readonly files: Readonly<Record<string, string>>;
  /** Whether it is only looked at to know what was wrong before. */
  readonly quiet?: boolean;
  /** Set where the repository has documents. */
  readonly documents?: { readonly design: Design; readonly page: string; readonly language: string };
}

/** The same check for a repository that existed before; it writes no README, which is its owner's. */
export const checkChange = definePerformed<ChangedWork, CheckResult>({
  name: checkCode.name,
  operation: "check",
  request: ({ files, documents, quiet = false }) =>
    ({
      files,
      contracts: documents?.design.files.map(({ path, exports }) => ({ path, exports })) ?? [],
      page: documents?.page ?? "",
      commands: [],
      quiet,
    }) satisfies CheckInput & { quiet: boolean } as unknown as Json,
  write: (check, _subject, { documents }) =>
    documents ? { "docs/verification.md": verificationMarkdown({ check }, documents.language) } : {},
});

/** What a check is told of a repository that has documents. */
export function aboutOf({ prd, design, tasks }: Documents): Required<Pick<ChangedWork, "documents">> {
  const { commands } = productOf({ prd, design }, tasks);
  return { documents: { design, page: commands.page, language: prd.language } };
}

/** What was not found before the change. Lines move, so a finding is known by its words. */
export function newFindings(after: CheckResult, before: CheckResult): CheckResult {
  const known = new Map<string, number>();
  for (const finding of before.findings) known.set(wordsOf(finding), (known.get(wordsOf(finding)) ?? 0) + 1);
  const findings = after.findings.filter((finding) => {
    const left = known.get(wordsOf(finding)) ?? 0;
    known.set(wordsOf(finding), left - 1);
    return left <= 0;
  });
  return { ...after, findings };
}

const wordsOf = ({ path, kind, message }: Finding) => `${path}\n${kind}\n${message.replace(/\d+/g, "#")}`;
