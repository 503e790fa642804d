import { definePerformed } from "../src/action.ts";
import type { Json } from "../src/engine/steps.ts";
import { foundCommands } from "../src/project/found-commands.ts";
import type { TestFile } from "../src/project/test-files.ts";
import type { Trial, TrialStep } from "../src/project/trial.ts";
import { trialSteps } from "../src/project/trial-plan.ts";
import type { ChangedWork } from "./check-change.ts";
import { runCode } from "./run-code.ts";
import { type Evidence, verificationMarkdown } from "./verification.ts";

/** A changed repository that is to be tried out. */
export interface RepositoryTrial extends ChangedWork {
  readonly tests: readonly TestFile[];
  /** Nothing but these tests. */
  readonly only: boolean;
  readonly check?: Evidence["check"];
}

/** Installs, builds, tests and starts a repository that existed before, by the commands that are found in it. */
export const tryRepository = definePerformed<RepositoryTrial, Trial>({
  name: runCode.name,
  operation: "trial",
  request: (work) => ({ steps: stepsOf(work) }) as unknown as Json,
  write: (trial, _subject, { check, documents }) =>
    documents && check ? { "docs/verification.md": verificationMarkdown({ check, trial }, documents.language) } : {},
});

function stepsOf({ files, tests, only, documents }: RepositoryTrial): TrialStep[] {
  const { commands, languages } = foundCommands(files);
  const page = documents?.page || commands.page;
  const suite = only ? "" : commands.test;
  const steps = trialSteps({ commands: { ...commands, page }, languages, code: files, tests, suite });
  return only ? steps.filter(({ what }) => what === "install" || what === "test") : steps;
}
