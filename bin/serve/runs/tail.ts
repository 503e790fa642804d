import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { errorCode } from "../../../src/errors.ts";
import type { KeptEvent } from "../../../src/gateway/runs.ts";
import { type Line, linesFrom } from "../../../src/runs/files.ts";

/** Milliseconds between two looks. Not every file system, such as those of containers, tells of changes. */
const interval = 200;

interface Following {
  /** The number of the last event that is known already. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Whether more may come. */
  readonly goesOn: () => Promise<boolean>;
}

/** The events in a file that may still be written, as they come. Holds no more than one of them and what is read at once. */
export async function* followEvents(file: string, { after, signal, goesOn }: Following): AsyncGenerator<KeptEvent> {
  let position = 0;
  let last = after;
  while (!signal.aborted) {
    // asked before reading, so that nothing is missed of what was written until then
    const more = await goesOn();
    for await (const { text, end } of wholeLines(file, position)) {
      position = end;
      const event = eventIn(text);
      if (event === undefined || event.seq <= last) continue;
      last = event.seq;
      yield event;
      if (signal.aborted) return;
    }
    if (!more) return;
    await sleep(interval, undefined, { signal }).catch(() => {});
  }
}

/** What was torn off at the end of the file is no line: it may yet be cut off. */
async function* wholeLines(file: string, start: number): AsyncGenerator<Line> {
  try {
    for await (const line of linesFrom(file, start)) if (line.whole) yield line;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

const Head = z.object({ seq: z.int(), type: z.string() });

function eventIn(text: string): KeptEvent | undefined {
  try {
    const { seq, type } = Head.parse(JSON.parse(text));
    return { seq, type, text };
  } catch {
    return undefined;
  }
}
