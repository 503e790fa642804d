import { basename } from "node:path";
import type { RunView } from "../../../src/gateway/runs.ts";
import { countedRun, type Known } from "../../../src/runs/run.ts";
import type { Served } from "./served.ts";

/** A run as callers see it; `place` is where it stands in the queue. */
export async function viewOf(
  known: Known,
  { caller, state: kept }: Served,
  place: "queued" | "running" | undefined,
): Promise<RunView> {
  const { id, idea, project, usd, calls, seconds, exitCode, began, past } = await countedRun(known);
  const state = stateOf(known, kept, place);
  const ended = state !== "queued" && state !== "running";
  return {
    object: "run",
    ...{ id, state, message: (ended && past.end?.message) || "", idea, caller },
    project: project === "" ? "" : basename(project),
    ...{ usd, calls, seconds, exit_code: (ended ? exitCode : undefined) ?? null, began },
  };
}

function stateOf({ state, sessions }: Known, kept: Served["state"], place: "queued" | "running" | undefined): string {
  if (state === "running") return state;
  // until its process has begun with it, a run waits
  if (place !== undefined) return sessions === 0 ? "queued" : place;
  if (kept === "cancelled" && state !== "done") return kept;
  return sessions === 0 ? "stopped" : state;
}
