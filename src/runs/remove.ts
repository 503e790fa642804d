import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { onDisk } from "../errors.ts";
import { lockRun } from "./lock.ts";

const prefix = ".gone-";

/**
 * Removes the folder of a run, and nothing outside of it. Throws a BusyError if somebody works on the run. A removal
 * that is interrupted leaves no half of a run, but what `sweepRuns` takes away.
 */
export async function removeRun(folder: string): Promise<void> {
  const lock = await lockRun(folder);
  const gone = join(dirname(folder), `${prefix}${basename(folder)}`);
  try {
    await removing(folder, () => rename(folder, gone));
  } finally {
    await lock.release();
  }
  await removing(folder, () => rm(gone, { recursive: true, force: true }));
}

/** Takes away what interrupted removals have left in a workspace. */
export async function sweepRuns(workspace: string): Promise<void> {
  const folder = resolve(workspace, ".runs");
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix)))
    await removing(folder, () => rm(join(folder, name), { recursive: true, force: true }));
}

const removing = <T>(folder: string, work: () => Promise<T>): Promise<T> =>
  onDisk(work, (code) => ({ message: `${folder} cannot be removed (${code})`, hint: "Check its permissions." }));
