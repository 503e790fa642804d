import { lstatSync } from "node:fs";
import { join } from "node:path";

/** The git history in a folder, if there is one to keep from being written to: a folder, or the file of a work tree. */
export function historyOf(folder: string): string[] {
  const git = join(folder, ".git");
  const found = lstatSync(git, { throwIfNoEntry: false });
  return found && !found.isSymbolicLink() ? [git] : [];
}
