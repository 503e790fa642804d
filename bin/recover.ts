import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Design, writeDesign } from "../actions/write-design.ts";
import { Prd, writePrd } from "../actions/write-prd.ts";
import { Tasks, writeTasks } from "../actions/write-tasks.ts";
import type { Action } from "../src/action.ts";
import type { Json } from "../src/engine/steps.ts";
import { UsageError, unlessMissing } from "../src/errors.ts";
import { repair } from "../src/repair/index.ts";

/** A project that was begun: the documents it has count as they stand, and are not asked for again. */
export interface Begun {
  readonly idea: string;
  readonly given: Readonly<Record<string, Json>>;
}

/** Where the documents lie that can be edited while a run stands still, by their kinds. */
export const documentFiles = {
  WritePRD: "docs/prd.json",
  WriteDesign: "docs/system_design.json",
  WriteTasks: "docs/task.json",
} as const;

/** Reads the documents of a project that was begun, as they may have been edited meanwhile. */
export async function readBegun(path: string): Promise<Begun> {
  const folder = resolve(path);
  const read = async <I, D extends Json>(
    file: string,
    schema: Parameters<typeof repair<D>>[1],
    action: Action<I, D>,
    input?: I,
  ) => {
    const text = await unlessMissing(readFile(join(folder, file), "utf8"), undefined);
    if (text === undefined) return undefined;
    const reading = repair(text, schema, { accept: "exact" });
    const settled = reading.ok ? action.settle?.(reading.value as D, input as I) : undefined;
    const problems = reading.ok ? (settled?.problems ?? []) : reading.problems.map(({ message }) => message);
    if (!reading.ok || problems.length > 0)
      throw new UsageError(`${file} cannot be used: ${problems.join("; ")}`, {
        hint: `Correct it in ${folder}, or delete it.`,
      });
    return settled?.document ?? (reading.value as D);
  };

  const prd = await read(documentFiles.WritePRD, Prd, writePrd, { idea: "", language: "", projectName: "" });
  if (!prd) {
    throw new UsageError(`${folder} holds no project that was begun: there is no ${documentFiles.WritePRD}`, {
      hint: "Name the folder of a project that metagpt made.",
    });
  }
  const design = await read(documentFiles.WriteDesign, Design, writeDesign, { prd });
  const tasks = design && (await read(documentFiles.WriteTasks, Tasks, writeTasks, { prd, design }));
  const given = {
    [writePrd.name]: prd,
    ...(design && { [writeDesign.name]: design }),
    ...(tasks && { [writeTasks.name]: tasks }),
  };
  return { idea: prd.original_requirements, given };
}
