import { devNull } from "node:os";
import { CompanyError, DiskError, UsageError } from "../../errors.ts";
import { type Git, gitIn } from "../git.ts";
import { inherited } from "../history.ts";

/**
 * Runs git in a repository that may come from anybody. Its hooks, monitors and drivers do not run and nothing is fetched;
 * what the user has set up for git (identity, line ends, ignored files, filters such as Git LFS) counts.
 */
export const strangersGit = (folder: string, more: Readonly<Record<string, string>> = {}): Git =>
  gitIn(folder, { config, env: { ...inherited(), ...ofUser(), ...environment, ...more } });

const config = [
  `core.hooksPath=${devNull}`,
  "core.fsmonitor=false",
  "core.quotePath=false",
  "core.safecrlf=false",
  "core.splitIndex=false",
  "commit.cleanup=whitespace",
  "commit.gpgSign=false",
  "credential.helper=",
  "diff.external=",
  "gc.auto=0",
  "i18n.commitEncoding=UTF-8",
  "i18n.logOutputEncoding=UTF-8",
  "log.showSignature=false",
  "maintenance.auto=false",
  "protocol.allow=never",
  "rerere.enabled=false",
  "revert.reference=false",
  "submodule.recurse=false",
];

const environment = {
  GIT_LITERAL_PATHSPECS: "1",
  GIT_NO_LAZY_FETCH: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  // messages are read by us
  LC_ALL: "C",
};

const kept = /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL))$/;

/** Where the user's settings are and who the user is, as far as variables say so. */
function ofUser(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && kept.test(name) ? [[name, value]] : [],
    ),
  );
}

/** Says of a failure of git what was to be done where, and what git said. */
export async function inRepository<T>(task: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CompanyError) throw error;
    const said = error instanceof Error ? error.message.trim().split("\n")[0] : String(error);
    const hint = said?.includes(".lock")
      ? "If no other git is at work there, delete that lock file and run again."
      : "See what git status says there, then run again.";
    throw new DiskError(`Could not ${task} in ${folder}: ${said}`, { cause: error, hint });
  }
}

/**
 * Refuses a repository whose own settings name programs that git runs on the content of files: they cannot be switched
 * off without changing what is committed. Filters of Git LFS, and all that the user has set up elsewhere, are let pass.
 */
export async function refusePrograms(git: Git, folder: string): Promise<void> {
  const entries = (await git(["config", "--list", "--show-scope", "-z"])).split("\0");
  const programs = entries.flatMap((entry, index) => {
    const scope = entries[index - 1];
    if (index % 2 === 0 || (scope !== "local" && scope !== "worktree")) return [];
    const [key = "", ...value] = entry.split("\n");
    return running.test(key) && !largeFiles.test(value.join("\n")) ? [key] : [];
  });
  if (programs.length === 0) return;
  throw new UsageError(`The settings in ${folder}/.git name programs that git would run: ${programs.join(", ")}.`, {
    hint: "If you trust them, move these settings to your own with git config --global; else remove them.",
  });
}

const running = /^(?:filter\..*\.(?:clean|smudge|process)|merge\..*\.driver)$/is;
const largeFiles = /^git-lfs (?:clean -- %f|smudge (?:--skip )?-- %f|filter-process(?: --skip)?)$/;
