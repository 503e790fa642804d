import { dirname, resolve } from "node:path";
import { UsageError } from "../src/errors.ts";
import { findRun } from "../src/runs/list.ts";
import { lockRun } from "../src/runs/lock.ts";
import { refuseWithoutPerson } from "./consent.ts";
import { editedDocuments } from "./documents.ts";
import { type Flags, optionName } from "./flags.ts";
import { type KeptRun, keepDecisions, readRun } from "./kept-run.ts";
import { planAgain, workspaceOf } from "./plan.ts";
import { readBegun } from "./recover.ts";
import { resumeCommand } from "./resume-command.ts";
import { begin } from "./run.ts";
import { Unfinished } from "./unfinished.ts";
import { work } from "./work.ts";

/** Goes on with a run that did not end well: the newest of the workspace, or the one that is named. */
export async function resumeRun(flags: Flags): Promise<number> {
  const { folder } = await findRun(await workspaceOf(flags), flags.run);
  return goOn(folder, flags);
}

/** Goes on with a project: with the run that made it, or else from its documents alone. */
export async function recover(flags: Flags, project: string): Promise<number> {
  const found = await findRun(dirname(resolve(project)), resolve(project)).catch((error: unknown) => {
    if (error instanceof UsageError) return undefined;
    throw error;
  });
  if (found) return goOn(found.folder, onlyNew(flags));
  const { idea, given } = await readBegun(project);
  return begin(flags, idea, given);
}

async function goOn(folder: string, flags: Flags): Promise<number> {
  const lock = await lockRun(folder);
  try {
    const run = await readRun(folder);
    try {
      return await again(run, flags);
    } catch (error) {
      throw error instanceof Unfinished ? error : new Unfinished(error, resumeCommand(run));
    }
  } finally {
    await lock.release();
  }
}

/** Everything as it was decided when the run began, but for what is decided anew. */
async function again(run: KeptRun, flags: Flags): Promise<number> {
  const merged = { ...run.flags, ...absolute(flags) };
  standWhere(run.cwd);
  const plan = { ...(await planAgain(run, merged)), given: await editedDocuments(run) };
  // questions that were answered are not asked again; others wait for who can answer them
  refuseWithoutPerson({ options: { ...plan.options, clarify: false } }, merged);
  return work(await keepDecisions(run, plan, merged), plan, merged);
}

/** Paths on this command line start from where the user stands now. */
function absolute({ run: _run, ...flags }: Flags): Flags {
  const { config, workspace } = flags;
  return {
    ...flags,
    ...(config !== undefined && { config: resolve(config) }),
    ...(workspace !== undefined && { workspace: resolve(workspace) }),
  };
}

/** Relative paths of the settings mean what they meant when the run began. */
function standWhere(folder: string): void {
  try {
    process.chdir(folder);
  } catch (cause) {
    throw new UsageError(`the run was begun in ${folder}, which is gone`, {
      cause,
      hint: "Make that folder again, with the config it held.",
    });
  }
}

/** What can be decided anew, and what is about the screen. */
const anew: readonly (keyof Flags)[] = [
  ...(["recoverPath", "investment", "llm", "nRound", "concurrency", "config", "yes"] as const),
  ...(["workspace", "json", "quiet", "verbose", "review"] as const),
];

/** Refuses what was decided when the run began. */
function onlyNew(flags: Flags): Flags {
  const { recoverPath: _path, review: _review, ...allowed } = flags;
  const old = Object.keys(flags).find((name) => !anew.includes(name as keyof Flags));
  if (old === undefined) return allowed;
  throw new UsageError(`--${optionName(old)} was decided when the run began`, {
    hint: "Leave it out, or start anew with the idea.",
  });
}
