import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

interface Manner {
  readonly mode?: number;
  /** False where many files are written and their folders are synced once, at the end. */
  readonly syncing?: boolean;
}

/**
 * Writes a file whole or not at all: the new text is complete on the disk before it takes the place of the old one. A
 * process that is killed leaves at most one draft beside the file, which the next writing of that file removes.
 */
export function writeWholeFile(file: string, text: string, { mode = 0o666, syncing = true }: Manner = {}) {
  const draft = draftOf(file);
  return inTurn(draft, async () => {
    try {
      await rm(draft, { force: true });
      const handle = await open(draft, "wx", mode);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      throw error;
    }
    if (syncing) await syncFolder(dirname(file));
  });
}

/** Makes the names in a folder last, where the system can: on Windows a folder cannot be opened. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // some file systems cannot; what was written is whole all the same
  } finally {
    await handle?.close();
  }
}

/** Whether a path is a draft that a killed process left beside a file. */
export const isDraft = (path: string): boolean => /(?:^|\/)\.[^/]*\.metagpt\.tmp$/.test(path);

/** A file name may have 255 bytes. */
function draftOf(file: string): string {
  let name = basename(file);
  while (Buffer.byteLength(name) > 240) name = name.slice(0, -1);
  return resolve(dirname(file), `.${name}.metagpt.tmp`);
}

const writing = new Map<string, Promise<void>>();

/** One after another for each draft, so that writers of one file do not take each other's. */
async function inTurn(draft: string, write: () => Promise<void>): Promise<void> {
  const mine = (writing.get(draft) ?? Promise.resolve()).catch(() => {}).then(write);
  writing.set(draft, mine);
  try {
    await mine;
  } finally {
    if (writing.get(draft) === mine) writing.delete(draft);
  }
}
