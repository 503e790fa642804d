import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { errorCode } from "../errors.ts";

/** A process of some machine, described so that no later process is taken for it. A text is empty where nobody knows. */
export const ProcessMark = z.object({
  pid: z.int().positive().max(0x7fffffff),
  host: z.string(),
  /** Another one after each start of the machine. */
  boot: z.string(),
  /** Where its number counts: containers on one machine count by themselves. */
  room: z.string(),
  /** When it was started, in ticks of that machine since then. */
  started: z.string(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

/** This process. */
export async function thisProcess(): Promise<ProcessMark> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const room = await readlink("/proc/self/ns/pid").catch(() => "");
  const started = (await statusOf(process.pid))?.started ?? "";
  return { pid: process.pid, host: hostname(), boot: boot.trim(), room, started };
}

/** Whether that process still runs; unknown of another machine, or of another container. */
export async function lives(other: ProcessMark): Promise<"yes" | "no" | "unknown"> {
  const { host, boot, room } = await thisProcess();
  if (other.host !== host) return "unknown";
  if (boot !== "" && other.boot !== "" && other.boot !== boot) return "no";
  if (other.room !== room) return "unknown";
  if (!exists(other.pid)) return "no";
  const status = await statusOf(other.pid);
  if (!status) return "yes";
  return status.ended || (other.started !== "" && status.started !== other.started) ? "no" : "yes";
}

/** Whether the number is that of a process at all, anybody's. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/** What Linux tells of a process; undefined elsewhere, and where it is kept secret. */
async function statusOf(pid: number): Promise<{ started: string; ended: boolean } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // the name before the last bracket may hold anything; what follows counts from field 3
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, threads, started] = [fields[0], fields[17], fields[19]];
  if (state === undefined || started === undefined) return undefined;
  // killed, and waiting for its parent to notice; while threads are left one may still be writing
  return { started, ended: /[ZX]/.test(state) && Number(threads) <= 1 };
}
