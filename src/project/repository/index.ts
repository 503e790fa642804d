import { lstat, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { type Past, readPast } from "../committed-steps.ts";
import type { Git } from "../git.ts";
import { installed } from "../history.ts";
import { gone } from "../stale-locks.ts";
import { newBranch, standAt, standOn } from "./branch.ts";
import { commitFiles } from "./commit.ts";
import { closedPaths, readTexts } from "./files.ts";
import { inRepository, refusePrograms, strangersGit } from "./git.ts";

/** A git repository that was there before. */
export interface Repository {
  readonly folder: string;
  /** When it was opened; empty where no branch is checked out. */
  readonly branch: string;
  /** The commit it stood at when it was opened. */
  readonly head: string;
  /**
   * Its text files as they are on the disk: the tracked ones, and those that are neither tracked nor ignored if it was
   * opened dirty. What is no source (binary, large, generated, vendored, lock files) is left out, each with a word why.
   */
  read(): Promise<{
    readonly files: Readonly<Record<string, string>>;
    readonly leftOut: readonly string[];
    /** Files and folders that stand there besides and are not to be written. */
    readonly closed: readonly string[];
  }>;
  /** The present commit, and a name for a branch that begins there: `metagpt/<name>`, or with -2, -3. Makes nothing. */
  newBranch(name: string): Promise<readonly [base: string, branch: string]>;
  /**
   * Makes sure that this branch of a run is checked out; it is made, or gone to, where the commit it began at still is.
   * Files stay as they are. Refuses where something else is checked out.
   */
  standOn(begun: { readonly base: string; readonly branch: string }): Promise<void>;
  /** Refuses where another commit is checked out. */
  standAt(base: string): Promise<void>;
  /** What a run has committed since a commit. */
  past(run: string, since: string): Promise<Past>;
  /**
   * Writes, or with undefined deletes, these files and records them in one commit of this run, by the user if git knows
   * one; everything else stays as it is. If anything fails, the files are put back. Gives the short hash, empty if
   * nothing changed.
   */
  commit(
    message: string,
    files: Readonly<Record<string, string | undefined>>,
    run: string,
    more?: {
      readonly step?: string;
      /** Given after a stop: a file that is neither as committed, nor as here, nor as it shall be is not overwritten. */
      readonly known?: Readonly<Record<string, string>>;
      /** Files that the run itself had written and not committed. */
      readonly ours?: ReadonlySet<string>;
    },
  ): Promise<string>;
}

interface Opening {
  readonly allowDirty: boolean;
  /** What is said to do about changes that are not committed. */
  readonly advice?: string;
  /** A run goes on there: what it had written and not yet committed may stand in the files. */
  readonly resuming?: boolean;
}

/** Opens an existing repository to change it, without changing it yet; refuses what could not be taken back by git. */
export async function openRepository(
  folder: string,
  { allowDirty, advice = "Commit or stash them, or let them be with --allow-dirty.", resuming = false }: Opening,
): Promise<Repository> {
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`There is no folder ${root}.`);
  const git = strangersGit(root);
  await refuseOtherFolders(git, root);
  await refusePrograms(git, root);
  const look = <T>(work: () => Promise<T>) => inRepository("look at the repository", root, work);
  const head = await look(() => headOf(git, root));
  await look(() => refuseUnfinished(git, root, resuming));
  await look(() => refuseDirty(git, root, { allowDirty: allowDirty || resuming, advice }));
  const branch = await look(() => git(["symbolic-ref", "--quiet", "--short", "HEAD"]));
  return {
    folder: root,
    branch: branch.trim(),
    head,
    read: () =>
      inRepository("read the repository", root, async () => {
        const texts = await readTexts(git, root, { untracked: allowDirty });
        return { ...texts, closed: await closedPaths(git, texts.files) };
      }),
    newBranch: (name) => look(() => newBranch(git, name)),
    standOn: (begun) => inRepository(`go to the branch ${begun.branch}`, root, () => standOn(git, root, begun)),
    standAt: (base) => look(() => standAt(git, root, base)),
    past: (run, since) => look(() => readPast(git, { run, since })),
    commit: (message, files, run, more) =>
      inRepository(`commit "${message}"`, root, () => commitFiles({ git, folder: root, message, files, run, ...more })),
  };
}

