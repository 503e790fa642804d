import type { link } from "node:fs/promises";
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { CompanyError, exitCodes, onDisk, unlessMissing } from "../errors.ts";
import { minuteOf } from "../text.ts";
import { claimFile, clearDrafts } from "./claim-file.ts";
import { lives, ProcessMark, thisProcess } from "./process.ts";

/** The right to work on a run. It ends with the process, however that ends. */
export interface Lock {
  release(): Promise<void>;
}

/** Who works on a run. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Its lock. */
  readonly file: string;
  /** Whether it was seen to live; a process elsewhere is only believed to. */
  readonly seen: boolean;
}

/** Another process works on the run. */
export class BusyError extends CompanyError {
  readonly exitCode = exitCodes.busy;
  readonly holder: Holder;

  constructor(run: string, holder: Holder) {
    const { pid, host, since, file, seen } = holder;
    super(`the run ${run} is in use: process ${pid} on ${host} has been at work on it since ${minuteOf(since)}`, {
      hint: seen
        ? `Wait until it ends, or end it with: kill ${pid}`
        : `It cannot be seen from here. If that machine or container is gone, delete ${file}`,
    });
    this.holder = holder;
  }
}

const Claim = ProcessMark.extend({ since: z.string() });
type Claim = z.infer<typeof Claim>;

/**
 * Takes the right to work on the run of this folder; no two processes ever have it at once. Throws a BusyError that
 * tells who has it. Nothing has to be renewed, so neither a sleeping machine nor a wrong clock loses it.
 */
export async function lockRun(folder: string, { linking }: { readonly linking?: typeof link } = {}): Promise<Lock> {
  const text = `${JSON.stringify({ ...(await thisProcess()), since: new Date().toISOString() } satisfies Claim)}\n`;
  for (;;) {
    const numbers = await locking(folder, () => numbersIn(folder));
    const holder = await locking(folder, () => holderAmong(folder, numbers));
    if (holder) throw new BusyError(basename(folder), holder);
    const own = Math.max(0, ...numbers) + 1;
    const file = join(folder, `lock.${own}`);
    if (!(await locking(folder, () => claimFile(file, text, linking)))) continue;
    const release = () => locking(folder, () => removeOwn(file, text));
    if (await locking(folder, () => settledAlone(folder, own)).catch(andThen(release))) return { release };
    await release();
    // another one has come at the same time: whose turn it is must not be decided by who waits for whom
    await sleep(Math.random() * 50);
  }
}

/** Who works on the run of this folder, if anybody does. */
export async function holderOf(folder: string): Promise<Holder | undefined> {
  return holderAmong(folder, await numbersIn(folder));
}

/**
 * Whether nobody else had made a claim when ours was complete. Each looks after its own claim can be read, so of two who
 * come at once at least one sees the other; that is why an unfinished claim of somebody else need not be waited for.
 */
async function isAlone(folder: string, own: number): Promise<boolean> {
  const others = (await numbersIn(folder)).filter((number) => number !== own);
  return (await holderAmong(folder, others)) === undefined;
}

/** The same, and the place is tidied by who has it. */
async function settledAlone(folder: string, own: number): Promise<boolean> {
  const alone = await isAlone(folder, own);
  if (alone) await clearDrafts(folder);
  return alone;
}

/** The numbers of all claims, also of those whose process is dead: they stay, for only its maker removes a claim. */
async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^lock\.(\d{1,15})$/.exec(name)?.[1] ?? []).map(Number);
}

/** The newest of these claims whose process lives. */
async function holderAmong(folder: string, numbers: readonly number[]): Promise<Holder | undefined> {
  for (const number of numbers.toSorted((a, b) => b - a)) {
    const file = join(folder, `lock.${number}`);
    const claim = claimIn(await textOf(file));
    const alive = claim && (await lives(claim));
    if (alive === undefined || alive === "no") continue;
    const { pid, host, since } = claim as Claim;
    return { pid, host, since, file, seen: alive === "yes" };
  }
  return undefined;
}

/** Undefined for a claim that was never finished. */
function claimIn(text: string): Claim | undefined {
  try {
    return Claim.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Somebody may have deleted our claim, as the error suggests, and another process may have taken its number. */
async function removeOwn(file: string, text: string): Promise<void> {
  if ((await textOf(file)) === text) await rm(file, { force: true });
}

const textOf = (file: string): Promise<string> => unlessMissing(readFile(file, "utf8"), "");

const andThen =
  (tidy: () => Promise<void>) =>
  async (error: unknown): Promise<never> => {
    await tidy();
    throw error;
  };

const locking = <T>(folder: string, work: () => Promise<T>): Promise<T> =>
  onDisk(work, (code) => ({
    message: `the run in ${folder} cannot be locked (${code})`,
    hint: code === "ENOSPC" ? "Free some space on the disk, then go on." : "Check the folder and its permissions.",
  }));
