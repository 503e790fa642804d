import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** How long a git may take that goes on after the process that started it was killed. */
const patience = { tries: 40, milliseconds: 50 };

/**
 * Removes the lock files that a killed git has left in the history of a project. What is still at work there is waited
 * for, for up to two seconds.
 */
export async function clearLocks(folder: string): Promise<void> {
  const locks = () => locksBelow(join(folder, ".git"));
  if (await gone(async () => (await locks()).length > 0)) return;
  for (const lock of await locks()) await rm(lock, { force: true });
}

/** Waits for up to two seconds for what is under way; says whether it has ended. */
export async function gone(underWay: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < patience.tries; tries++) {
    if (!(await underWay())) return true;
    await new Promise((resolve) => setTimeout(resolve, patience.milliseconds));
  }
  return false;
}

async function locksBelow(gitFolder: string): Promise<string[]> {
  const here = await readdir(gitFolder).catch((): string[] => []);
  const refs = await readdir(join(gitFolder, "refs"), { recursive: true }).catch((): string[] => []);
  const paths = [...here, ...refs.map((path) => join("refs", path))];
  return paths.filter((path) => path.endsWith(".lock")).map((path) => join(gitFolder, path));
}