async function refuseOtherFolders(git: Git, root: string): Promise<void> {
  if (!(await installed(git))) {
    throw new UsageError("git is not installed, and a repository is changed with git only.", {
      hint: "Install git, then run again.",
    });
  }
  const inside = await git(["rev-parse", "--is-bare-repository", "--is-inside-work-tree"]).catch((error: unknown) => {
    const said = error instanceof Error ? error.message.trim() : "";
    if (said.includes("dubious ownership")) {
      throw new UsageError(`${root} belongs to another user, so git does not trust it.`, {
        hint: `If you do: git config --global --add safe.directory ${root}`,
        cause: error,
      });
    }
    if (said.includes("not a git repository")) {
      throw new UsageError(`${root} is not a git repository.`, {
        hint: 'Make it one: git init && git add -A && git commit -m "as it is"',
        cause: error,
      });
    }
    throw new UsageError(`git cannot read ${root}: ${said.split("\n")[0]}`, { cause: error });
  });
  const [bare, workTree] = inside.split("\n");
  if (bare === "true") throw new UsageError(`${root} is a bare repository: it has no files to change.`);
  if (workTree !== "true") throw new UsageError(`${root} is not the folder of the files of its repository.`);
  if ((await git(["rev-parse", "--show-prefix"])).replace(/\n$/, "") === "") return;
  const top = (await git(["rev-parse", "--show-toplevel"])).replace(/\n$/, "");
  throw new UsageError(`${root} is a folder inside the repository ${top}.`, { hint: `Give the repository: ${top}` });
}

async function headOf(git: Git, root: string): Promise<string> {
  const head = (await git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])).trim();
  if (head !== "") return head;
  throw new UsageError(`${root} has no commit yet, so nothing could be taken back.`, {
    hint: 'Commit what is there: git add -A && git commit -m "as it is"',
  });
}

const unfinished = [
  ["index.lock", "another git command", "git"],
  ["MERGE_HEAD", "a merge", "git merge"],
  ["rebase-merge", "a rebase", "git rebase"],
  ["rebase-apply", "a rebase", "git rebase"],
  ["CHERRY_PICK_HEAD", "a cherry-pick", "git cherry-pick"],
  ["REVERT_HEAD", "a revert", "git revert"],
] as const;

async function refuseUnfinished(git: Git, root: string, resuming: boolean): Promise<void> {
  const folder = (await git(["rev-parse", "--absolute-git-dir"])).replace(/\n$/, "");
  for (const [name, what, command] of unfinished) {
    const there = async () => (await lstat(join(folder, name)).catch(() => undefined)) !== undefined;
    // a git that a killed run has started may still be about to end
    if (!(await there()) || (resuming && name === "index.lock" && (await gone(there)))) continue;
    if (name === "index.lock")
      throw new UsageError(`Another git is at work in ${root}.`, {
        hint: `Wait until it has ended; if none is, delete ${join(folder, name)}.`,
      });
    throw new UsageError(`In ${root} ${what} is under way.`, {
      hint: `Finish it with ${command} --continue, or give it up with ${command} --abort.`,
    });
  }
}

async function refuseDirty(
  git: Git,
  root: string,
  { allowDirty, advice }: Required<Omit<Opening, "resuming">>,
): Promise<void> {
  const status = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal"];
  const entries = (await git([...status, "--ignore-submodules=all"])).split("\0").filter((entry) => entry !== "");
  const conflicts = entries.filter((entry) => /^(?:DD|AU|UD|UA|DU|AA|UU) /.test(entry));
  if (conflicts.length > 0) {
    throw new UsageError(`${root} has unresolved conflicts: ${named(conflicts)}.`, {
      hint: "Resolve them and commit, then run again.",
    });
  }
  if (allowDirty || entries.length === 0) return;
  throw new UsageError(`${root} has changes that are not committed: ${named(entries)}.`, {
    hint: advice,
  });
}

function named(entries: readonly string[]): string {
  const names = entries.slice(0, 5).map((entry) => entry.slice(3).replace(/\p{C}/gu, "?"));
  return names.join(", ") + (entries.length > 5 ? ` and ${entries.length - 5} more` : "");
}
