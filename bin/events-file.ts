import { appendFileSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { onDisk } from "../src/errors.ts";
import type { RunEvent } from "../src/events.ts";

/** The file in which a run keeps what it told. */
export interface EventsFile {
  /** What was told before, as far as it can be read. */
  readonly earlier: readonly RunEvent[];
  /**
   * Keeps an event before anybody sees it; what only moves is not kept. An event that cannot be written is lost: no paid
   * answer shall be lost with it.
   */
  add(event: RunEvent): void;
}

/** Opens the events of a run, and cuts off a last line that was torn by a crash. */
export async function openEvents(folder: string): Promise<EventsFile> {
  const file = join(folder, "events.jsonl");
  const earlier = await kept(file, () => readWhole(file));
  const descriptor = await kept(file, async () => openSync(file, "a"));
  let torn = false;
  return {
    earlier,
    add(event) {
      if (event.type === "call-progress") return;
      try {
        appendFileSync(descriptor, `${torn ? "\n" : ""}${JSON.stringify(event)}\n`);
        torn = false;
      } catch {
        torn = true;
      }
    },
  };
}

async function readWhole(file: string): Promise<RunEvent[]> {
  const handle = await open(file, "a+");
  try {
    const bytes = await handle.readFile();
    await handle.truncate(bytes.lastIndexOf(10) + 1);
    return bytes
      .toString("utf8", 0, bytes.lastIndexOf(10) + 1)
      .split("\n")
      .flatMap((line) => eventOf(line) ?? []);
  } finally {
    await handle.close();
  }
}

function eventOf(line: string): RunEvent | undefined {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return undefined;
  }
}

const kept = <T>(file: string, work: () => Promise<T>): Promise<T> =>
  onDisk(work, (code) => ({
    message: `the run cannot be kept in ${file} (${code})`,
    hint: "See to the disk, then go on.",
  }));
