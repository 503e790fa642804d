import { devNull } from "node:os";
import { join, resolve } from "node:path";
import { DiskError } from "../errors.ts";

/** The git history of a generated project. */
export interface History {
  /** False where git is not installed; nothing is recorded then. */
  readonly available: boolean;
  /** Records these files, and no others; gives the short hash, empty if none of them has changed. */
  commit(message: string, paths: readonly string[]): Promise<string>;
}

/**
 * Opens the git history of a folder, and begins it where there is none. What the user has set up for git (hooks,
 * signing, templates, ignored files, line ends, variables) plays no part, and neither does a repository around the
 * folder. Commits are made one after another. Those of a named run carry its name, so that they can be undone together.
 */
export async function openHistory(folder: string, { run = "" }: { readonly run?: string } = {}): Promise<History> {
  const git = await gitIn(resolve(folder));
  if (!(await installed(git))) return { available: false, commit: async () => "" };
  await done("begin the git history", folder, () => git(["init", "--quiet", "--template="]));
  return {
    available: true,
    commit: (message, paths) => done(`commit "${message}"`, folder, () => commit(git, message, paths, run)),
  };
}

/** Runs git in a folder; gives what it said, and fails with what it complained about. */
export type Git = (args: readonly string[]) => Promise<string>;

/** The paragraphs of a commit message as arguments; the last one names the run it belongs to. */
export function messageOf(message: string, run: string): string[] {
  const name = run.replace(/\s+/g, " ").trim();
  return ["-m", message, ...(name ? ["-m", `Metagpt-Run: ${name}`] : [])];
}

async function commit(git: Git, message: string, paths: readonly string[], run: string): Promise<string> {
  if (paths.length === 0) return "";
  await git(["update-index", "--add", "--remove", "--replace", "--", ...paths]);
  const staged = await git(["diff", "--cached", "--name-only", "--no-renames", "-z", "--", ...paths]);
  const changed = staged.split("\0").filter((path) => path !== "");
  if (changed.length === 0) return "";
  await git(["commit", "--quiet", "--allow-empty-message", ...messageOf(message, run), "--only", "--", ...changed]);
  return (await git(["rev-parse", "--short", "HEAD"])).trim();
}

/** Runs git in the folder with our settings over everyone else's. */
async function gitIn(folder: string): Promise<Git> {
  const { simpleGit } = await import("simple-git");
  const git = simpleGit({
    baseDir: folder,
    config,
    allowEnvironment: Object.keys(environment(folder)),
    // these guard against settings of strangers; here they are our own constants
    unsafe: { allowUnsafeConfigPaths: true, allowUnsafeHooksPath: true, allowUnsafeTemplateDir: true },
  }).env({ ...inherited(), ...environment(folder) });
  return (args) => git.raw([...args]);
}

const config = [
  "init.defaultBranch=main",
  "commit.gpgSign=false",
  "core.autocrlf=false",
  "core.quotePath=false",
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
    const hint = said?.includes(".lock")
      ? "If no other git is at work there, delete that lock file and run again."
      : "The files are written; the history can be made by hand with git.";
    throw new DiskError(`Could not ${task} in ${folder}: ${said}`, { cause: error, hint });
  }
}
