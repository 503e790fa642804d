import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { unlessMissing } from "../../../src/errors.ts";
import { textOf } from "../../../src/runs/files.ts";
import { writeRunFile } from "../../../src/workspace.ts";

const Served = z.object({
  v: z.literal(1),
  /** Who asked for it. */
  caller: z.string(),
  /** An `open` one is worked on until it ends, also by the next server; the others are let be. */
  state: z.enum(["open", "ended", "cancelled"]),
  /** USD that stand on the account of the caller already. */
  settled: z.number().nonnegative(),
});

/** What a server keeps of a run that a caller has asked for. */
export type Served = Omit<z.infer<typeof Served>, "v">;

const name = "served.json";

/** Writes it into the folder of the run. */
export async function keepServed(folder: string, { caller, state, settled }: Served): Promise<void> {
  await writeRunFile(folder, name, `${JSON.stringify({ v: 1, caller, state, settled })}\n`);
}

/** What is kept in the folder of a run; undefined where no caller has asked for it. */
export async function readServed(folder: string): Promise<Served | undefined> {
  const text = await textOf(join(folder, name));
  if (text === undefined) return undefined;
  try {
    return Served.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The folder of the run with this id; undefined for what is no id, such as a path. */
export function folderOf(workspace: string, id: string): string | undefined {
  return isId(id) ? resolve(workspace, ".runs", id) : undefined;
}

/** All runs of a workspace that callers have asked for, the newest first. */
export async function* servedRuns(
  workspace: string,
): AsyncGenerator<{ readonly folder: string; readonly served: Served }> {
  const root = resolve(workspace, ".runs");
  const names = await unlessMissing(readdir(root), []);
  for (const id of names.filter(isId).sort().reverse()) {
    const folder = join(root, id);
    const served = await readServed(folder);
    if (served) yield { folder, served };
  }
}

const isId = (id: string) => /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(id);
