import { devNull } from "node:os";
import { join, resolve } from "node:path";
import { DiskError } from "../errors.ts";
import { noPast, type Past, readPast } from "./committed-steps.ts";
import { type Git, gitIn } from "./git.ts";

/** The git history of a generated project. */
export interface History {
  /** False where git is not installed; nothing is recorded then. */
  readonly available: boolean;
  /** Records these files, and no others; gives the short hash, empty if none of them has changed. */
  commit(message: string, paths: readonly string[], step?: string): Promise<string>;
  /** What the run has committed here so far. */
  past(): Promise<Past>;
}

/**
 * Opens the git history of a folder, and begins it where there is none. What the user has set up for git (hooks,
 * signing, templates, ignored files, line ends, variables) plays no part, and neither does a repository around the
 * folder. Commits are made one after another. Those of a named run carry its name, so that they can be undone together,
 * and that of their step, so that they are found again.
 */
export async function openHistory(folder: string, { run = "" }: { readonly run?: string } = {}): Promise<History> {
  const git = projectGit(folder);
  if (!(await installed(git))) return { available: false, commit: async () => "", past: async () => noPast };
  await done("begin the git history", folder, () => git(["init", "--quiet", "--template="]));
  return {
    available: true,
    commit: (message, paths, step = "") =>
      done(`commit "${message}"`, folder, () => commit(git, paths, messageOf(message, { run, step }))),
    past: () => done("read the git history", folder, () => readPast(git, { run })),
  };
}

/** The paragraphs of a commit message as arguments; the last one names the run it belongs to, and the step of it. */
export function messageOf(message: string, { run, step = "" }: { readonly run: string; readonly step?: string }) {
  const [of, at] = [trailer("Metagpt-Run", run), trailer("Metagpt-Step", step)];
  return ["-m", message, ...(of || at ? ["-m", `${of}${at}`.trimEnd()] : [])];
}

function trailer(name: string, value: string): string {
  const line = value.replace(/[\s\p{C}]+/gu, " ").trim();
  return line === "" ? "" : `${name}: ${line}\n`;
}

async function commit(git: Git, paths: readonly string[], message: readonly string[]): Promise<string> {
  if (paths.length === 0) return "";
  await git(["update-index", "--add", "--remove", "--replace", "--", ...paths]);
  const staged = await git(["diff", "--cached", "--name-only", "--no-renames", "-z", "--", ...paths]);
  const changed = staged.split("\0").filter((path) => path !== "");
  if (changed.length === 0) return "";
  const said = await git(["commit", "--allow-empty-message", ...message, "--only", "--", ...changed]);
  return hashIn(said);
}

/** The short hash in `[main (root-commit) 1a2b3c4] message`: no name of a branch has a space in it, in no language. */
const hashIn = (said: string): string => /^\[.*? ([0-9a-f]{4,})\]/.exec(said)?.[1] ?? "";

/** Git in the folder of a project, with our settings over everyone else's. */
export function projectGit(place: string): Git {
  const folder = resolve(place);
  return gitIn(folder, { config, env: { ...inherited(), ...environment(folder) } });
}

const config = [
  "init.defaultBranch=main",
  "commit.gpgSign=false",
  "core.autocrlf=false",
  "core.quotePath=false",
  // else a commit may outlive the files in it when the power fails
  "core.fsync=committed",
  "core.fsyncMethod=batch",
  "gc.auto=0",
  "maintenance.auto=false",
  `core.hooksPath=${devNull}`,
  `core.excludesFile=${devNull}`,
  `core.attributesFile=${devNull}`,
];

const environment = (folder: string) => ({
  // named outright, so that git never looks for a repository in the folders above
  GIT_DIR: join(folder, ".git"),
  GIT_WORK_TREE: folder,
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_TERMINAL_PROMPT: "0",
  ...ourIdentity,
});

/** Who makes commits where nobody else does. */
export const ourIdentity = {
  GIT_AUTHOR_NAME: "metagpt",
  GIT_AUTHOR_EMAIL: "metagpt@localhost",
  GIT_COMMITTER_NAME: "metagpt",
  GIT_COMMITTER_EMAIL: "metagpt@localhost",
};

/** The environment without what steers git or the programs it starts. */
export function inherited(): Record<string, string> {
  const steering = /^(?:GIT_.*|EDITOR|VISUAL|PAGER|PREFIX|SSH_ASKPASS)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || steering.test(name) ? [] : [[name, value]],
    ),
  );
}

/** Whether git answers at all. */
export async function installed(git: Git): Promise<boolean> {
  return git(["version"]).then(
    (answer) => answer.startsWith("git version"),
    () => false,
  );
}

async function done<T>(task: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split("\n")[0] : String(error);
    const hint = said?.includes("No space left")
      ? "Free some space on the disk, then go on."
      : said?.includes(".lock")
        ? "If no other git is at work there, delete that lock file and run again."
        : "The files are written; the history can be made by hand with git.";
    throw new DiskError(`Could not ${task} in ${folder}: ${said}`, { cause: error, hint });
  }
}
