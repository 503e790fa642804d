import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DiskError, errorCode, UsageError } from "../errors.ts";
import { nearest } from "../text.ts";
import { BusyError, holderOf } from "./lock.ts";
import { countedRun, type Described, describedRun, type Known, knownRun, type Run } from "./run.ts";

const all = "metagpt runs lists all.";

/** All runs of a workspace, the newest first. */
export async function listRuns(workspace: string): Promise<Run[]> {
  const runs: Run[] = [];
  for (const run of await describedRuns(workspace)) runs.push(await countedRun(await knownRun(run)));
  return runs;
}

/**
 * The run that is meant: by its id or a beginning of it, by its folder, or by the folder or name of a project, of which
 * the newest run counts. Without a name it is the newest one that can go on. Throws a UsageError if there
 * is none, and a BusyError if the only one is worked on.
 */
export async function findRun(workspace: string, which?: string): Promise<Known> {
  const runs = await describedRuns(workspace);
  return which === undefined ? newestUnfinished(runs, workspace) : knownRun(await named(which, runs, workspace));
}

/** The run that was begun last. Throws a UsageError if there is none. */
export async function newestRun(workspace: string): Promise<Known> {
  const [newest] = await describedRuns(workspace);
  if (!newest) throw noneIn(workspace);
  return knownRun(newest);
}

/** All runs of a workspace by their small files alone, the newest first. */
async function describedRuns(workspace: string): Promise<Described[]> {
  const folder = resolve(workspace, ".runs");
  const names = await readdir(folder).catch((cause: unknown) => {
    const code = errorCode(cause) ?? "";
    if (["ENOENT", "ENOTDIR"].includes(code)) return [];
    throw new DiskError(`${folder} cannot be read (${code})`, { cause, hint: "Check the folder and its permissions." });
  });
  const runs: Described[] = [];
  for (const name of names.filter((one) => !one.startsWith("."))) {
    const run = await describedRun(join(folder, name));
    if (run) runs.push(run);
  }
  return runs.sort((a, b) => compare(b.began, a.began) || compare(b.id, a.id));
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

async function newestUnfinished(runs: readonly Described[], workspace: string): Promise<Known> {
  let busy: BusyError | undefined;
  for (const run of runs) {
    const known = await knownRun(run);
    if (known.resumable) return known;
    const holder = await holderOf(run.folder);
    if (holder) busy ??= new BusyError(run.id, holder);
  }
  if (runs.length === 0) throw noneIn(workspace);
  throw busy ?? new UsageError(`no run in ${workspace} is unfinished`, { hint: all });
}

const noneIn = (workspace: string) =>
  new UsageError(`there is no run in ${workspace}`, { hint: "Name another place with --workspace DIR." });

async function named(which: string, runs: readonly Described[], workspace: string): Promise<Described> {
  const place = await realPath(which);
  for (const run of runs) if (run.id === which || (await realPath(run.folder)) === place) return run;
  for (const run of runs) if (run.project !== "" && (await realPath(run.project)) === place) return run;
  const made = runs.find(({ project }) => project !== "" && basename(project) === which);
  const elsewhere = basename(dirname(place)) === ".runs" ? await describedRun(place) : undefined;
  const found = made ?? elsewhere;
  if (found) return found;

  const begun = which === "" ? [] : runs.filter(({ id }) => id.startsWith(which));
  const [only, ...others] = begun;
  if (only && others.length === 0) return only;
  if (only) {
    const ids = begun.map(({ id }) => id);
    throw new UsageError(`${ids.length} runs begin with ${which}: ${ids.slice(0, 5).join(", ")}`, {
      hint: `Say more of the id; ${all}`,
    });
  }
  if (runs.length === 0) throw noneIn(workspace);
  const meant = nearest(
    which,
    new Set(runs.flatMap(({ id, project }) => [id, ...(project ? [basename(project)] : [])])),
  );
  throw new UsageError(`there is no run ${which} in ${workspace}${meant ? `; did you mean ${meant}?` : ""}`, {
    hint: `Name a run by its id, or by its project; ${all}`,
  });
}

/** Without links on the way to it, if it is there. */
const realPath = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));
