import { definePerformed } from "../src/action.ts";
import type { Json } from "../src/engine/steps.ts";
import type { CheckInput, CheckResult } from "../src/project/checks/finding.ts";
import type { Documents } from "./code-plan.ts";
import { verificationFiles } from "./verification.ts";
import { productOf } from "./write-tasks.ts";

/** What there is to check: the documents, and the code as it stands, path -> text. */
export interface Work extends Documents {
  readonly code: Readonly<Record<string, string>>;
}

/** Reads all files of the product without running any, and says what is wrong with them. */
export const checkCode = definePerformed<Work, CheckResult>({
  name: "CheckCode",
  operation: "check",
  request: (work) => checkInput(work) as unknown as Json,
  write: (check, _subject, work) => verificationFiles(work, { check }),
});

function checkInput({ prd, design, tasks, code }: Work): CheckInput {
  const { files, commands } = productOf({ prd, design }, tasks);
  return {
    files: { ...files, ...code },
    contracts: design.files.map(({ path, exports }) => ({
      path,
      exports: exports.map(({ name, kind, signature }) => ({ name, kind, signature })),
    })),
    page: commands.page,
    commands: [...commands.install, commands.build, commands.run, commands.test].filter((line) => line !== ""),
  };
}
