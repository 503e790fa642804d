import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { errorCode } from "../errors.ts";

/** The text of a file; undefined where there is none that may be read. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(unlessAbsent);
}

/** When a file was changed last, as ISO 8601; undefined where there is none. */
export async function changedAt(file: string): Promise<string | undefined> {
  return (await stat(file).catch(unlessAbsent))?.mtime.toISOString();
}

/** The lines of a file, however large, without holding more than one; none where there is none that may be read. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    for await (const { text } of linesFrom(file, 0)) yield text;
  } catch (error) {
    unlessAbsent(error);
  }
}

/** A line of a file, and the byte after it, its line break included. */
export interface Line {
  readonly text: string;
  readonly end: number;
  /** Its line break is there: nothing will be added to it. */
  readonly whole: boolean;
}

/** The lines of a file from a byte on, without holding more than one. Throws where it cannot be read. */
export async function* linesFrom(file: string, start: number): AsyncGenerator<Line> {
  let begun: Buffer[] = [];
  let at = start;
  const textWith = (rest: Buffer) => Buffer.concat([...begun, rest]).toString("utf8");
  for await (const chunk of createReadStream(file, { start }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield { text: textWith(chunk.subarray(from, end)), end: at + end + 1, whole: true };
      begun = [];
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
    at += chunk.length;
  }
  if (begun.length > 0) yield { text: textWith(Buffer.alloc(0)), end: at, whole: false };
}

function unlessAbsent(error: unknown): undefined {
  if (!absent.includes(errorCode(error) ?? "")) throw error;
}

const absent = ["ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "EACCES", "EPERM"];
