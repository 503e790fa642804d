import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { UserRequirement } from "../actions/user-requirement.ts";
import { shippedFile } from "../config/shipped.ts";
import { createBudget } from "../src/budget.ts";
import { execute } from "../src/engine/execute.ts";
import { memoryStore } from "../src/engine/memory-store.ts";
import { CompanyError, DiskError } from "../src/errors.ts";
import { type Emit, emitter, type RunEvent } from "../src/events.ts";
import { llmOperation } from "../src/llm/call.ts";
import { prepareRecording, recorder } from "../src/llm/recordings.ts";
import { secretsOf } from "../src/llm/secrets.ts";
import { checkOperation } from "../src/project/check-operation.ts";
import { projectEffects } from "../src/project/effects.ts";
import { mapOperation } from "../src/project/map-operation.ts";
import { trialOperation } from "../src/project/trial-run.ts";
import {
  begunProject,
  changedRepository,
  type DryRun,
  dryRun,
  newProject,
  type WorkTree,
} from "../src/project/work-tree.ts";
import { createTally } from "../src/tally.ts";
import { hire, type TeamInput, type TeamResult } from "../src/team.ts";
import { createRunFolder, writeRunFile } from "../src/workspace.ts";
import { bossOperation } from "./boss.ts";
import { consentBy, refuseWithoutPerson } from "./consent.ts";
import type { Flags } from "./flags.ts";
import { readIdea } from "./idea.ts";
import { type Interrupt, onInterrupt } from "./interrupt.ts";
import { ending } from "./outcome.ts";
import { type Plan, planRun } from "./plan.ts";
import { readBegun } from "./recover.ts";
import { createScreen, type Screen } from "./show.ts";
import { terminalOf } from "./terminal.ts";
import { version } from "./version.ts";

/** Turns the idea into a repository; gives the exit code. */
export async function runCompany(flags: Flags): Promise<number> {
  const begun = flags.recoverPath === undefined ? undefined : await readBegun(flags.recoverPath);
  const plan = await planRun(flags, begun?.idea ?? (await readIdea(flags)), begun);
  if (flags.estimate) {
    const { printEstimate } = await import("./estimate.ts");
    return printEstimate(plan, flags);
  }
  refuseWithoutPerson(plan, flags);
  if (flags.record !== undefined) await prepareRecording(resolve(flags.record));
  const id = runId(new Date());
  const folder = await createRunFolder(plan.workspace, id);
  const screen = await openScreen(flags);
  const emit = emitter(id, keepAndShow(folder, screen));
  const interrupt = onInterrupt((message) => emit({ type: "warning", message }));
  try {
    await writeRunFile(folder, "run.json", `${JSON.stringify(described(plan, id), null, 2)}\n`);
    return await work({ id, plan, flags, folder, emit, interrupt });
  } finally {
    interrupt.release();
    screen.close();
  }
}

interface Work {
  readonly id: string;
  readonly plan: Plan;
  readonly flags: Flags;
  /** Of the run. */
  readonly folder: string;
  readonly emit: Emit;
  readonly interrupt: Interrupt;
}

