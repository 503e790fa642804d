import { constants } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DiskError, errorCode } from "../src/errors.ts";
import { writeWholeFile } from "../src/whole-file.ts";
import { shippedFile } from "./shipped.ts";

/** What `--init-config` did. */
export interface InitResult {
  /** The files written. */
  readonly written: readonly string[];
  /** Copies of files that were there before. */
  readonly kept: readonly string[];
}

/** Writes commented example files into a folder. A file that is already there is kept beside it as `.bak`. */
export async function initConfig(folder: string): Promise<InitResult> {
  const written: string[] = [];
  const kept: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const name of ["config2.yaml", "multi_llm_config.yaml"]) {
      const file = path.join(folder, name);
      const example = await readFile(shippedFile(`config/${name.replace(".yaml", ".example.yaml")}`), "utf8");
      const copy = await keepOld(file);
      // readable by its owner only, for keys will be written into it
      await writeWholeFile(file, example, { mode: 0o600 });
      written.push(file);
      if (copy !== undefined) kept.push(copy);
    }
  } catch (cause) {
    if (!(cause instanceof Error && errorCode(cause))) throw cause;
    throw new DiskError(`the example config cannot be written to ${folder}: ${cause.message}`, { cause });
  }
  return { written, kept };
}

/** Copies a file to the first of .bak, .bak.1, .bak.2 that is free; undefined where there is no file. */
async function keepOld(file: string): Promise<string | undefined> {
  for (let copy = 0; ; copy++) {
    const name = `${file}.bak${copy === 0 ? "" : `.${copy}`}`;
    try {
      await copyFile(file, name, constants.COPYFILE_EXCL);
      return name;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
}
