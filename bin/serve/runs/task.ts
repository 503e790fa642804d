import type { Reservation } from "../../../src/budget.ts";
import { exitCodes } from "../../../src/errors.ts";
import type { Caller } from "../../../src/gateway/callers.ts";
import type { Log } from "../../../src/gateway/gateway.ts";
import { holderOf } from "../../../src/runs/lock.ts";
import { countedRun, describedRun, type Known, knownRun } from "../../../src/runs/run.ts";
import type { Job } from "./queue.ts";
import { keepServed, type Served } from "./served.ts";
import { endWorker, foundWorker, startWorker, type Worker } from "./worker.ts";

/** A run of this server, from the queue to its end. */
export interface Task extends Job {
  /** What it may still cost stands on the account of the caller again, less what it has cost. To be called at its end. */
  settle(): Promise<void>;
  /** Never goes on by itself; ends what works on it, which has until this signal. */
  cancel(until: AbortSignal): Promise<void>;
  /** Ends what this server has started for it, so that it can go on. */
  interrupt(until: AbortSignal): Promise<void>;
}

interface About {
  readonly id: string;
  readonly folder: string;
  readonly caller: Caller;
  /** Of the caller's budget. */
  readonly reservation: Reservation;
  readonly log: Log;
  /** The server ends. */
  readonly closing: AbortSignal;
}

/** Has a run done by a process, and keeps what stands to its account. */
export function openTask({ id, folder, caller, reservation, log, closing }: About, before: Served): Task {
  let { state, settled } = before;
  let worker: (Worker & { readonly own: boolean }) | undefined;
  const keep = () => keepServed(folder, { caller: caller.name, state, settled });

  /** Does as much as can be done now; gives whether there is more to do. */
  const once = async (): Promise<boolean> => {
    const holder = await holderOf(folder);
    if (state !== "open" || closing.aborted) return false;
    // somebody works on it elsewhere, where neither an end can be seen nor an order be given
    if (holder && !holder.seen) throw new Error(`process ${holder.pid} on ${holder.host} works on the run`);
    worker = holder ? { ...foundWorker(folder, holder, closing), own: false } : { ...startWorker(folder), own: true };
    const { own } = worker;
    const { code, said } = await worker.ended;
    worker = undefined;
    if (own) log.info({ run: id, caller: caller.name, code, ...(said !== "" && { said }) }, "run");
    return (!own || code === exitCodes.busy) && (await isUnfinished(folder));
  };

  const settle = async () => {
    const known = await runIn(folder);
    const usd = known ? (await countedRun(known)).usd : 0;
    caller.budget.settle(reservation, Math.max(0, usd - settled));
    settled = usd;
    await keep();
  };

  return {
    id,
    settle,
    async work() {
      try {
        while (await once());
        if (state === "open" && !closing.aborted) state = "ended";
      } catch (error) {
        log.error({ run: id, err: error }, "a run could not be done");
      }
      await settle().catch((error: unknown) => log.error({ run: id, err: error }, "a run could not be settled"));
    },
    async cancel(until) {
      state = "cancelled";
      await keep();
      if (worker) await endWorker(worker, until);
    },
    async interrupt(until) {
      if (worker?.own) await endWorker(worker, until);
    },
  };
}

/** Whether a run has not come to an end of its own: it was never begun, or was broken off. */
export async function isUnfinished(folder: string): Promise<boolean> {
  const known = await runIn(folder);
  if (!known?.resumable) return false;
  const { end } = known.past;
  return end === undefined || (end.outcome === "stopped" && signals.includes(end.exitCode ?? 0));
}

const signals: readonly number[] = [exitCodes.interrupt, exitCodes.terminate, exitCodes.hangup];

/** What became of the run of this folder. */
export async function runIn(folder: string): Promise<Known | undefined> {
  const described = await describedRun(folder);
  return described && knownRun(described);
}
