import { chmod, lstat, mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DiskError, errorCode } from "../../errors.ts";
import { syncFolder, writeWholeFile } from "../../whole-file.ts";
import { cleanPath, folded } from "../path.ts";

/**
 * Writes and deletes files of a repository, all or none; gives what puts them back. Tracked files may have any name, new
 * ones only names that every system knows; nothing is reached through a link, and what git does not track is not deleted.
 */
export async function changeFiles(
  folder: string,
  files: Readonly<Record<string, string | undefined>>,
  tracked: ReadonlySet<string>,
): Promise<() => Promise<void>> {
  const steps: (() => Promise<unknown>)[] = [];
  const putBack = async () => {
    for (const step of steps.splice(0).reverse()) await step();
  };
  const change = async (path: string, text: string | undefined) => {
    if (!tracked.has(path)) refuseName(path);
    const old = await standing(folder, path);
    if (text === undefined) {
      if (old === undefined) return;
      if (!tracked.has(path)) throw new DiskError(`${path} is not deleted: git does not know it.`);
      steps.push(() => restore(folder, path, old));
      await rm(join(folder, path));
      await removeEmptyFolders(folder, dirname(path));
    } else if (old === undefined) {
      await refuseTwins(folder, path);
      steps.push(async () => {
        await rm(join(folder, path), { force: true });
        await removeEmptyFolders(folder, dirname(path));
      });
      await write(folder, path, text, 0o644);
    } else if (!old.bytes.equals(Buffer.from(text))) {
      if (!tracked.has(path))
        throw new DiskError(`${path} is not overwritten: git does not know it, so it would be lost.`);
      steps.push(() => restore(folder, path, old));
      await write(folder, path, text, old.mode);
    }
  };

  const entries = Object.entries(files);
  try {
    for (const [path, text] of entries) if (text === undefined) await change(path, text);
    for (const [path, text] of entries) if (text !== undefined) await change(path, text);
    for (const below of new Set(entries.map(([path]) => dirname(join(folder, path))))) await syncFolder(below);
  } catch (error) {
    await putBack();
    const code = errorCode(error);
    throw code === undefined ? error : new DiskError(`Could not change the files: ${code}.`, { cause: error });
  }
  return putBack;
}

/** Whether a path stays among the files of a repository. Git itself never tracks others, but its index may be forged. */
export const staysInside = (path: string): boolean => !/(?:^|\/)(?:\.{0,2}|\.git)(?:\/|$)/i.test(path);

function refuseName(path: string): void {
  const cleaned = cleanPath(path);
  if ("refused" in cleaned) throw new DiskError(`A file was not written: ${cleaned.refused}.`);
  if (cleaned.path !== path) throw new DiskError(`A file was not written: ${JSON.stringify(path)} is no plain path.`);
}

interface Standing {
  readonly bytes: Buffer;
  readonly mode: number;
}

/** What stands at a path now; refuses links on the way and whatever is no file. */
async function standing(folder: string, path: string): Promise<Standing | undefined> {
  const names = path.split("/");
  for (const [index, name] of names.entries()) {
    const there = names.slice(0, index + 1).join("/");
    const found = await lstat(join(folder, there)).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    });
    if (!found) return undefined;
    if (found.isSymbolicLink()) throw new DiskError(`${path} leads through the link ${there}; it is left alone.`);
    if (index < names.length - 1 && !found.isDirectory())
      throw new DiskError(`${path} needs a folder ${name}, which is a file.`);
    if (index < names.length - 1) continue;
    if (!found.isFile()) throw new DiskError(`${path} is there already and is not a file.`);
    return { bytes: await readFile(join(folder, path)), mode: found.mode & 0o777 };
  }
  return undefined;
}

/** A new name that many file systems take for another one would be two files here and one there. */
async function refuseTwins(folder: string, path: string): Promise<void> {
  let parent = folder;
  for (const name of path.split("/")) {
    const names: string[] = await readdir(parent).catch(() => []);
    const twin = names.find((other) => other !== name && folded(other) === folded(name));
    if (twin !== undefined && !names.includes(name)) {
      throw new DiskError(`A file was not written: ${path} differs only in case from the existing ${twin}.`);
    }
    parent = join(parent, name);
  }
}

async function write(folder: string, path: string, text: string, mode: number): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeWholeFile(file, text, { mode, syncing: false });
  // the mask of the process does not apply to what had more rights before
  if (((await lstat(file)).mode & 0o777) !== mode) await chmod(file, mode);
}

async function restore(folder: string, path: string, { bytes, mode }: Standing): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  await chmod(file, mode);
}

/** Git keeps no empty folders either. */
async function removeEmptyFolders(folder: string, path: string): Promise<void> {
  for (let parent = path; parent !== "."; parent = dirname(parent)) {
    const removed = await rmdir(join(folder, parent)).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}
