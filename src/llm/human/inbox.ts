import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../../errors.ts";
import { ProviderError } from "../provider.ts";

/** Where a question lies and where its answer is expected. */
interface Place {
  readonly file: string;
  readonly answer: string;
}

/** Questions and answers as numbered files in one folder, which several runs may share. */
export interface Inbox {
  /** Lays a question down under the next free number; the text may name the file of its answer. */
  put(name: string, text: (answer: string) => string): Promise<Place>;
  /** Waits until the answer has been written to its end. */
  take(answer: string, signal: AbortSignal): Promise<string>;
}

const pollMs = 200;

/** Opens a folder for questions; it is made with the first one. */
export function inbox(folder: string): Inbox {
  return {
    async put(name, text) {
      try {
        await mkdir(folder, { recursive: true });
        const { number, claim } = await claimNumber(folder);
        const base = path.join(folder, `${number}-${name}`);
        const place = { file: `${base}.prompt.md`, answer: `${base}.answer.md` };
        await claim.writeFile(text(place.answer));
        await claim.close();
        await rename(claimFile(folder, number), place.file);
        return place;
      } catch (cause) {
        throw unusable(folder, cause);
      }
    },
    async take(answer, signal) {
      let before = 0;
      for (;;) {
        await pause(signal);
        const size = await sizeOf(answer);
        if (size > 0 && size === before) {
          const text = (await readFile(answer, "utf8").catch(() => "")).replace(/^\uFEFF/, "");
          if (text.trim() !== "") return text;
        }
        before = size;
      }
    },
  };
}

const claimFile = (folder: string, number: string) => path.join(folder, `.${number}.tmp`);

/**
 * Takes the next number for us alone: by making a file that nobody else can make, which then becomes the question.
 * A number may have been used up between looking and making, so the folder is looked at again.
 */
async function claimNumber(folder: string) {
  for (let next = await highest(folder); ; ) {
    next += 1;
    const number = String(next).padStart(4, "0");
    const claim = await open(claimFile(folder, number), "wx").catch(unlessTaken);
    if (!claim) continue;
    if ((await highest(folder)) < next) return { number, claim };
    await claim.close();
    await rm(claimFile(folder, number));
  }
}

async function highest(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) => Number(/^\d+(?=-)/.exec(name)?.[0] ?? 0));
  return Math.max(0, ...numbers);
}

function unlessTaken(error: unknown): undefined {
  if (errorCode(error) !== "EEXIST") throw error;
}

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(pollMs, undefined, { signal }).catch((cause: unknown) => {
    throw new ProviderError("the wait for an answer was stopped", { kind: "aborted", cause });
  });
}

function unusable(folder: string, cause: unknown): ProviderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = "Set `folder:` of the human LLM to a folder that can be written.";
  return new ProviderError(`no prompt can be laid down in ${folder}: ${reason}`, { kind: "request", hint, cause });
}
