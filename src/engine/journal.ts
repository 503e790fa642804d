import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { onDisk, unlessMissing } from "../errors.ts";
import type { Json } from "./steps.ts";

/** A call that was answered. */
export interface Answered {
  /** When, as ISO 8601. */
  readonly at: string;
  readonly key: string;
  readonly operation: string;
  readonly lane: string;
  /** What was asked, as a hash: the same request asked of another deployment has the same one. */
  readonly request: string;
  /** The request with everything that it was sent with, as a hash. */
  readonly sent: string;
  /** Whether the answer settles the matter, rather than being a failure that may pass. */
  readonly settled: boolean;
  /** What a reader should know of the call at a glance. */
  readonly about: Json;
  readonly answer: Json;
}

/** An effect that was made true. */
export interface Applied {
  readonly at: string;
  readonly key: string;
  readonly effect: string;
  readonly request: string;
}

export type JournalRecord = Answered | Applied;

/** What a run has done, in a file that outlives it. Records are never changed, only added. */
export interface Journal {
  /** What stood in it when it was opened, in order. */
  readonly records: readonly JournalRecord[];
  /** How many lines besides a torn last one could not be read. */
  readonly damaged: number;
  /** Adds a record; once this resolves it survives a crash of the machine. Throws a DiskError. */
  append(record: JournalRecord): Promise<void>;
  /** Adds a record that survives a crash of this process at once, and one of the machine with the next `append`. */
  note(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/** Reads the records of a journal; a line that is torn or whose checksum is wrong is left out. */
export async function readJournal(file: string): Promise<Pick<Journal, "records" | "damaged">> {
  const handle = await unlessMissing(open(file), undefined);
  if (!handle) return { records: [], damaged: 0 };
  try {
    const { records, damaged } = recordsIn(await handle.readFile());
    return { records, damaged };
  } finally {
    await handle.close();
  }
}

/**
 * Opens a journal to add to it, and makes it where there is none. JSON Lines: each record is an object whose first field
 * `sum` is a checksum of the rest. A last line that was torn by a crash is cut off.
 */
export async function openJournal(file: string): Promise<Journal> {
  const handle = await kept(file, () => open(file, "a+", 0o644));
  const { records, damaged, length } = recordsIn(await kept(file, () => handle.readFile()));
  await kept(file, () => handle.truncate(length));
  let waiting: { readonly line: string; readonly durable: boolean; readonly done: (error?: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;
  let good = length;

  /** Writes all that waits at once, so that calls that end together share one flush. */
  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const bytes = Buffer.from(batch.map(({ line }) => line).join(""));
      const failure = await kept(file, async () => {
        await handle.appendFile(bytes);
        good += bytes.length;
        if (batch.some(({ durable }) => durable)) await handle.datasync();
      }).catch(async (error: unknown) => {
        // no half of a record stays for the next one to be glued to
        await handle.truncate(good).catch(() => {});
        return error;
      });
      for (const { done } of batch) done(failure);
    }
    writing = undefined;
  };
  const add = (record: JournalRecord, durable: boolean) =>
    new Promise<void>((resolve, reject) => {
      const done = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      waiting.push({ line: lineOf(record), durable, done });
      writing ??= write();
    });

  return {
    records,
    damaged,
    append: (record) => add(record, true),
    note: (record) => add(record, false),
    async close() {
      await writing;
      await handle.close();
    },
  };
}

/** One line of a journal. */
function lineOf(record: JournalRecord): string {
  const text = JSON.stringify(record);
  return `{"sum":"${sumOf(text)}",${text.slice(1)}\n`;
}

const sumOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** The records, and how many bytes of the file are whole lines. */
function recordsIn(bytes: Buffer): { records: JournalRecord[]; damaged: number; length: number } {
  const records: JournalRecord[] = [];
  let damaged = 0;
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    const record = recordOf(bytes.toString("utf8", start, end));
    if (record) records.push(record);
    else damaged += 1;
    start = end + 1;
  }
  return { records, damaged, length: start };
}

/** The record of a line, if it is as it was written. */
export function recordOf(line: string): JournalRecord | undefined {
  const [, sum, rest] = /^\{"sum":"([0-9a-f]{16})",(.*)$/s.exec(line) ?? [];
  if (rest === undefined || sum !== sumOf(`{${rest}`)) return undefined;
  return JSON.parse(`{${rest}`) as JournalRecord;
}

const kept = <T>(file: string, work: () => Promise<T>): Promise<T> =>
  onDisk(work, (code) => ({
    message: `the run cannot be kept in ${file} (${code})`,
    hint: code === "ENOSPC" ? "Free some space on the disk, then go on." : "See to the disk, then go on.",
  }));
