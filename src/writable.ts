import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Whether files can be put into a folder, which need not exist yet. */
export interface Place {
  /** The folder, or the nearest one above it that exists. */
  readonly existing: string;
  /** Why nothing can be written there; undefined where it can. */
  readonly obstacle: string | undefined;
}

/** Looks at the folder, or where it would be made. Nothing is written. */
export async function placeFor(folder: string): Promise<Place> {
  const existing = resolve(folder);
  const found = await stat(existing).catch(() => undefined);
  if (!found && dirname(existing) !== existing) return placeFor(dirname(existing));
  if (!found?.isDirectory()) return { existing, obstacle: `${existing} is no folder` };
  const writable = await access(existing, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  return { existing, obstacle: writable ? undefined : `${existing} cannot be written by this user` };
}
