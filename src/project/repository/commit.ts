import { lstat, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiskError } from "../../errors.ts";
import type { Git } from "../git.ts";
import { messageOf, ourIdentity } from "../history.ts";
import { changeFiles, staysInside } from "./disk.ts";
import { refusePrograms, strangersGit } from "./git.ts";

interface Change {
  readonly git: Git;
  readonly folder: string;
  readonly message: string;
  /** By path; undefined deletes. */
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly run: string;
  readonly step?: string;
  readonly known?: Readonly<Record<string, string>>;
  readonly ours?: ReadonlySet<string>;
}

/** Changes files and records exactly them in one commit; gives its short hash, empty if nothing changed. */
export async function commitFiles(change: Change): Promise<string> {
  const { git, folder, files } = change;
  const paths = Object.keys(files);
  if (paths.length === 0) return "";
  await refusePrograms(git, folder);
  await refuseEdited(change);
  const tracked = new Set<string>();
  // what leads elsewhere counts as not tracked, and is refused for its name
  for (const some of portions(paths.filter(staysInside))) {
    for (const path of (await git(["ls-files", "-z", "--", ...some])).split("\0")) tracked.add(path);
  }
  const putBack = await changeFiles(folder, files, tracked);
  try {
    return await recorded(change, putBack);
  } catch (error) {
    await putBack();
    throw error;
  }
}

/** After a stop: what somebody has changed meanwhile is not overwritten. */
async function refuseEdited({ git, folder, files, known, ours }: Change): Promise<void> {
  if (!known) return;
  for (const some of portions(Object.keys(files).filter(staysInside))) {
    const changed = await git(["diff", "--name-only", "--no-renames", "-z", "HEAD", "--", ...some]);
    for (const path of changed.split("\0").filter((name) => name !== "" && !ours?.has(name))) {
      const standing = await readFile(join(folder, path)).catch(() => undefined);
      // a file that was deleted holds nothing that could be lost
      const held = [files, known].some((texts) => standing?.equals(Buffer.from(textIn(texts, path) ?? "")));
      if (!standing || held) continue;
      throw new DiskError(`${path} in ${folder} was changed while the run was stopped; it is not overwritten.`, {
        hint: `Commit it (git commit ${path}), or put it back (git checkout HEAD -- ${path}), then resume the run.`,
      });
    }
  }
}

/** A path may be called like what every object has. */
const textIn = (texts: Readonly<Record<string, string | undefined>>, path: string) =>
  Object.hasOwn(texts, path) ? texts[path] : undefined;

/** Makes the commit beside the index, so that nothing else is in it and no hook has a say. */
async function recorded(
  { git, folder, message, files, run, step = "" }: Change,
  putBack: () => Promise<void>,
): Promise<string> {
  const paths = Object.keys(files);
  const head = (await git(["rev-parse", "HEAD"])).trim();
  const aside = await mkdtemp(join(tmpdir(), "metagpt-index-"));
  try {
    const index = strangersGit(folder, { GIT_INDEX_FILE: join(aside, "index") });
    await index(["read-tree", head]);
    await update(index, folder, paths);
    const tree = (await index(["write-tree"])).trim();
    if (tree === (await git(["rev-parse", `${head}^{tree}`])).trim()) return "";

    const author = strangersGit(folder, await identity(git));
    const commit = (await author(["commit-tree", tree, "-p", head, ...messageOf(message, { run, step })])).trim();
    await update(git, folder, paths);
    try {
      await author(["update-ref", "-m", `commit: ${message.split("\n")[0]}`, "HEAD", commit, head]);
    } catch (error) {
      await putBack();
      await update(git, folder, paths);
      throw error;
    }
    return (await git(["rev-parse", "--short", commit])).trim();
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Takes into the index what these paths are on the disk. */
async function update(git: Git, folder: string, paths: readonly string[]): Promise<void> {
  const there = await Promise.all(
    paths.map((path) =>
      lstat(join(folder, path)).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  );
  const gone = portions(paths.filter((_, index) => !there[index]));
  for (const some of gone) await git(["update-index", "--force-remove", "--", ...some]);
  const present = portions(paths.filter((_, index) => there[index]));
  for (const some of present) await git(["update-index", "--add", "--replace", "--", ...some]);
}

/** The variables that say who commits: none where the user has told git, ours where not. */
export async function identity(git: Git): Promise<Readonly<Record<string, string>>> {
  const told = (who: string) => git(["-c", "user.useConfigOnly=true", "var", who]);
  return Promise.all([told("GIT_AUTHOR_IDENT"), told("GIT_COMMITTER_IDENT")]).then(
    () => ({}),
    () => ourIdentity,
  );
}

/** A command line takes only so much. */
function portions(paths: readonly string[]): string[][] {
  const size = 100;
  return Array.from({ length: Math.ceil(paths.length / size) }, (_, at) => paths.slice(at * size, (at + 1) * size));
}
