import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunEvent } from "../../src/events.ts";
import { type Snapshot, snapshotOf } from "./repository.ts";
import type { Watcher } from "./watcher.ts";

/** The repository of a run that is done, and what is wrong with everything around it. */
export function endOf(cwd: string, watch: Watcher): { repository: Snapshot; problems: string[] } {
  const problems: string[] = [];
  const workspace = readdirSync(join(cwd, "workspace")).filter((name) => name !== ".runs");
  const [name = ""] = workspace;
  if (workspace.length !== 1) problems.push(`the workspace holds ${workspace.join(", ") || "nothing"}`);
  const strays = readdirSync(cwd).filter((entry) => !["config", "home", "workspace"].includes(entry));
  const drafts = readdirSync(watch.folder(), { recursive: true, encoding: "utf8" }).filter((file) => /tmp$/.test(file));
  problems.push(...[...strays, ...drafts].map((file) => `${file} was left behind`));

  const events = readFileSync(join(watch.folder(), "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => RunEvent.parse(JSON.parse(line)));
  const last = events.at(-1);
  if (events.some(({ seq }, at) => seq <= (events[at - 1]?.seq ?? 0))) problems.push("events are out of order");
  const { recorded, torn } = watch.journal();
  const paid = recorded.reduce((sum, { answer }) => sum + (answer.usd ?? 0), 0);
  if (torn) problems.push("the journal ends in the middle of a line");
  if (last?.type !== "run-end" || last.outcome !== "done") problems.push(`the last event is ${JSON.stringify(last)}`);
  else if (Math.abs(last.usd - paid) > 1e-9) problems.push(`the run says $${last.usd}, its records say $${paid}`);
  if (paid === 0) problems.push("nothing was paid");
  return { repository: snapshotOf(join(cwd, "workspace", name)), problems };
}
