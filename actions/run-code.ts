import { definePerformed } from "../src/action.ts";
import type { Json } from "../src/engine/steps.ts";
import type { CheckResult } from "../src/project/checks/finding.ts";
import { type TestFile, testCommandOf } from "../src/project/test-files.ts";
import type { Trial } from "../src/project/trial.ts";
import { trialSteps } from "../src/project/trial-plan.ts";
import type { Work } from "./check-code.ts";
import { verificationFiles } from "./verification.ts";
import { productOf } from "./write-tasks.ts";

/** A product that is to be tried out, and what was found in its code. */
export interface TrialRequest extends Work {
  readonly tests: readonly TestFile[];
  readonly check: CheckResult;
}

/** Installs, builds, tests and starts the product in a sandbox; exit codes and output decide what came of it. */
export const runCode = definePerformed<TrialRequest, Trial>({
  name: "RunCode",
  operation: "trial",
  request(work) {
    const { files, commands, languages } = productOf(work, work.tasks);
    const code = { ...files, ...work.code };
    return { steps: trialSteps({ commands, languages, code, tests: work.tests }) } as unknown as Json;
  },
  write: (trial, _subject, { check, tests, ...work }) =>
    verificationFiles({ ...work, testCommand: testCommandOf(tests) || undefined }, { check, trial }),
});
