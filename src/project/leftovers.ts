import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { strangersGit } from "./repository/git.ts";

/** Folders that installs and builds fill, which are many files and ignored anyway. */
const filled = new Set([".git", "node_modules", ".venv", "target", "vendor", "__pycache__"]);

/**
 * Remembers what stands in a folder, and later removes what has come since and what its git does not ignore: what a
 * product wrote while it was tried out is none of its files. Without git nothing is removed.
 */
export async function watchLeftovers(folder: string): Promise<() => Promise<void>> {
  const before = new Set(await pathsIn(folder));
  return async () => {
    const fresh = (await pathsIn(folder)).filter((path) => !before.has(path));
    const topmost = fresh.filter((path) => !fresh.some((other) => path.startsWith(`${other}/`)));
    if (topmost.length === 0 || topmost.length > most) return;
    const ignored = await ignoredOf(folder, topmost);
    if (!ignored) return;
    for (const path of topmost)
      if (!ignored.has(path)) await rm(join(folder, path), { recursive: true, force: true }).catch(() => {});
  };
}

/** A product that leaves more than this has made something that should be looked at. */
const most = 200;

/** Files and folders, whatever they are. */
async function pathsIn(folder: string, below = ""): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() && !filled.has(entry.name) ? [path, ...(await pathsIn(folder, path))] : [path];
    }),
  );
  return found.flat();
}

/** Those that git ignores, be it as folders; undefined where git cannot say. */
async function ignoredOf(folder: string, paths: readonly string[]): Promise<Set<string> | undefined> {
  // the command knows no literal paths, and takes every path as one
  const git = await strangersGit(folder, { GIT_LITERAL_PATHSPECS: "0" });
  try {
    await git(["rev-parse", "--git-dir"]);
    // it says no by a failure where nothing is ignored
    const said = await git(["check-ignore", "--", ...paths]).catch(() => "");
    return new Set(said.split("\n"));
  } catch {
    return undefined;
  }
}
