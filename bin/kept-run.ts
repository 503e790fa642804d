import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { userRequirement } from "../actions/user-requirement.ts";
import { DiskError, errorCode, UsageError } from "../src/errors.ts";
import { shownAddress } from "../src/llm/wire/address.ts";
import type { TeamInput } from "../src/team.ts";
import { writeRunFile } from "../src/workspace.ts";
import type { Flags } from "./flags.ts";
import type { Plan } from "./plan.ts";
import { version } from "./version.ts";

/** What a run was given; which LLM answers and what it may cost can be decided anew. */
export type KeptInput = Omit<TeamInput, "lanes" | "given">;

/** A run as its folder describes it. */
export interface KeptRun {
  readonly id: string;
  readonly folder: string;
  readonly idea: string;
  /** Where the user stood; relative paths of the settings start there. */
  readonly cwd: string;
  readonly workspace: string;
  /** The command line that began it, without the idea and without what is about the screen alone. */
  readonly flags: Flags;
  /** The repository that is changed; empty where something new is made. */
  readonly repository: string;
  readonly input: KeptInput;
}

const Description = z.object({
  id: z.string(),
  idea: z.string(),
  cwd: z.string(),
  flags: z.record(z.string(), z.unknown()),
  repository: z.string().optional(),
});

/** Writes down what a run needs to go on another time. No key is in it. */
export async function keepRun(folder: string, plan: Plan, flags: Flags): Promise<KeptRun> {
  const { idea, options, investment, workspace, existing } = plan;
  const id = basename(folder);
  const repository = existing?.repository.folder;
  const lasting = lastingFlags(flags);
  const description = {
    ...{ v: 1, id, began: new Date().toISOString(), version: version(), node: process.version, idea },
    ...{ cwd: process.cwd(), workspace, ...(repository !== undefined && { repository }) },
    ...{ flags: lasting, options, investment, llms: answering(plan) },
  };
  const input = inputOf(plan);
  await writeRunFile(folder, "input.json", `${JSON.stringify(input)}\n`);
  await writeRunFile(folder, "run.json", `${JSON.stringify(description, null, 2)}\n`);
  return { id, folder, idea, cwd: process.cwd(), workspace, flags: lasting, repository: repository ?? "", input };
}

/** Writes down what was decided anew, so that the next time it is as before. */
export async function keepDecisions(run: KeptRun, plan: Plan, flags: Flags): Promise<KeptRun> {
  const lasting = lastingFlags(flags);
  const before = (await readJson(run.folder, "run.json")) as object;
  const { investment, options } = plan;
  const description = { ...before, flags: lasting, options, investment, llms: answering(plan) };
  await writeRunFile(run.folder, "run.json", `${JSON.stringify(description, null, 2)}\n`);
  return { ...run, flags: lasting };
}

/** Which LLM answers what, as it may be written down. */
const answering = ({ table }: Plan) =>
  table.map(({ role, action, llm, model, baseUrl, origin }) => ({
    ...{ role, action, llm, model, baseUrl: shownAddress(baseUrl), origin },
  }));

/** What the company is given. */
export const inputOf = ({ idea, options, roles, existing }: Plan): KeptInput => ({
  requirement: { kind: userRequirement.name, subject: "", from: "User", document: { idea } },
  options,
  roster: roles.map(({ profile }) => profile),
  ...(existing && { history: existing.history }),
});

/** Reads what `keepRun` wrote. */
export async function readRun(folder: string): Promise<KeptRun> {
  const described = Description.safeParse(await readJson(folder, "run.json"));
  if (!described.success) throw unreadable(folder, "run.json", z.prettifyError(described.error));
  const input = (await readJson(folder, "input.json")) as KeptInput;
  const { repository = "", ...rest } = described.data;
  // where it lies now, should somebody have moved it
  const workspace = dirname(dirname(folder));
  return { ...rest, folder, workspace, repository, input };
}

/** How to see the run belongs to whoever looks, and not to the run. */
function lastingFlags(flags: Flags): Flags {
  const {
    idea: _idea,
    ideaFile: _file,
    json: _json,
    quiet: _quiet,
    verbose: _verbose,
    estimate: _,
    ...lasting
  } = flags;
  return lasting;
}

async function readJson(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, name), "utf8"));
  } catch (cause) {
    if (errorCode(cause) === "ENOENT")
      throw new UsageError(`the run ${basename(folder)} cannot go on: it has no ${name}`, {
        cause,
        hint: "It ended before it had begun, or an older version of metagpt made it. Start it again.",
      });
    throw unreadable(folder, name, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

const unreadable = (folder: string, name: string, why: string, cause?: unknown) =>
  new DiskError(`${join(folder, name)} cannot be read: ${why}`, { cause, hint: "Start the run again." });
