import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { discoverLlm } from "../config/discover.ts";
import { loadConfig, type Settings } from "../config/load.ts";
import { type Question, type Resolved, resolveLlms } from "../config/resolve.ts";
import { type Options, yuan } from "../config/schema.ts";
import { shippedFile } from "../config/shipped.ts";
import { roster } from "../roles/index.ts";
import type { Json } from "../src/engine/steps.ts";
import { CompanyError, ConfigError, UsageError } from "../src/errors.ts";
import { type Estimate, estimateRun } from "../src/estimate.ts";
import { localModels } from "../src/llm/ollama/models.ts";
import { findRecording, readRecording } from "../src/llm/recordings.ts";
import type { RunOptions } from "../src/options.ts";
import type { SandboxChoice } from "../src/project/sandbox/index.ts";
import type { Role } from "../src/role.ts";
import { refuseConflicts } from "./conflicts.ts";
import { existingFolder, type Opened, openExisting, refuseUnknownFile, reopenExisting } from "./existing.ts";
import type { Flags } from "./flags.ts";
import type { KeptRun } from "./kept-run.ts";

/** Everything decided before the first call: who works, which LLM answers what, what it may cost. */
export interface Plan extends Resolved {
  readonly idea: string;
  readonly roles: readonly Role[];
  readonly options: RunOptions;
  /** `Role/Action` -> the names of the deployments that answer, in the order in which they are asked. */
  readonly lanes: Readonly<Record<string, readonly string[]>>;
  readonly estimate: Estimate;
  /** USD. */
  readonly investment: number;
  readonly workspace: string;
  readonly sandbox: SandboxChoice;
  readonly requireVerified: boolean;
  /** The repository that is changed; absent where something new is made. */
  readonly existing?: Opened;
  /** Documents by kind that need not be asked for, because somebody has written them. */
  readonly given?: Readonly<Record<string, Json>>;
  /** Set when recorded answers are played. */
  readonly replay?: { readonly name: string; readonly model: string; readonly date: string };
}

/** Reads the settings and decides. Whatever is wrong with them is said here, before anything is paid for. */
export async function planRun(flags: Flags, idea: string): Promise<Plan> {
  const settings = await readSettings(flags);
  const options = runOptions(settings.options, flags);
  refuseConflicts(flags, { implement: settings.options.implement, runTests: settings.options.run_tests });
  const folder = existingFolder(flags, resolve(settings.options.workspace));
  const existing = folder === undefined ? undefined : await openExisting(folder, flags);
  if (existing && options.reqaFile !== "") refuseUnknownFile(options.reqaFile, existing);
  const roles = roster({ implement: settings.options.implement, run_tests: options.runTests });
  return decide({ settings, flags, idea, options, roles, existing });
}

/** Decides anew which LLMs answer and what they may cost; what the run was given stays. */
export async function planAgain({ idea, input, repository, workspace }: KeptRun, flags: Flags): Promise<Plan> {
  const settings = await readSettings(flags);
  const { n_round: rounds, concurrency } = settings.options;
  const options = { ...input.options, rounds, concurrency };
  const existing = repository === "" ? undefined : await reopenExisting(repository, input);
  const roles = company.filter(({ profile }) => input.roster?.includes(profile));
  return { ...(await decide({ settings, flags, idea, options, roles, existing })), workspace };
}

/** Everybody who can work. */
export const company = roster({ implement: true, run_tests: true });

interface Decision {
  readonly settings: Settings;
  readonly flags: Flags;
  readonly idea: string;
  readonly options: RunOptions;
  readonly roles: readonly Role[];
  readonly existing: Opened | undefined;
}

async function decide({ settings, flags, idea, options, roles, existing }: Decision): Promise<Plan> {
  const asked = (action: Role["actions"][number]) => action.usual.calls(options) > 0;
  const resolved = await resolveRun(settings, flags, idea, roles, { asked });
  const lanes: Plan["lanes"] = Object.fromEntries(
    resolved.table.map(({ role, action, llm, fallback }) => [`${role}/${action}`, [llm, ...fallback]]),
  );
  const priceOf = (role: string, action: string) =>
    resolved.deployments.find(({ name }) => name === lanes[`${role}/${action}`]?.[0])?.price ?? { input: 0, output: 0 };
  return {
    ...resolved,
    warnings: [
      ...resolved.warnings,
      ...pricesAssumed(resolved, settings.options),
      ...(existing?.warnings ?? []),
      ...(options.runTests ? await gapsOf(settings.options.sandbox) : []),
    ],
    sandbox: settings.options.sandbox,
    requireVerified: settings.options.require_verified,
    idea,
    roles,
    options,
    lanes,
    estimate: estimateRun(roles, options, priceOf),
    investment: settings.options.investment,
    workspace: resolve(settings.options.workspace),
    ...(existing && { existing }),
    ...(await replayOf(resolved)),
  };
}

