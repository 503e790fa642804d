import { join } from "node:path";
import type { ServeOptions } from "../../../config/serve-options.ts";
import type { Caller } from "../../../src/gateway/callers.ts";
import type { Log } from "../../../src/gateway/gateway.ts";
import { Refusal } from "../../../src/gateway/refusal.ts";
import type { RunRequest, Runs, RunView } from "../../../src/gateway/runs.ts";
import { holderOf } from "../../../src/runs/lock.ts";
import { prepareRun } from "../../run.ts";
import { archiveOf } from "./archive.ts";
import { leftOver } from "./left-over.ts";
import { openQueue } from "./queue.ts";
import { type House, noMoney, planRequest } from "./request.ts";
import { folderOf, keepServed, readServed, type Served, servedRuns } from "./served.ts";
import { followEvents } from "./tail.ts";
import { openTask, runIn, type Task } from "./task.ts";
import { viewOf } from "./view.ts";

interface About extends House {
  readonly serve: Pick<ServeOptions, "run_queue" | "run_concurrency">;
  readonly log: Log;
}

/** Milliseconds that a run gets to end in order when it is cancelled. */
const patience = 10_000;

/** Runs in a list, the newest. */
const page = 100;

/** Runs of the company in the workspace of this server, each a process of its own. */
export function openRuns({ serve, log, ...house }: About): Runs {
  const { workspace } = house;
  const queue = openQueue<Task>({ waiting: serve.run_queue, atOnce: serve.run_concurrency });
  const closing = new AbortController();
  const about = { log, closing: closing.signal };

  const prepare = async (request: RunRequest, caller: Caller): Promise<Task> => {
    const { plan, flags } = await planRequest(request, caller, house);
    const reservation = caller.budget.reserve(plan.investment);
    if (!reservation) throw noMoney(caller);
    try {
      const { id, folder } = await prepareRun(plan, flags);
      const served: Served = { caller: caller.name, state: "open", settled: 0 };
      await keepServed(folder, served);
      return openTask({ ...about, id, folder, caller, reservation }, served);
    } catch (error) {
      caller.budget.settle(reservation, 0);
      throw error;
    }
  };
  const find = async (id: string, caller: Caller): Promise<RunView> => {
    const folder = folderOf(workspace, id);
    const served = folder && (await readServed(folder));
    const view = served && isSeenBy(caller, served) ? await show(folder, served) : undefined;
    if (view) return view;
    throw new Refusal("missing", "there is no such run", { code: "run_not_found" });
  };
  const show = async (folder: string, served: Served): Promise<RunView | undefined> => {
    const known = await runIn(folder);
    return known && viewOf(known, served, queue.find(known.id)?.place);
  };
  const folderFor = (id: string) => folderOf(workspace, id) ?? "";

  return {
    async begin(callers) {
      for (const task of await leftOver(workspace, callers, about)) queue.add(task);
    },
    async start(request, caller) {
      const { id } = await queue.enter(() => prepare(request, caller));
      return find(id, caller);
    },
    async list(caller) {
      const views: RunView[] = [];
      for await (const { folder, served } of servedRuns(workspace)) {
        const view = isSeenBy(caller, served) ? await show(folder, served) : undefined;
        if (view && views.push(view) === page) break;
      }
      return views;
    },
    find,
    events(id, { after, signal }) {
      const folder = folderFor(id);
      const goesOn = async () => queue.find(id) !== undefined || (await holderOf(folder)) !== undefined;
      return followEvents(join(folder, "events.jsonl"), { after, signal, goesOn });
    },
    async archive(id, signal) {
      const run = await runIn(folderFor(id));
      return archiveOf(run?.project ?? "", signal);
    },
    async cancel(id, caller) {
      const task = queue.find(id)?.job;
      const waits = queue.drop(id);
      await task?.cancel(AbortSignal.timeout(patience));
      await (waits ? task?.settle() : queue.ended(id));
      if (!task) await cancelLeft(folderFor(id));
      return find(id, caller);
    },
    async close(abort) {
      closing.abort();
      for (const task of queue.close()) await task.settle();
      await Promise.all(queue.running().map((task) => task.interrupt(abort)));
      await queue.idle();
    },
  };
}

/** One that the server has not taken up will not be by the next one either. */
async function cancelLeft(folder: string): Promise<void> {
  const served = await readServed(folder);
  if (served?.state === "open") await keepServed(folder, { ...served, state: "cancelled" });
}

const isSeenBy = ({ name, operator }: Caller, { caller }: Served) => operator || name === caller;
