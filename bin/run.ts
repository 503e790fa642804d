import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { prepareRecording } from "../src/llm/recordings.ts";
import { lockRun } from "../src/runs/lock.ts";
import { createRunFolder } from "../src/workspace.ts";
import { refuseWithoutPerson } from "./consent.ts";
import { type Documents, keepDocuments } from "./documents.ts";
import type { Flags } from "./flags.ts";
import { readIdea } from "./idea.ts";
import { type KeptRun, keepRun } from "./kept-run.ts";
import { type Plan, planRun } from "./plan.ts";
import { work } from "./work.ts";

/** Turns the idea into a repository, or goes on with one; gives the exit code. */
export async function runCompany(flags: Flags): Promise<number> {
  if (flags.recoverPath !== undefined) {
    const { recover } = await import("./resume.ts");
    return recover(flags, flags.recoverPath);
  }
  return begin(flags, await readIdea(flags));
}

/** Begins a run, with documents that somebody has written where there are any. */
export async function begin(flags: Flags, idea: string, given: Documents = {}) {
  const plan = { ...(await planRun(flags, idea)), given };
  if (flags.estimate) {
    const { printEstimate } = await import("./estimate.ts");
    return printEstimate(plan, flags);
  }
  refuseWithoutPerson(plan, flags);
  if (flags.record !== undefined) await prepareRecording(resolve(flags.record));
  const folder = await newFolder(plan);
  const lock = await lockRun(folder);
  try {
    await keepDocuments(folder, given);
    return await work(await keepRun(folder, plan, flags), plan, flags);
  } finally {
    await lock.release();
  }
}

/** Keeps a run that another process is to begin, as if it had been interrupted before its first event. */
export const prepareRun = async (plan: Plan, flags: Flags): Promise<KeptRun> =>
  keepRun(await newFolder(plan), plan, flags);

const newFolder = ({ workspace }: Plan) => createRunFolder(workspace, runId(new Date()));

/** Sorts by time and is unique: 20260131-235959-1a2b. */
function runId(now: Date): string {
  const [date = "", time = ""] = now.toISOString().split("T");
  return `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}-${randomBytes(2).toString("hex")}`;
}