/** All settings, from where the user stands. */
export const readSettings = (flags: Flags): Promise<Settings> =>
  loadConfig({ cwd: process.cwd(), home: homedir(), configPath: flags.config, env: process.env, flags: { ...flags } });

/** Where runs are kept. An unreadable config is no reason not to find them where they usually are. */
export async function workspaceOf(flags: Flags): Promise<string> {
  if (flags.workspace !== undefined) return resolve(flags.workspace);
  try {
    return resolve((await readSettings(flags)).options.workspace);
  } catch (error) {
    if (error instanceof CompanyError && existsSync("workspace/.runs")) return resolve("workspace");
    throw error;
  }
}

/** Which LLM answers which action of these roles, of those that are asked at all. */
export const resolveRun = (...about: Parameters<typeof questionOf>): Promise<Resolved> =>
  resolveLlms(questionOf(...about));

/** What deciding that takes. */
export function questionOf(
  settings: Settings,
  flags: Flags,
  idea: string,
  roles: readonly Role[],
  {
    asked = () => true,
    showProblems = false,
  }: { asked?: (action: Role["actions"][number]) => boolean; showProblems?: boolean },
): Question {
  const { presets } = settings;
  const env = process.env;
  const localModel = async (baseUrl: string) => (await localModels({ baseUrl }))[0];
  const recording = async () => {
    const found = await findRecording(shippedFile("recordings"), idea);
    return found && { folder: found.folder, model: found.recording.model };
  };
  return {
    settings,
    roster: roles.map(({ profile, actions }) => ({
      role: profile,
      actions: actions.filter(asked).map(({ name }) => name),
    })),
    known: company.flatMap(({ profile, actions }) => [profile, ...actions.map(({ name }) => name)]),
    flags,
    env,
    discover: () => discoverLlm({ presets, env, localModel, recording }),
    localModel,
    showProblems,
  };
}

/** The settings of a run that its actions ask for. */
export function runOptions(options: Options, flags: Flags): RunOptions {
  const { projectName = "", review = false, clarify = false } = flags;
  if (projectName !== "" && !/[A-Za-z0-9]/.test(projectName)) {
    throw new UsageError(`--project-name ${projectName} cannot name a folder`, {
      hint: "Use ASCII letters, digits and underscores, such as snake_game.",
    });
  }
  return {
    rounds: options.n_round,
    codeReview: options.code_review,
    codeReviewTimes: options.code_review_k_times,
    autoSummarize: options.max_auto_summarize_code,
    maxFixRounds: options.max_fix_rounds,
    runTests: options.run_tests || flags.reqaFile !== undefined,
    change: existingFolder(flags, "") !== undefined,
    reqaFile: flags.reqaFile ?? "",
    review,
    clarify,
    concurrency: options.concurrency,
    maxReasks: options.max_reasks,
    repair: options.repair_llm_output,
    language: options.language,
    projectName,
  };
}

/** What is assumed of models whose price nobody knows, and of the yuan, said before anything is paid. */
function pricesAssumed({ deployments }: Resolved, { cny_per_usd }: Options): string[] {
  const unknown = deployments.filter(({ priceBasis }) => priceBasis === "assumed");
  const inYuan = deployments.filter(({ price }) => price.cnyPerUsd !== undefined);
  const names = inYuan.map(({ model }) => model).join(" and ");
  return [
    ...unknown.map(
      ({ model, price }) =>
        `${model} has no known price and is counted at $${price.input} in and $${price.output} out per million tokens; price: in its config says better`,
    ),
    ...(inYuan.length > 0
      ? [
          `${names} ${inYuan.length > 1 ? "are" : "is"} priced in yuan, counted at ${cny_per_usd} for a dollar (cny_per_usd${cny_per_usd === yuan.rate ? `, as of ${yuan.date}` : ""})`,
        ]
      : []),
  ];
}

/** What generated code could do on this machine, said before any is written. */
async function gapsOf(choice: SandboxChoice): Promise<string[]> {
  const { findSandbox } = await import("../src/project/sandbox/index.ts");
  const { description, gaps } = await findSandbox(choice);
  return gaps.length > 0 ? [`${description}: what is run could ${gaps.join("; ")}`] : [];
}

async function replayOf({ deployments }: Resolved): Promise<Pick<Plan, "replay">> {
  const [played] = deployments;
  if (!played || deployments.some(({ provider }) => provider !== "recording")) return {};
  const folder = String(played.settings.folder);
  const { idea, model, date } = await readRecording(folder).catch((cause: unknown) => {
    if (cause instanceof CompanyError) throw cause;
    throw new ConfigError(`there is no recording in ${folder}`, {
      cause,
      hint: "A run is recorded with --record DIR.",
    });
  });
  return { replay: { name: idea, model, date } };
}
