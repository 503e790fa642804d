import { createHash } from "node:crypto";
import { lstat, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { unlessMissing } from "../errors.ts";
import { writeRunFile } from "../workspace.ts";

const file = "writing.json";

/** Path -> hash of what is written there. */
const Writing = z.record(z.string(), z.string());

/**
 * Remembers in the folder of a run what a step is about to write, until it has committed that: a run that is killed in
 * between knows its own work again. Gives what forgets it.
 */
export async function announce(runFolder: string, texts: Readonly<Record<string, string | undefined>>) {
  const written = Object.entries(texts).flatMap(([path, text]) => (text === undefined ? [] : [[path, hash(text)]]));
  await writeRunFile(runFolder, file, JSON.stringify(Object.fromEntries(written)));
  return () => rm(join(runFolder, file), { force: true });
}

/** The paths at which a project holds what a step had written and not committed when the run was killed. */
export async function brokenOff(runFolder: string, folder: string): Promise<ReadonlySet<string>> {
  const text = await unlessMissing(readFile(join(runFolder, file), "utf8"), "{}");
  const ours = new Set<string>();
  for (const [path, written] of Object.entries(Writing.parse(JSON.parse(text)))) {
    const found = await lstat(join(folder, path)).catch(() => undefined);
    if (found?.isFile() && hash(await readFile(join(folder, path))) === written) ours.add(path);
  }
  return ours;
}

const hash = (content: string | Buffer) => createHash("sha256").update(content).digest("hex").slice(0, 32);
