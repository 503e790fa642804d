import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { errorCode } from "../errors.ts";
import { writeRunFile } from "../workspace.ts";
import { strangersGit } from "./repository/git.ts";

/** Folders that installs and builds fill, which are many files and ignored anyway. */
const filled = new Set([".git", "node_modules", ".venv", "target", "vendor", "__pycache__"]);

/**
 * Remembers what stands in a folder, and later removes what has come since and what its git neither tracks nor ignores:
 * what a product wrote while it was tried out is none of its files. Without git nothing is removed. The folder of the run
 * remembers it as well: see `setLeftoversAside`.
 */
export async function watchLeftovers(folder: string, runFolder: string): Promise<() => Promise<void>> {
  const before = await pathsIn(folder);
  await writeRunFile(runFolder, file, JSON.stringify({ folder, paths: before }));
  return async () => {
    for (const path of await leftIn(folder, before))
      await rm(join(folder, path), { recursive: true, force: true }).catch(() => {});
    await forget(runFolder);
  };
}

/**
 * Moves what a trial has left that was killed into the folder of the run, and gives its paths and where they are. Nothing
 * is deleted: after a kill, what a person has added looks the same.
 */
export async function setLeftoversAside(
  folder: string,
  runFolder: string,
): Promise<{ readonly paths: readonly string[]; readonly aside: string }> {
  const before = await standingBefore(folder, runFolder);
  const paths = before ? await leftIn(folder, before) : [];
  const aside = paths.length === 0 ? "" : await mkdtemp(join(runFolder, "set-aside-"));
  for (const path of paths) {
    await mkdir(dirname(join(aside, path)), { recursive: true });
    await move(join(folder, path), join(aside, path));
  }
  await forget(runFolder);
  return { paths, aside };
}

/** Says of a path that git does not track whether a trial that was killed may have left it. */
export async function leftOverIn(folder: string, runFolder: string): Promise<(path: string) => boolean> {
  const before = await standingBefore(folder, runFolder);
  const known = new Set(before);
  return (path) => before !== undefined && !known.has(path);
}

const file = "standing.json";

const Standing = z.object({ folder: z.string(), paths: z.array(z.string()) });

/** What stood there when a trial began that never ended; undefined if there was none. */
async function standingBefore(folder: string, runFolder: string): Promise<readonly string[] | undefined> {
  const text = await readFile(join(runFolder, file), "utf8").catch(() => undefined);
  const standing = text === undefined ? undefined : Standing.parse(JSON.parse(text));
  return standing?.folder === folder ? standing.paths : undefined;
}

const forget = (runFolder: string) => rm(join(runFolder, file), { force: true });

/** The folder of the run may be on another disk. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  }
}

/** What has come since and is no file of the project: whole folders where all in them is new. */
async function leftIn(folder: string, before: readonly string[]): Promise<string[]> {
  const known = new Set(before);
  const fresh = (await pathsIn(folder)).filter((path) => !known.has(path));
  if (fresh.length === 0) return [];
  const tracked = await trackedIn(folder);
  if (!tracked) return [];
  const left = fresh.filter((path) => !tracked.has(path));
  const above = new Set(left);
  const topmost = left.filter((path) => !foldersOf(path).some((parent) => above.has(parent)));
  if (topmost.length === 0 || topmost.length > most) return [];
  const ignored = await ignoredOf(folder, topmost);
  return topmost.filter((path) => !ignored.has(path));
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

/** What git tracks, and the folders of it; undefined where git cannot say. */
async function trackedIn(folder: string): Promise<Set<string> | undefined> {
  const git = strangersGit(folder);
  const paths = await git(["ls-files", "-z"]).then(
    (said) => said.split("\0"),
    () => undefined,
  );
  return paths && new Set(paths.flatMap((path) => [path, ...foldersOf(path)]));
}

/** The folders that a path is in. */
const foldersOf = (path: string): string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));

/** Those that git ignores, be it as folders. */
async function ignoredOf(folder: string, paths: readonly string[]): Promise<Set<string>> {
  // the command knows no literal paths, and takes every path as one
  const git = strangersGit(folder, { GIT_LITERAL_PATHSPECS: "0" });
  // it says no by a failure where nothing is ignored
  const said = await git(["check-ignore", "--", ...paths]).catch(() => "");
  return new Set(said.split("\n"));
}
