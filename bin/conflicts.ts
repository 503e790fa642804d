import { UsageError } from "../src/errors.ts";
import type { Flags } from "./flags.ts";

/** Refuses options that cannot go together, before anything is paid for: an option is honoured or refused, never ignored. */
export function refuseConflicts(
  flags: Flags,
  { implement, runTests }: { implement: boolean; runTests: boolean },
): void {
  const existing = flags.projectPath !== undefined || flags.inc === true;
  const wrong = (message: string, hint: string) => {
    throw new UsageError(message, { hint });
  };
  if (flags.dryRun && !existing) wrong("--dry-run shows a change, and there is nothing to change", repository);
  if (flags.allowDirty && !existing) wrong("--allow-dirty is about a repository, and none is named", repository);
  if (flags.reqaFile !== undefined && !existing)
    wrong("--reqa-file is a file of a repository, and none is named", repository);
  if (flags.recoverPath !== undefined && existing)
    wrong("--recover-path goes on with a new project, --project-path changes a finished one", "Choose one of them.");
  if (flags.recoverPath !== undefined && (flags.idea ?? flags.ideaFile) !== undefined)
    wrong("--recover-path goes on with the idea that the project was begun with", "Leave the idea out.");
  if (flags.dryRun && (runTests || flags.reqaFile !== undefined))
    wrong("a dry run writes nothing, so there is nothing to test", "Leave out --dry-run or --run-tests.");
  if (runTests && !implement)
    wrong("without code there is nothing to test", "Leave out --no-implement or --run-tests.");
  if (existing && !implement) wrong("a change of a repository is code", "Leave out --no-implement.");
  if (flags.requireVerified && !runTests && flags.reqaFile === undefined)
    wrong("only what was run can be verified", "Add --run-tests.");
}

const repository = "Name the repository with --project-path DIR.";
