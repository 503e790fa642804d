import { resolve } from "node:path";
import { exitCodes, UsageError } from "../src/errors.ts";
import { findRun, listRuns, newestRun } from "../src/runs/list.ts";
import { BusyError, holderOf } from "../src/runs/lock.ts";
import { removeRun, sweepRuns } from "../src/runs/remove.ts";
import { countedRun, type Known } from "../src/runs/run.ts";
import type { Flags } from "./flags.ts";
import { harmlessJson } from "./harmless-json.ts";
import { createPaint } from "./paint.ts";
import { workspaceOf } from "./plan.ts";
import { resumeCommand } from "./resume-command.ts";
import { reportOf, runReport } from "./run-report.ts";
import { rowOf, runsTable } from "./runs-table.ts";
import { terminalOf } from "./terminal.ts";
import { oneLine } from "./width.ts";

/** Prints all runs of the workspace, the newest first. */
export async function showRuns(flags: Flags): Promise<number> {
  const workspace = await workspaceOf(flags);
  const runs = await listRuns(workspace);
  if (flags.json) return printed(harmlessJson(runs.map(rowOf)));
  if (runs.length === 0) {
    process.stderr.write(`· there is no run in ${oneLine(workspace)} yet\n`);
    return exitCodes.done;
  }
  printed(runsTable(runs, await page()));
  const next = runs.find(({ resumable }) => resumable);
  if (next) process.stderr.write(`· the newest unfinished one goes on with: ${goingOn(next, flags, workspace)}\n`);
  return exitCodes.done;
}

/** Prints what one run did: the newest, or the one that is named. */
export async function showRun(flags: Flags): Promise<number> {
  const workspace = await workspaceOf(flags);
  const found = flags.run === undefined ? await newestRun(workspace) : await findRun(workspace, flags.run);
  const run = await countedRun(found);
  const report = await reportOf(run, goingOn(run, flags, workspace));
  return printed(flags.json ? harmlessJson(report) : runReport(report, await page()));
}

/** Removes what is kept of runs, once it is known that all of them may go; gives their ids. */
export async function removeRuns(flags: Flags): Promise<number> {
  const workspace = await workspaceOf(flags);
  const { runs: names = [], finished = false, force = false } = flags;
  if (names.length === 0 && !finished) {
    throw new UsageError("no run was named", {
      hint: "Name runs by their ids, or remove all that are done with --finished.",
    });
  }
  await sweepRuns(workspace);
  const chosen = new Map<string, Known>();
  for (const name of names) {
    const run = await runById(name, workspace);
    await refuseNeeded(run, force);
    chosen.set(run.folder, run);
  }
  const done = finished ? (await listRuns(workspace)).filter(({ state }) => state === "done") : [];
  for (const run of done) chosen.set(run.folder, run);
  for (const { id, folder } of chosen.values()) {
    await removeRun(folder);
    printed(oneLine(id));
  }
  return exitCodes.done;
}

/** The command that goes on with a run: as it said itself when it ended, with more of what ran out. */
const goingOn = ({ id, past }: Known, flags: Flags, workspace: string): string =>
  past.end?.resume ?? resumeCommand({ id, flags, workspace });

/** Who names a project may think that it would be removed. */
async function runById(name: string, workspace: string): Promise<Known> {
  const run = await findRun(workspace, name);
  if (run.id.startsWith(name) || resolve(name) === run.folder) return run;
  throw new UsageError(`${name} is a project, and only runs are removed`, { hint: `Its newest run is ${run.id}.` });
}

async function refuseNeeded({ id, folder, state, resumable }: Known, force: boolean): Promise<void> {
  const holder = await holderOf(folder);
  if (holder) throw new BusyError(id, holder);
  if (!resumable || force) return;
  throw new UsageError(`the run ${id} is not finished (${state})`, {
    hint: "metagpt resume goes on with it; --force removes it all the same.",
  });
}

function printed(text: string): number {
  process.stdout.write(`${text}\n`);
  return exitCodes.done;
}

/** How standard output shows a text. */
async function page() {
  const { color, columns } = terminalOf(process.stdout, process.env);
  return { paint: await createPaint(color), columns };
}
