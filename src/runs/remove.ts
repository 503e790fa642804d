import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DiskError, errorCode } from "../errors.ts";
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
    await onDisk(folder, () => rename(folder, gone));
  } finally {
    await lock.release();
  }
  await onDisk(folder, () => rm(gone, { recursive: true, force: true }));
}

/** Takes away what interrupted removals have left in a workspace. */
export async function sweepRuns(workspace: string): Promise<void> {
  const folder = resolve(workspace, ".runs");
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix)))
    await onDisk(folder, () => rm(join(folder, name), { recursive: true, force: true }));
}

async function onDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    throw new DiskError(`${folder} cannot be removed (${code})`, { cause, hint: "Check its permissions." });
  }
}
