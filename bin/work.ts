import { basename, join, resolve } from "node:path";
import { journalEngine } from "../src/engine/engine.ts";
import { type Journal, openJournal } from "../src/engine/journal.ts";
import { CompanyError } from "../src/errors.ts";
import { type Emit, emitter, type NewEvent } from "../src/events.ts";
import { toldBy } from "../src/llm/remembered.ts";
import {
  begunProject,
  changedRepository,
  type DryRun,
  dryRun,
  newProject,
  type WorkTree,
} from "../src/project/work-tree.ts";
import { createTally, type Tally } from "../src/tally.ts";
import { hire, type TeamInput, type TeamResult } from "../src/team.ts";
import { type EventsFile, openEvents } from "./events-file.ts";
import { plural } from "./figures.ts";
import type { Flags } from "./flags.ts";
import { type Interrupt, onInterrupt } from "./interrupt.ts";
import { inputOf, type KeptRun } from "./kept-run.ts";
import { register, type Surroundings } from "./operations.ts";
import { ending } from "./outcome.ts";
import { company, type Plan } from "./plan.ts";
import { resumeCommand } from "./resume-command.ts";
import { createScreen, type Screen } from "./show.ts";
import { terminalOf } from "./terminal.ts";
import { Unfinished } from "./unfinished.ts";

/** Does the work of a run, from its first event to its last, be it new or interrupted before; gives the exit code. */
export async function work(run: KeptRun, plan: Plan, flags: Flags): Promise<number> {
  try {
    return await onScreen(run, plan, flags);
  } catch (error) {
    throw new Unfinished(error, resumeCommand(run));
  }
}

async function onScreen(run: KeptRun, plan: Plan, flags: Flags): Promise<number> {
  const events = await openEvents(run.folder);
  const journal = await openJournal(join(run.folder, "journal.jsonl"));
  const { damaged, ...ledger } = ledgerOf(journal, events);
  const screen = await openScreen(flags);
  const show = emitter(
    run.id,
    (event) => {
      events.add(event);
      screen.handle(event);
    },
    { told: events.earlier.at(-1)?.seq ?? 0 },
  );
  const interrupt = onInterrupt((message) => show({ type: "warning", message }), { lastWords: resumeCommand(run) });
  const emit: Emit = (event) => {
    ledger.tally.hear(event);
    show(event);
  };
  const warned = { ...plan, warnings: [...plan.warnings, ...damaged] };
  try {
    return await execute(run, warned, { flags, emit, interrupt, journal, ...ledger });
  } finally {
    interrupt.release();
    screen.close();
  }
}

interface Office {
  readonly flags: Flags;
  readonly emit: Emit;
  readonly interrupt: Interrupt;
  readonly journal: Journal;
  readonly tally: Tally;
  /** What was done before, where the run goes on. */
  readonly resumed: Started["resumed"];
}

async function execute(run: KeptRun, plan: Plan, { resumed, ...office }: Office): Promise<number> {
  const { flags, emit, interrupt, tally } = office;
  const began = performance.now();
  emit(started(run, plan, resumed));
  for (const message of plan.warnings) emit({ type: "warning", message });
  const tree: WorkTree = treeOf(run, plan, flags);
  const result = await resultOf(run, plan, { ...office, tree });
  const end = ending(result, {
    tally,
    seconds: (performance.now() - began) / 1000,
    interrupted: interrupt.exitCode,
    stopped: interrupt.stop.aborted,
    folder: run.folder,
    idea: plan.idea,
    requireVerified: plan.requireVerified,
    resume: (outcome) => resumeCommand(run, outcome, { investment: plan.investment, rounds: plan.options.rounds }),
  });
  if (isDry(tree)) {
    emit({ type: "diff", text: await tree.diff() });
    emit({ ...end, project: "", runCommand: "" });
  } else emit(end);
  return end.exitCode;
}

const isDry = (tree: WorkTree): tree is DryRun => "diff" in tree;

/** Has the company work; a failure that the user can act on is a result too. */
async function resultOf(
  run: KeptRun,
  plan: Plan,
  { journal, ...office }: Omit<Office, "resumed"> & Pick<Surroundings, "tree">,
): Promise<TeamResult | CompanyError> {
  const engine = journalEngine(async () => journal, office.interrupt.abort);
  register(engine, plan, { ...office, folder: run.folder });
  engine.flow("company", hire(company));
  try {
    return await engine.start<TeamInput, TeamResult>("company", run.id, { ...inputOf(plan), ...decidedAnew(plan) });
  } catch (error) {
    if (error instanceof CompanyError) return error;
    throw error;
  }
}

const decidedAnew = ({ lanes, given = {} }: Plan): Pick<TeamInput, "lanes" | "given"> => ({ lanes, given });

/** What was spent and repaired before the run was interrupted. */
function ledgerOf({ records, damaged }: Journal, { earlier }: EventsFile) {
  const tally = createTally();
  const told = toldBy(records);
  for (const event of told) tally.hear(event);
  for (const event of earlier) if (event.type === "repair" || event.type === "project") tally.hear(event);
  const calls = told.filter(({ type }) => type === "call-end").length;
  const lost = `${plural(damaged, "record")} of the journal cannot be read; what they answered is asked again`;
  return {
    tally,
    resumed: earlier.length > 0 ? { calls, usd: tally.usd } : undefined,
    damaged: damaged > 0 ? [lost] : [],
  };
}

/** Where the run puts its files. */
function treeOf(run: KeptRun, { existing, workspace }: Plan, { recoverPath, dryRun: dry }: Flags) {
  const of = { run: run.id, runFolder: run.folder };
  if (recoverPath !== undefined) {
    const folder = resolve(recoverPath);
    return begunProject({ folder, name: basename(folder) }, run.id, run.folder);
  }
  if (!existing) return newProject({ workspace, ...of });
  const { repository, files } = existing;
  return dry ? dryRun(repository.folder, files) : changedRepository(repository, { ...of, held: files });
}

function started({ folder }: KeptRun, plan: Plan, resumed: Started["resumed"]): Started {
  const { idea, choice, estimate, investment, replay, table, deployments } = plan;
  const modelOf = (name: string) => deployments.find((deployment) => deployment.name === name)?.model ?? "";
  const llms = table.map(({ role, action, llm }) => ({ role, action, llm, model: modelOf(llm) }));
  const more = { ...(replay ? { replay } : {}), ...(resumed ? { resumed } : {}) };
  return { type: "run-start", idea, folder, choice, llms, estimate, investment, ...more };
}

type Started = Extract<NewEvent, { type: "run-start" }>;

function openScreen({ json = false, quiet = false, verbose = false }: Flags): Promise<Screen> {
  const terminal = terminalOf(process.stderr, process.env);
  const mode = json ? "json" : quiet ? "quiet" : terminal.live ? "live" : "plain";
  return createScreen({ stderr: process.stderr, mode, verbose, color: terminal.color, columns: terminal.columns });
}
