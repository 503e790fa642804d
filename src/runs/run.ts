import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { changedAt, textOf } from "./files.ts";
import { holderOf } from "./lock.ts";
import { readSessions, type Sessions } from "./sessions.ts";
import { dollars, type Spending, spendingIn } from "./spending.ts";

/** A run as its small files describe it. */
export interface Described {
  readonly id: string;
  readonly folder: string;
  readonly idea: string;
  /** The folder of its repository; empty while there is none. */
  readonly project: string;
  /** ISO 8601, UTC. */
  readonly began: string;
  /** Of the program that began it. */
  readonly version: string;
  readonly llms: readonly z.infer<typeof Llm>[];
  /** USD; what it may spend at most. */
  readonly investment?: number | undefined;
  /** What the command line said that began it. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A run with what became of it. */
export interface Known extends Described {
  /** `running`, `killed` if its last session came to no end, or else how that ended: `done`, `budget`, `stopped`, ... */
  readonly state: string;
  /** Whether `metagpt resume` can go on with it. */
  readonly resumable: boolean;
  /** Over all sessions. */
  readonly seconds: number;
  readonly sessions: number;
  readonly exitCode?: number;
  readonly past: Sessions;
}

/** A run with what it did and cost. */
export interface Run extends Known {
  readonly usd: number;
  /** Calls that were answered. */
  readonly calls: number;
  readonly spending: readonly Spending[];
}

const Llm = z.object({ role: z.string(), action: z.string(), llm: z.string(), model: z.string().catch("") });

const Description = z.object({
  idea: z.string().catch(""),
  began: z.iso.datetime().optional().catch(undefined),
  version: z.string().catch(""),
  repository: z.string().catch(""),
  llms: z.array(Llm).catch([]),
  investment: z.number().optional().catch(undefined),
  flags: z.record(z.string(), z.unknown()).catch({}),
  options: z.record(z.string(), z.unknown()).catch({}),
});

const Place = z.object({ folder: z.string() });

/** The run of this folder; undefined if it is none, or was killed before it had begun. */
export async function describedRun(path: string): Promise<Described | undefined> {
  const folder = resolve(path);
  const file = join(folder, "run.json");
  const text = await textOf(file);
  if (text === undefined) return undefined;
  const { began, repository, ...description } = Description.parse(objectIn(text));
  const place = Place.safeParse(objectIn((await textOf(join(folder, "project.json"))) ?? "")).data;
  const id = basename(folder);
  return {
    id,
    folder,
    ...description,
    project: repository || (place ? resolve(place.folder) : ""),
    began: began ?? timeOf(id) ?? (await changedAt(file)) ?? "",
  };
}

/** What became of a run. */
export async function knownRun(run: Described): Promise<Known> {
  const past = await readSessions(join(run.folder, "events.jsonl"));
  const running = (await holderOf(run.folder)) !== undefined;
  const state = running ? "running" : (past.end?.outcome ?? "killed");
  const kept = await has(run, "input.json");
  const exitCode = running ? undefined : past.end?.exitCode;
  return {
    ...run,
    project: run.project || past.project,
    state,
    resumable: kept && state !== "running" && state !== "done",
    seconds: past.seconds,
    sessions: past.sessions,
    ...(exitCode !== undefined && { exitCode }),
    past,
  };
}

/** What a run did and cost. One without a journal, as older versions made them, says so itself at its end. */
export async function countedRun(run: Known): Promise<Run> {
  const journal = await has(run, "journal.jsonl");
  const spending = journal ? await spendingIn(join(run.folder, "journal.jsonl")) : [];
  const { usd = 0, totals = [] } = (journal ? undefined : run.past.end) ?? {};
  return {
    ...run,
    usd: dollars(spending.reduce((sum, row) => sum + row.usd, usd)),
    calls: [...spending, ...totals].reduce((sum, row) => sum + row.calls, 0),
    spending,
  };
}

/** The time in an id, 20260131-235959-1a2b, as ISO 8601. */
function timeOf(id: string): string | undefined {
  const iso = id.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(-.*)?$/, "$1-$2-$3T$4:$5:$6.000Z");
  return z.iso.datetime().safeParse(iso).data;
}

const has = async ({ folder }: Described, name: string) => (await changedAt(join(folder, name))) !== undefined;

/** The object that a text holds; an empty one if it holds none. */
function objectIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
