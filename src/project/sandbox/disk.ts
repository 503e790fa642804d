import { lstat, opendir, readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../errors.ts";

/** What is free where a folder stands. */
export interface Free {
  readonly bytes: number;
  readonly files: number;
}

export async function freeSpace(folder: string): Promise<Free> {
  const { bavail, bsize, ffree } = await statfs(folder);
  return { bytes: bavail * bsize, files: ffree };
}

/** Bounds of `writtenSince`, and what it found. */
export interface Written {
  readonly bytes: number;
  readonly files: number;
}

/**
 * How much has been written below these folders, and to removed files that these processes hold open, since a moment.
 * Counting ends at the bounds. What hides where nobody can look (too deep, or locked away) counts as above them.
 */
export async function writtenSince(
  since: number,
  bounds: Written,
  { folders, pids }: { folders: readonly string[]; pids: readonly number[] },
): Promise<Written> {
  let bytes = 0;
  let files = 0;
  const above = () => bytes > bounds.bytes || files > bounds.files;
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined && !above(); folder = waiting.pop()) {
    try {
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) waiting.push(path);
        const found = await lstat(path).catch(unlessGone);
        // the time of change, unlike that of modification, cannot be set
        if (!found || found.ctimeMs < since) continue;
        files += 1;
        bytes += found.blocks * 512;
        if (above()) break;
      }
    } catch (error) {
      if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") continue;
      return { bytes: Infinity, files: Infinity };
    }
  }
  for (const pid of pids) {
    if (above()) break;
    for (const name of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const open = await stat(`/proc/${pid}/fd/${name}`).catch(() => undefined);
      if (open?.isFile() && open.nlink === 0) bytes += open.blocks * 512;
    }
  }
  return { bytes, files };
}

function unlessGone(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
}
