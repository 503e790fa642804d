import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDraft } from "../whole-file.ts";
import type { Git } from "./git.ts";
import { strangersGit } from "./repository/git.ts";

interface Circumstances {
  /** Git as it is used for the history of the project. */
  readonly git: Git;
  readonly folder: string;
  /** What the run is about to write: a file that holds it already is the run's own. */
  readonly writes: Readonly<Record<string, string>>;
  /** What an earlier step had written when the run was killed. */
  readonly ours: ReadonlySet<string>;
  /** Of paths that git does not know: whether something else than a person may have left them. */
  readonly leftOver: (path: string) => boolean;
}

/** More new files than these are no handwork, and neither are larger ones: they stay where they are, and are not recorded. */
const most = { files: 200, bytes: 1_000_000 };

/** The files of a project that a person has changed, added or deleted since the last commit. */
export async function handEdits({ git, folder, writes, ours, leftOver }: Circumstances): Promise<string[]> {
  const status = await git([
    "status",
    "--porcelain=v1",
    "-z",
    "--no-renames",
    "--untracked-files=no",
    "--ignore-submodules=all",
  ]);
  const changed = status.split("\0").flatMap((entry) => (entry === "" ? [] : [entry.slice(3)]));
  // what the user has told git to ignore everywhere is no work on the project
  const users = strangersGit(folder);
  const others = (await users(["ls-files", "-z", "--others", "--exclude-standard"])).split("\0");
  const fresh: string[] = [];
  for (const path of others) {
    if (path === "" || path.endsWith("/") || isDraft(path) || leftOver(path)) continue;
    const found = await lstat(join(folder, path)).catch(() => undefined);
    if (found?.isFile() && (found.size <= most.bytes || Object.hasOwn(writes, path))) fresh.push(path);
  }
  const edits: string[] = [];
  for (const path of [
    ...changed,
    ...(fresh.length > most.files ? fresh.filter((path) => Object.hasOwn(writes, path)) : fresh),
  ]) {
    const found = await lstat(join(folder, path)).catch(() => undefined);
    // the files in it are recorded instead
    if (found?.isDirectory() || ours.has(path)) continue;
    const text = Object.hasOwn(writes, path) ? writes[path] : undefined;
    const written =
      text !== undefined && found?.isFile() && (await readFile(join(folder, path))).equals(Buffer.from(text));
    if (!written) edits.push(path);
  }
  return edits;
}
