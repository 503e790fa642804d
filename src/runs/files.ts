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
  let begun: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        yield Buffer.concat([...begun, chunk.subarray(start, end)]).toString("utf8");
        begun = [];
        start = end + 1;
      }
      if (start < chunk.length) begun.push(chunk.subarray(start));
    }
  } catch (error) {
    unlessAbsent(error);
  }
  if (begun.length > 0) yield Buffer.concat(begun).toString("utf8");
}

function unlessAbsent(error: unknown): undefined {
  if (!absent.includes(errorCode(error) ?? "")) throw error;
}

const absent = ["ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "EACCES", "EPERM"];
