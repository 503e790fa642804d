import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { errorCode } from "../../../src/errors.ts";
import type { KeptEvent } from "../../../src/gateway/runs.ts";

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
    for await (const { line, end } of wholeLines(file, position)) {
      position = end;
      const event = eventIn(line);
      if (event === undefined || event.seq <= last) continue;
      last = event.seq;
      yield event;
      if (signal.aborted) return;
    }
    if (!more) return;
    await sleep(interval, undefined, { signal }).catch(() => {});
  }
}

/** The lines from a position on, each with where it ends. What was torn off at the end is no line: it may yet be cut off. */
async function* wholeLines(
  file: string,
  start: number,
): AsyncGenerator<{ readonly line: string; readonly end: number }> {
  let begun: Buffer[] = [];
  let at = start;
  try {
    for await (const chunk of createReadStream(file, { start }) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        yield { line: Buffer.concat([...begun, chunk.subarray(from, end)]).toString("utf8"), end: at + end + 1 };
        begun = [];
        from = end + 1;
      }
      begun.push(chunk.subarray(from));
      at += chunk.length;
    }
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
