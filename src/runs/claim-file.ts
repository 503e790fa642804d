import { randomUUID } from "node:crypto";
import { link, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../errors.ts";
import { exists } from "./process.ts";

/**
 * Makes a file with this text; false if something of that name exists. The file appears with its whole text. Only where
 * the file system knows no hard links, it may be seen empty for a moment, and stays so if the process is killed then.
 */
export async function claimFile(file: string, text: string, linking: typeof link = link): Promise<boolean> {
  const draft = join(dirname(file), `.lock.${process.pid}.${randomUUID()}.tmp`);
  try {
    await write(draft, text);
    return await madeNew(() => linking(draft, file).catch(unlessThere(() => write(file, text))));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes what processes left that were killed in the middle of a claim. One that still lives would do without it. */
export async function clearDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^\.lock\.(\d+)\.[\w-]+\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !exists(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

async function madeNew(make: () => Promise<void>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Systems say in many ways that they know no hard links; whatever else is wrong is wrong for the other way too. */
const unlessThere = (otherWay: () => Promise<void>) => (error: unknown) => {
  if (errorCode(error) === "EEXIST") throw error;
  return otherWay();
};

/** Writes a new file down to the disk; what cannot be written whole is taken away again. */
async function write(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
