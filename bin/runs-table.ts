import { isAbsolute, relative } from "node:path";
import type { Run } from "../src/runs/run.ts";
import type { Page } from "./call-line.ts";
import { money, seconds as secondsOf } from "./figures.ts";
import { renderTable } from "./table.ts";
import { displayWidth, oneLine } from "./width.ts";

/** A run as `--json` prints it. */
export const rowOf = ({ id, folder, idea, state, resumable, usd, seconds, calls, project, began, ...run }: Run) => ({
  ...{ id, folder, idea, state, resumable, usd, seconds, calls, project, began },
  sessions: run.sessions,
  version: run.version,
  ...(run.exitCode !== undefined && { exitCode: run.exitCode }),
});

/** The runs as a table; ids are never cut, for they are there to be copied. */
export function runsTable(runs: readonly Run[], { paint, columns }: Pick<Page, "paint" | "columns">): string {
  const rows = runs.map(({ id, state, usd, seconds, project, idea }) => [
    oneLine(id),
    oneLine(state),
    money(usd),
    duration(seconds),
    oneLine(fromHere(project)),
    oneLine(idea),
  ]);
  // what is aligned on the right is never cut, and a name as long as an id stands where it would on the left
  const run = "run".padEnd(Math.max(...rows.map(([id = ""]) => displayWidth(id))));
  const right = [run, "cost", "time"];
  return renderTable([run, "state", "cost", "time", "project", "idea"], rows, {
    columns,
    right,
    paintHeader: paint.dim,
  });
}

/** A stretch of time as one would say it: 4.2 s, 4 min 5 s, 1 h 2 min. */
export function duration(seconds: number): string {
  if (seconds < 59.5) return secondsOf(seconds);
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A path below where the user stands without what is common to all. */
function fromHere(path: string): string {
  if (path === "") return "";
  const way = relative(process.cwd(), path);
  return way.startsWith("..") || isAbsolute(way) ? path : way || ".";
}
