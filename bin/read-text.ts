import { open } from "node:fs/promises";
import { DiskError, errorCode } from "../src/errors.ts";
import { bytes } from "./figures.ts";

/** Bytes; no text of the longest that is read takes more. */
const most = 64_000_000;

/** Milliseconds after which somebody who waits is told for what. */
const patience = 2_000;

/** A text and whether it is damaged: some of its bytes are not of the encoding. */
export interface ReadText {
  readonly text: string;
  readonly damaged: boolean;
}

/** A text file of any name; `what` says in errors which one it is. UTF-8, or UTF-16 where it begins with its mark. */
export function readTextFile(file: string, what: string): Promise<ReadText> {
  const name = `${what} ${file}`;
  return inWords(name, async () => {
    const handle = await open(file);
    try {
      return decoded(await gathered(handle.createReadStream({ autoClose: false }), name));
    } finally {
      await handle.close();
    }
  });
}

/** What is piped in, until it ends. */
export async function readTextOf(stdin: NodeJS.ReadableStream): Promise<ReadText> {
  const notice = setTimeout(() => process.stderr.write("· reading standard input until it ends\n"), patience);
  const name = "the text on standard input";
  return inWords(name, async () => decoded(await gathered(stdin, name))).finally(() => clearTimeout(notice));
}

/** Says what the system says in words. */
async function inWords<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const code = errorCode(error);
    if (error instanceof DiskError || code === undefined) throw error;
    const message = `${name} ${reasons[code] ?? `cannot be read (${code})`}`;
    throw new DiskError(message, { cause: error, hint: "Check the path." });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EISDIR: "is a folder",
  EACCES: "may not be read",
  EPERM: "may not be read",
};

async function gathered(pieces: AsyncIterable<Buffer | string>, what: string): Promise<Buffer> {
  const all: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    all.push(Buffer.from(piece));
    length += piece.length;
    if (length > most)
      throw new DiskError(`${what} is larger than ${bytes(most)}`, { hint: "Cut out the part with the answer." });
  }
  return Buffer.concat(all);
}

/** The mark of the encoding is no part of the text. */
function decoded(content: Buffer): ReadText {
  const [first, second] = content;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(content), damaged: false };
  } catch {
    return { text: new TextDecoder(encoding).decode(content), damaged: true };
  }
}
