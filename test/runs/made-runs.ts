import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openJournal } from "../../src/engine/journal.ts";
import { emitter, type NewEvent } from "../../src/events.ts";

interface Making {
  readonly id: string;
  readonly idea?: string;
  /** What run.json says besides. */
  readonly described?: Readonly<Record<string, unknown>>;
  readonly project?: string;
  /** Calls in the journal: key and USD. */
  readonly calls?: readonly (readonly [string, number])[];
  /** Events with the second of their time. */
  readonly events?: readonly (readonly [number, NewEvent])[];
  /** A version that kept no journal made it. */
  readonly old?: boolean;
}

/** Makes the folder of a run as a run itself would; gives the folder. */
export async function makeRun(workspace: string, making: Making): Promise<string> {
  const { id, idea = "write a snake game", described = {}, project, calls = [], events = [], old = false } = making;
  const folder = join(workspace, ".runs", id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "run.json"), JSON.stringify({ v: 1, id, version: "0.6.0", idea, ...described }));
  if (project !== undefined) writeFileSync(join(folder, "project.json"), JSON.stringify({ folder: project }));
  tell(folder, events);
  if (old) return folder;
  writeFileSync(join(folder, "input.json"), "{}\n");
  const journal = await openJournal(join(folder, "journal.jsonl"));
  for (const [key, usd] of calls) await journal.append(answered(key, usd));
  await journal.close();
  return folder;
}

/** Adds events to those of a run. */
export function tell(folder: string, events: readonly (readonly [number, NewEvent])[]): void {
  let second = 0;
  const emit = emitter("run", (event) => appendFileSync(join(folder, "events.jsonl"), `${JSON.stringify(event)}\n`), {
    now: () => new Date(Date.UTC(2026, 0, 31, 12, 0, second)),
  });
  for (const [at, event] of events) {
    second = at;
    emit(event);
  }
}

/** A record of a call that was answered. */
const answered = (key: string, usd: number) => {
  const usage = { input: 1200, output: 300, source: "reported" };
  const told = { type: "call-end", llm: "main", model: "gpt-4o", seconds: 2.5, finish: "stop", usage, cost: { usd } };
  return {
    ...{ at: "2026-01-31T12:00:00.000Z", key, operation: "llm", lane: "main", request: "r", sent: "s", settled: true },
    ...{ about: null, answer: { ok: true, text: `a line\u2028and "another"\n`, usd, told } },
  };
};

export const started: NewEvent = {
  type: "run-start",
  idea: "write a snake game",
  folder: "",
  choice: "",
  llms: [],
  estimate: { usd: 1, calls: 2, input: 3, output: 4 },
  investment: 3,
};

type End = Extract<NewEvent, { type: "run-end" }>;

/** The end of a session. */
export const ended = (outcome: End["outcome"], more: Partial<End> = {}): NewEvent => ({
  ...{ type: "run-end", outcome, exitCode: outcome === "done" ? 0 : 4, message: `it ended: ${outcome}` },
  ...{ project: "", runCommand: "", missing: [], totals: [], repairs: {}, usd: 0, seconds: 10 },
  ...more,
});

/** A call that begins. */
export const callStart = (key: string): NewEvent => ({
  ...{ type: "call-start", key, role: "Engineer", action: "WriteCode", subject: "", attempt: 1, turn: 1 },
  ...{ llm: "main", model: "gpt-4o" },
});
