import { lstat, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DiskError, unlessMissing } from "../errors.ts";
import { keepFolder, openProject, writeRunFile } from "../workspace.ts";
import { openHistory } from "./history.ts";
import { clearLocks } from "./stale-locks.ts";

const Place = z.object({
  folder: z.string(),
  name: z.string(),
  /** Of a repository that is changed: the commit its run began at, and the branch of the run once it has a name. */
  base: z.string().exactOptional(),
  branch: z.string().exactOptional(),
});

/** Where a run has its project, as its folder remembers it. */
export type Place = z.infer<typeof Place>;

const file = "project.json";

/** What the folder of a run remembers of its project; undefined as long as it has none. */
export async function readPlace(runFolder: string): Promise<Place | undefined> {
  const text = await unlessMissing(readFile(join(runFolder, file), "utf8"), undefined);
  if (text === undefined) return undefined;
  try {
    return Place.parse(JSON.parse(text));
  } catch (cause) {
    throw new DiskError(`${join(runFolder, file)} does not say where the project of the run is.`, {
      cause,
      hint: 'It should be {"folder": "...", "name": "..."}; correct it, or delete it for a new project.',
    });
  }
}

/** Remembers where the project of a run is going to be; what it says is whole at any instant. */
export async function writePlace(runFolder: string, place: Place): Promise<void> {
  await writeRunFile(runFolder, file, `${JSON.stringify(place, null, 2)}\n`);
}

/**
 * Takes a new folder of the workspace for the project of a run, or finds the one it has taken before, whenever it was
 * broken off. As long as the prepared folder stands in the folder of the run nothing is taken; it goes to its place in
 * one step, after that place was written down.
 */
export async function claimProject(
  { workspace, runFolder }: { readonly workspace: string; readonly runFolder: string },
  name: string,
): Promise<{ readonly folder: string; readonly name: string; readonly resumed: boolean }> {
  const prepared = join(runFolder, "project");
  const place = await readPlace(runFolder);
  const waiting = await lstat(prepared).then(
    () => true,
    () => false,
  );
  if (place && !waiting) {
    await keepFolder(place.folder);
    return { folder: place.folder, name: place.name, resumed: true };
  }
  await mkdir(prepared, { recursive: true });
  await clearLocks(prepared);
  // an empty folder could be taken by another run in the same instant; one with a history cannot
  await openHistory(prepared);
  const tell = (project: Place) => writePlace(runFolder, project);
  return { ...(await openProject(workspace, name, { prepared, tell })), resumed: false };
}
