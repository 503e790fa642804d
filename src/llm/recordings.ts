import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { DiskError, unlessMissing } from "../errors.ts";
import { usage } from "../events.ts";
import { writeWholeFile } from "../whole-file.ts";
import { fileNameOf, keyOf } from "./about.ts";
import type { ChatMessage, Finish, Usage } from "./provider.ts";

const RecordedCall = z.object({
  role: z.string(),
  action: z.string(),
  subject: z.string(),
  attempt: z.int(),
  turn: z.int(),
  /** SHA-256 of the messages, so that a changed prompt is noticed. */
  prompt: z.string(),
  /** The answer's text file, below the recording's folder. */
  answer: z.string().regex(/^answers\/\w[\w.-]*$/),
  finish: z.enum(["stop", "length", "tool_calls", "content_filter"]),
  model: z.string(),
  usage,
  usd: z.number(),
});
type RecordedCall = z.infer<typeof RecordedCall>;

/** `recording.json`: what a real model answered to the questions of one run. The answers lie beside it as text. */
const Recording = z.object({
  version: z.literal(1),
  idea: z.string(),
  date: z.string(),
  model: z.string(),
  calls: z.array(RecordedCall),
});
type Recording = z.infer<typeof Recording>;

/** A recording and where it lies. */
export interface FoundRecording {
  readonly folder: string;
  readonly recording: Recording;
}

/** Two ideas are the same when their letters and digits are: case, space, punctuation and width do not count. */
export const ideaKey = (idea: string): string =>
  idea
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");

/** What a conversation is recognised by. */
export const promptHash = (messages: readonly ChatMessage[]): string =>
  createHash("sha256")
    .update(JSON.stringify(messages.map(({ role, content }) => [role, content])))
    .digest("hex");

/** The recording of this idea, if one lies in a folder below `root`. */
export async function findRecording(root: string, idea: string): Promise<FoundRecording | undefined> {
  const key = ideaKey(idea);
  if (key === "") return undefined;
  return (await listRecordings(root)).find(({ recording }) => ideaKey(recording.idea) === key);
}

/** Every recording in a folder below `root`, in the order of the folders' names. */
export async function listRecordings(root: string): Promise<FoundRecording[]> {
  const entries = await unlessMissing(readdir(root, { withFileTypes: true }), []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(root, name));
  const found: FoundRecording[] = [];
  for (const folder of folders.sort()) {
    const recording = await unlessMissing(readRecording(folder), undefined);
    if (recording) found.push({ folder, recording });
  }
  return found;
}

/** Reads a recording's table; its answers are read when they are played. */
export async function readRecording(folder: string): Promise<Recording> {
  const file = path.join(folder, "recording.json");
  const text = await readFile(file, "utf8");
  try {
    return Recording.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    const hint = "Delete the folder or record the run again with --record.";
    throw new DiskError(`${file} is no recording: ${reason}`, { cause, hint });
  }
}

/** What is kept of an answer. */
export interface RecordedAnswer {
  readonly text: string;
  readonly finish: Finish["finish"];
  readonly model: string;
  readonly usage: Usage;
  readonly usd: number;
}

/** A question as a recording knows it. */
type Question = Pick<RecordedCall, "role" | "action" | "subject" | "attempt" | "turn"> & {
  readonly messages: readonly ChatMessage[];
};

export interface Recorder {
  add(call: Question, answer: RecordedAnswer): Promise<void>;
}

/**
 * Makes a folder ready to take a recording, or says why it cannot, before anything is paid for. An earlier recording
 * in it stays until `recorder` has its first answer.
 */
export async function prepareRecording(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await unlessMissing(readRecording(folder), undefined);
    const answers = (await readdir(folder)).filter((name) => name === "answers");
    for (const name of ["", ...answers]) await tryWriting(path.join(folder, name));
  } catch (cause) {
    cannotWrite(folder, cause);
  }
}

/** Proves that files can be made in a folder, and leaves none. */
async function tryWriting(folder: string): Promise<void> {
  const probe = path.join(folder, `.${randomUUID()}.tmp`);
  await writeFile(probe, "", { flag: "wx" });
  await rm(probe);
}

/**
 * Writes a run down as it goes, into a folder of its own: after each call the recording is whole. An earlier recording
 * in that folder is replaced with the first answer. Secrets are struck out; those shorter than eight characters are
 * placeholders such as `EMPTY` and stay.
 */
export function recorder(
  folder: string,
  { idea, date, secrets = [] }: { idea: string; date: string; secrets?: readonly string[] },
): Recorder {
  const calls = new Map<string, RecordedCall>();
  const real = secrets.filter((secret) => secret.length >= 8);
  const redact = (text: string) => real.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  let last: Promise<void> = Promise.resolve();

  const write = async ({ role, action, subject, attempt, turn, messages }: Question, answer: RecordedAnswer) => {
    if (calls.size === 0) await clear(folder);
    const about = { role, action, subject, attempt, turn };
    const key = keyOf(about);
    const file = calls.get(key)?.answer ?? unusedName(fileNameOf(about), calls.values());
    calls.delete(key);
    const { text, finish, model, usage, usd } = answer;
    calls.set(key, { ...about, prompt: promptHash(messages), answer: file, finish, model, usage, usd });
    const models = [...new Set([...calls.values()].map((call) => call.model))];
    const recording = { version: 1, idea: redact(idea), date, model: models.join(", "), calls: [...calls.values()] };
    await writeWholeFile(path.join(folder, file), redact(text));
    await writeWholeFile(path.join(folder, "recording.json"), `${JSON.stringify(recording, null, 2)}\n`);
  };

  return {
    add(call, answer) {
      const written = last.then(() => write(call, answer)).catch((cause: unknown) => cannotWrite(folder, cause));
      last = written.catch(() => {});
      return written;
    },
  };
}

/** Makes the folder, and takes the answers of an earlier recording out of it. */
async function clear(folder: string): Promise<void> {
  await mkdir(path.join(folder, "answers"), { recursive: true });
  const earlier = await unlessMissing(readRecording(folder), undefined);
  for (const { answer } of earlier?.calls ?? []) await rm(path.join(folder, answer), { force: true });
}

/** Different subjects can have the same file name, and some disks do not tell case apart. */
function unusedName(name: string, calls: Iterable<RecordedCall>): string {
  const used = new Set([...calls].map(({ answer }) => answer.toLowerCase()));
  for (let copy = 1; ; copy++) {
    const file = `answers/${name}${copy > 1 ? `-${copy}` : ""}.txt`;
    if (!used.has(file.toLowerCase())) return file;
  }
}

function cannotWrite(folder: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new DiskError(`the recording cannot be written to ${folder}: ${reason}`, { cause });
}