/** The run itself, from its first event to its last. */
async function work({ id, plan, flags, folder, emit, interrupt }: Work): Promise<number> {
  const began = Date.now();
  const tally = createTally();
  const tell: Emit = (event) => {
    tally.hear(event);
    emit(event);
  };
  tell(started(plan, folder));
  for (const message of plan.warnings) tell({ type: "warning", message });

  const tree = treeOf(plan, flags, id);
  const effects = projectEffects({ tree, runFolder: folder, emit: tell });
  const operations = {
    ...effects.operations,
    check: checkOperation(tell),
    map: mapOperation(),
    boss: bossOperation({ signal: interrupt.stop }),
    trial: trialOperation({
      folder: effects.folder,
      sandbox: plan.sandbox,
      consent: consentBy(flags, interrupt.stop),
      probe: shippedFile("dist/probe.cjs"),
      emit: tell,
    }),
    llm: llmOperation({
      deployments: plan.deployments,
      budget: createBudget(plan.investment),
      emit: tell,
      stop: interrupt.stop,
      record: recording(plan, flags),
    }),
  };
  const requirement: UserRequirement = { idea: plan.idea };
  const input: TeamInput = {
    requirement: { kind: "UserRequirement", subject: "", from: "User", document: requirement },
    options: plan.options,
    ...(plan.existing && { history: plan.existing.history }),
    ...(plan.begun && { given: plan.begun.given }),
    lanes: plan.lanes,
  };
  let result: TeamResult | CompanyError;
  try {
    result = await execute(hire(plan.roles), input, memoryStore(operations, interrupt.abort));
  } catch (error) {
    if (!(error instanceof CompanyError)) throw error;
    result = error;
  }
  const end = ending(result, {
    tally,
    seconds: (Date.now() - began) / 1000,
    interrupted: interrupt.exitCode,
    stopped: interrupt.stop.aborted,
    folder,
    idea: plan.idea,
    requireVerified: plan.requireVerified,
  });
  if ("diff" in tree) {
    tell({ type: "diff", text: await tree.diff() });
    tell({ ...end, project: "", runCommand: "" });
  } else tell(end);
  return end.exitCode;
}

/** Where the run puts its files. */
function treeOf({ existing, begun, workspace }: Plan, { dryRun: dry = false }: Flags, id: string): WorkTree | DryRun {
  if (begun) return begunProject(begun, id);
  if (!existing) return newProject(workspace, id);
  return dry ? dryRun(existing.repository.folder, existing.files) : changedRepository(existing.repository, id);
}

function recording({ idea, deployments }: Plan, { record }: Flags) {
  if (record === undefined) return undefined;
  const secrets = secretsOf(deployments);
  const { add } = recorder(resolve(record), { idea, date: new Date().toISOString().slice(0, 10), secrets });
  return add;
}

function started(plan: Plan, folder: string): Parameters<Emit>[0] {
  const { idea, choice, estimate, investment, replay, table, deployments } = plan;
  const modelOf = (name: string) => deployments.find((deployment) => deployment.name === name)?.model ?? "";
  const llms = table.map(({ role, action, llm }) => ({ role, action, llm, model: modelOf(llm) }));
  return { type: "run-start", idea, folder, choice, llms, estimate, investment, ...(replay ? { replay } : {}) };
}

/** What the run folder says about the run: no key in it. */
const described = ({ idea, options, investment, table }: Plan, id: string) => ({
  id,
  version: version(),
  node: process.version,
  idea,
  options,
  investment,
  llms: table.map(({ role, action, llm, model, baseUrl, origin }) => ({ role, action, llm, model, baseUrl, origin })),
});

/** Keeps every event in the run folder, then shows it. */
function keepAndShow(folder: string, screen: Screen) {
  const file = join(folder, "events.jsonl");
  return (event: RunEvent) => {
    if (event.type !== "call-progress") {
      try {
        appendFileSync(file, `${JSON.stringify(event)}\n`);
      } catch (cause) {
        throw new DiskError(`the run cannot be kept in ${file}`, { cause, hint: "Is the disk full?" });
      }
    }
    screen.handle(event);
  };
}

function openScreen({ json = false, quiet = false, verbose = false }: Flags): Promise<Screen> {
  const terminal = terminalOf(process.stderr, process.env);
  const mode = json ? "json" : quiet ? "quiet" : terminal.live ? "live" : "plain";
  return createScreen({ stderr: process.stderr, mode, verbose, color: terminal.color, columns: terminal.columns });
}

/** Sorts by time and is unique: 20260131-235959-1a2b. */
function runId(now: Date): string {
  const [date = "", time = ""] = now.toISOString().split("T");
  return `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}-${randomBytes(2).toString("hex")}`;
}
