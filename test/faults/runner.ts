import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../bench/corpus/random.ts";
import { shipped } from "../helpers/shipped.ts";
import { endOf } from "./ending.ts";
import type { Fault } from "./faults.ts";
import type { JournalRead } from "./journal.ts";
import { recordedModel } from "./model.ts";
import { type Faults, faultsBySeed, type Kill, killsBySeed, noFaults } from "./plan.ts";
import { damages, differences, type Snapshot } from "./repository.ts";
import { faultyServer } from "./server.ts";
import { session } from "./session.ts";
import { concurrency, watcher } from "./watcher.ts";

/** What happened to one run that was disturbed, and everything that should not have happened. */
export interface Disturbed {
  readonly seed: number;
  readonly idea: string;
  readonly sessions: number;
  /** How many records the journal had after each kill. */
  readonly kills: readonly number[];
  /** How many sessions ended by themselves before all was done. */
  readonly unfinished: number;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  readonly requests: number;
  /** Records of the journal, and those among them that answer a question to the model. */
  readonly records: number;
  readonly recorded: number;
  /** Requests whose answer was in the journal when they were made. */
  readonly askedAgain: number;
  /** Answers that came in the moment of a kill, before they were in the journal. */
  readonly lost: number;
  /** Empty where the run kept all its promises. */
  readonly problems: readonly string[];
  /** The repository in the end. */
  readonly repository: Snapshot | undefined;
  /** The folder of all this, where something went wrong. */
  readonly folder: string | undefined;
}

interface Disturbance {
  /** The idea of a shipped recording. */
  readonly idea?: string;
  readonly faults?: Faults;
  readonly kills?: readonly Kill[];
}

/**
 * Runs the program against a model with faults, kills it, and resumes it until it is done. What comes out is compared
 * with a run in peace; what the server was asked, with what the journal held at that time. Where a call has failed for
 * good the run went on without its answer and committed what it had, so its history alone may have another form.
 */
export async function disturbed(
  seed: number,
  { idea = ideaOf(seed), faults = faultsBySeed(seed), kills = killsBySeed(seed) }: Disturbance = {},
): Promise<Disturbed> {
  const peace = await inPeace(idea);
  return attended({ seed, idea, faults, kills, wanted: peace.repository });
}

/** The four shipped recordings by turns: their languages and sizes differ. */
const ideaOf = (seed: number) => new Random("idea", seed).pick(shipped).recording.idea;

const peaceful = new Map<string, Promise<Disturbed>>();

/** The same without faults and kills, once for each recording. */
export function inPeace(idea: string): Promise<Disturbed> {
  const known = peaceful.get(idea) ?? attended({ seed: 0, idea, faults: noFaults, kills: [], wanted: undefined });
  peaceful.set(idea, known);
  return known.then((run) => {
    if (run.problems.length > 0) throw new Error(`undisturbed: ${run.problems.join("\n")}`);
    return run;
  });
}

interface Attended extends Required<Disturbance> {
  readonly seed: number;
  readonly wanted: Snapshot | undefined;
}

async function attended({ seed, idea, faults, kills, wanted }: Attended): Promise<Disturbed> {
  const recording = shipped.find((found) => found.recording.idea === idea);
  if (!recording) throw new Error(`no recording of "${idea}" is shipped`);
  const cwd = mkdtempSync(join(tmpdir(), `metagpt-faults-${seed}-`));
  const server = await faultyServer(await recordedModel(recording.folder), faults, seed);
  const watch = watcher(cwd, server);
  const random = new Random("resume", seed);
  writeConfig(cwd, server.url);
  let repository: Snapshot | undefined;
  let journal: JournalRead | undefined;
  const killed: number[] = [];
  let unfinished = 0;
  let sessions = 0;
  try {
    for (let done = false; !done && watch.problems.length === 0; ) {
      const kill = kills[sessions];
      sessions += 1;
      const args = watch.run() ? ["resume", ...random.pick([[], [watch.run() ?? ""]])] : [idea];
      const ended = await session(args, { cwd, home: join(cwd, "home"), kill, signs: watch.signs });
      await server.quiet();
      watch.look(ended);
      journal = watch.journal();
      done = ended.code === 0;
      if (ended.code === null) {
        killed.push(journal.lines);
        if (kill?.torn) watch.tear();
      } else if (!done) unfinished += 1;
      if (sessions > kills.length + 10) watch.problems.push(`it is not done after ${sessions} sessions`);
    }
    if (watch.problems.length === 0) {
      const end = endOf(cwd, watch);
      repository = end.repository;
      watch.problems.push(...end.problems, ...damages(repository));
      const failed = journal?.recorded.some(({ answer }) => !answer.ok);
      if (wanted) watch.problems.push(...differences(repository, wanted, { log: !failed }));
    }
  } finally {
    await server.close().catch((error: unknown) => watch.problems.push(`the server: ${error}`));
    if (watch.problems.length === 0) rmSync(cwd, { recursive: true, force: true });
  }
  const met = server.log.flatMap(({ fault }) => fault ?? []);
  return {
    seed,
    idea,
    sessions,
    kills: killed,
    unfinished,
    faults: Object.fromEntries([...new Set(met)].map((name) => [name, met.filter((other) => other === name).length])),
    requests: server.log.length,
    records: journal?.lines ?? 0,
    recorded: journal?.recorded.length ?? 0,
    askedAgain: watch.askedAgain(),
    lost: watch.lost(),
    problems: watch.problems,
    repository,
    folder: watch.problems.length === 0 ? undefined : cwd,
  };
}

/** Short clocks, so that what stalls is soon given up; a price, so that what is paid twice is seen. */
function writeConfig(cwd: string, url: string): void {
  mkdirSync(join(cwd, "config"));
  mkdirSync(join(cwd, "home"));
  const llm = {
    api_type: "openai",
    base_url: url,
    api_key: "unused-key",
    model: "test-model",
    max_token: 60_000,
    price: { input: inputPrice, output: outputPrice },
    timeout: 3,
    first_token_timeout: 1.2,
    idle_timeout: 1,
  };
  writeFileSync(join(cwd, "config", "config2.yaml"), JSON.stringify({ llm, concurrency, investment: 1000 }));
}

/** USD for a million tokens. */
const inputPrice = 1;
const outputPrice = 2;
