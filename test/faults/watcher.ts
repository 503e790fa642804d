import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../../src/errors.ts";
import { conversationsOf } from "./conversations.ts";
import { type JournalRead, type Recorded, readJournal } from "./journal.ts";
import type { FaultyServer } from "./server.ts";
import type { Session, Signs } from "./session.ts";

/** Calls of a run that are under way at once, at most. */
export const concurrency = 5;

/** Looks after a run from session to session. */
export interface Watcher {
  readonly signs: Signs;
  readonly problems: string[];
  /** The id of the run, once it has begun. */
  run(): string | undefined;
  /** The folder of the run. */
  folder(): string;
  journal(): JournalRead;
  askedAgain(): number;
  lost(): number;
  /** Leaves half of another line behind the files that are only added to. */
  tear(): void;
  /** Looks at what a session has left behind. */
  look(ended: Session): void;
}

/** Compares what is asked with what was recorded, from session to session. */
export function watcher(cwd: string, server: FaultyServer): Watcher {
  const runs = join(cwd, "workspace", ".runs");
  const problems: string[] = [];
  /** Conversations whose answer the journal held at the end of the last session. */
  let known = new Map<string, string>();
  let seen = 0;
  let again = 0;
  let lost = 0;

  /** A run that was killed before it was described has asked nothing, and is begun anew. */
  const run = () =>
    (existsSync(runs) ? readdirSync(runs) : []).filter((id) => existsSync(join(runs, id, "run.json"))).sort()[0];
  const file = () => join(runs, run() ?? "", "journal.jsonl");
  const journal = () => readJournal(file());
  const lines = lineCounter();

  return {
    problems,
    run,
    folder: () => join(runs, run() ?? ""),
    journal,
    askedAgain: () => again,
    lost: () => lost,
    signs: {
      records: () => lines(file()),
      requests: () => server.log.length,
      files: () => filesBelow(join(cwd, "workspace")),
    },
    tear() {
      for (const name of ["journal.jsonl", "events.jsonl"]) {
        const path = join(runs, run() ?? "", name);
        const last = existsSync(path) ? (readFileSync(path, "utf8").trimEnd().split("\n").at(-1) ?? "") : "";
        if (last !== "") appendFileSync(path, last.slice(0, last.length / 2));
      }
    },
    look({ code, hung, stdout, stderr }) {
      if (hung) problems.push(`it did not end:\n${stdout}${stderr}`);
      const asked = server.log.slice(seen);
      seen = server.log.length;
      const { recorded, problems: broken } = journal();
      problems.push(...broken, ...twice(recorded));
      if (asked.length > 0 && run() === undefined) problems.push("a question was asked before the run was kept");
      for (const { conversation, title } of asked) {
        const key = known.get(conversation);
        if (key === undefined) continue;
        again += 1;
        problems.push(`${title} was asked again, although ${key} is in the journal`);
      }
      const conversations = conversationsOf(recorded, server.log);
      problems.push(...conversations.problems);
      for (const key of known.values())
        if (![...conversations.known.values()].includes(key)) problems.push(`${key} is gone from the journal`);
      known = conversations.known;
      const unkept = asked.filter(
        ({ conversation, answer }) => answer !== undefined && answer.trim() !== "" && !known.has(conversation),
      );
      lost += unkept.length;
      if (unkept.length > (code === null ? concurrency : 0))
        problems.push(`not kept: the answers to ${unkept.map(({ title }) => title).join(", ")}`);
      const last = stderr.trimEnd().split("\n").at(-1) ?? "";
      if (code !== null && code !== 0 && code !== exitCodes.llm)
        problems.push(`it ended with ${code}:\n${stdout}${stderr}`);
      if (code === exitCodes.llm && !/metagpt resume/.test(last)) problems.push(`the last line is no way on: ${last}`);
    },
  };
}

/** Counts the lines of a file, none where there is no file, and reads it only when it has grown: it is asked all the time. */
function lineCounter(): (file: string) => number {
  let known = { size: 0, lines: 0 };
  return (file) => {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size !== known.size)
      known = { size, lines: size === 0 ? 0 : readFileSync(file, "latin1").split("\n").length - 1 };
    return known.lines;
  };
}

/** How many files of a product stand there, drafts among them. */
function filesBelow(folder: string): number {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter(({ name }) => name !== ".git" && name !== ".runs")
    .reduce((sum, entry) => sum + (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : 1), 0);
}

/** Questions that were answered for good more than once. */
function twice(recorded: readonly Recorded[]): string[] {
  const names = recorded.filter(({ settled }) => settled).map(({ key, request }) => `${key} (${request})`);
  return names.filter((name, at) => names.indexOf(name) < at).map((name) => `${name} is in the journal twice`);
}
