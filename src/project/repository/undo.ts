import { UsageError } from "../../errors.ts";
import type { Git } from "../git.ts";
import { identity } from "./commit.ts";
import { inRepository, strangersGit } from "./git.ts";
import { openRepository } from "./index.ts";

interface Undone {
  readonly run: string;
  /** Newest first. */
  readonly reverted: readonly { readonly hash: string; readonly subject: string }[];
}

/**
 * Takes back what the last run committed on this branch, by commits that revert it; nothing is lost. Runs that were taken
 * back before are passed over, so that the run before them is next. Where it cannot be done, nothing is.
 */
export async function undoLastRun(folder: string): Promise<Undone> {
  const { folder: root, head } = await openRepository(folder, {
    allowDirty: false,
    advice: "Commit or stash them, then undo again.",
  });
  const git = strangersGit(root);
  const { run, commits } = lastRun(await inRepository("read the history", root, () => history(git)), root);
  const author = strangersGit(root, await identity(git));
  try {
    await author(["revert", "--no-edit", ...commits.map(({ hash }) => hash)]);
  } catch (error) {
    // there is nothing to give up where the first commit was refused outright
    await git(["revert", "--abort"]).catch(() => "");
    const untouched = (await git(["rev-parse", "HEAD"])).trim() === head;
    throw new UsageError(
      `The run ${run} could not be taken back in ${root}${untouched ? "; nothing was changed" : " as a whole"}.`,
      {
        cause: error,
        hint: `${untouched ? "" : `Go back with git reset --keep ${head.slice(0, 10)}. `}Revert it by hand: git revert ${spanOf(commits)}`,
      },
    );
  }
  return { run, reverted: commits.map(({ hash, subject }) => ({ hash: hash.slice(0, 10), subject })) };
}

interface Commit {
  readonly hash: string;
  readonly subject: string;
  /** The run that made it; empty for everybody else. */
  readonly run: string;
  readonly body: string;
  /** How many commits have come since. */
  readonly since: number;
}

/** The last commits of the branch, newest first. */
async function history(git: Git): Promise<Commit[]> {
  const format = "%H%x00%s%x00%(trailers:key=Metagpt-Run,valueonly,separator=%x20)%x00%b";
  const fields = (await git(["log", "-z", "--first-parent", "-n", "2000", `--format=${format}`, "HEAD"])).split("\0");
  const commits: Commit[] = [];
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [hash = "", subject = "", run = "", body = ""] = fields.slice(at, at + 4);
    commits.push({ hash, subject, run: run.trim(), body, since: commits.length });
  }
  return commits;
}

/** As arguments of git revert: a range, unless somebody else committed in between. */
function spanOf(commits: readonly Commit[]): string {
  const [newest, oldest] = [commits[0], commits.at(-1)];
  const together = newest && oldest && oldest.since - newest.since === commits.length - 1;
  if (together) return `${oldest.hash.slice(0, 10)}^..${newest.hash.slice(0, 10)}`;
  return commits.map(({ hash }) => hash.slice(0, 10)).join(" ");
}

/**
 * The commits of the run that committed last, passing over what is reverted, the commits that revert it, and those that
 * somebody made while the run was stopped.
 */
function lastRun(history: readonly Commit[], root: string): { run: string; commits: Commit[] } {
  const reverted = new Set<string>();
  const commits: Commit[] = [];
  for (const commit of history) {
    if (reverted.has(commit.hash)) continue;
    const target = /^This reverts commit ([0-9a-f]{40,64})/m.exec(commit.body)?.[1];
    if (target !== undefined && commit.run === "") {
      reverted.add(target);
      continue;
    }
    const { run } = commits[0] ?? commit;
    if (run === "" && commits.length === 0) {
      throw new UsageError(
        `The last commit in ${root} is not of a run: ${commit.hash.slice(0, 10)} ${commit.subject.slice(0, 100)}`,
        { hint: "Only what a run did last can be undone; older commits are reverted with git revert." },
      );
    }
    if (commit.run === "") continue;
    if (commit.run !== run) break;
    commits.push(commit);
  }
  const [newest] = commits;
  if (!newest) throw new UsageError(`Every run in ${root} is undone already.`);
  return { run: newest.run, commits };
}
