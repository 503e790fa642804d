import { basename } from "node:path";
import type { Caller } from "../../../src/gateway/callers.ts";
import type { Log } from "../../../src/gateway/gateway.ts";
import { holderOf } from "../../../src/runs/lock.ts";
import { type Served, servedRuns } from "./served.ts";
import { isUnfinished, openTask, runIn, type Task } from "./task.ts";

interface About {
  readonly log: Log;
  readonly closing: AbortSignal;
}

/**
 * The runs that an earlier server has left, in the order in which they are to go on: first those that are worked on,
 * for a process outlives a server that is killed. What has ended meanwhile is settled.
 */
export async function leftOver(workspace: string, callers: readonly Caller[], about: About): Promise<readonly Task[]> {
  const worked: Task[] = [];
  const waiting: Task[] = [];
  for await (const { folder, served } of servedRuns(workspace)) {
    if (served.state !== "open") continue;
    const task = await taskFor(folder, served, callers, about);
    if (!task) continue;
    if (await holderOf(folder)) worked.unshift(task);
    else waiting.unshift(task);
  }
  return [...worked, ...waiting];
}

async function taskFor(
  folder: string,
  served: Served,
  callers: readonly Caller[],
  { log, closing }: About,
): Promise<Task | undefined> {
  const run = await runIn(folder);
  const caller = callers.find(({ name }) => name === served.caller);
  const id = basename(folder);
  if (!run || !caller) {
    log.error({ run: id, caller: served.caller }, "a run is left alone: who asked for it is not known any more");
    return undefined;
  }
  const goesOn = run.state === "running" || (await isUnfinished(folder));
  const most = goesOn ? Math.max(0, (run.investment ?? 0) - served.settled) : 0;
  const reservation = caller.budget.reserve(most);
  if (!reservation) {
    log.error({ run: id, caller: caller.name }, "a run is left alone: it could cost more than its caller may spend");
    return undefined;
  }
  const about = { id, folder, caller, reservation, log, closing };
  if (goesOn) return openTask(about, served);
  await openTask(about, { ...served, state: "ended" }).settle();
  return undefined;
}
