import { z } from "zod";
import type { Json, Operation, Traits } from "../engine/steps.ts";
import type { Emit, NewEvent } from "../events.ts";
import { writeRunFile } from "../workspace.ts";
import type { WorkTree } from "./work-tree.ts";

const OpenProject = z.object({ name: z.string() });
const Commit = z.object({ message: z.string(), files: z.record(z.string(), z.string().nullable()) });
const SaveRaw = z.object({ file: z.string(), text: z.string() });

/** A project is opened by each execution, and finds what it has committed already; a raw answer is one that was of no use. */
export const rememberedEffects: Readonly<Record<string, Traits>> = {
  "open-project": { again: true },
  commit: { again: true },
  "save-raw": { rejects: (key) => key.replace(/^raw\//, "") },
};

/**
 * The effects of a run on the disk: the files and commits of its project, and its raw answers. Effects are applied one by
 * one, in order; what was done before the run was broken off is found done, and not told again. `folder` is that of the
 * project, once it is open.
 */
export function projectEffects({
  tree,
  runFolder,
  emit,
}: {
  readonly tree: WorkTree;
  readonly runFolder: string;
  readonly emit: Emit;
}): { readonly operations: Record<string, Operation>; readonly folder: () => string } {
  let project = "";
  const nothing: Json = null;
  const warn = (warnings: readonly string[]) => {
    for (const message of warnings) emit({ type: "warning", message });
  };

  const operations: Record<string, Operation> = {
    async "open-project"(input) {
      const { name, folder, warnings, branch } = await tree.open(OpenProject.parse(input).name);
      project = folder;
      emit({ type: "project", name, folder });
      if (branch !== undefined) emit({ type: "branch", name: branch });
      warn(warnings);
      return nothing;
    },
    async commit(input, { key }) {
      const { message, files } = Commit.parse(input);
      const { written, hash, warnings, branch, already, byHand } = await tree.commit({ key, message, files });
      if (already) return nothing;
      if (byHand) emit({ type: "commit", ...byHand, files: [...byHand.files] });
      warn(warnings);
      if (branch !== undefined) emit({ type: "branch", name: branch });
      emit({ type: "commit", message, files: [...written], hash });
      return nothing;
    },
    async note(input) {
      emit(input as unknown as NewEvent);
      return nothing;
    },
    async "save-raw"(input) {
      const { file, text } = SaveRaw.parse(input);
      await writeRunFile(runFolder, file, text);
      return nothing;
    },
  };
  const folder = () => {
    if (project === "") throw new Error("something was to be run before the project was opened");
    return project;
  };
  return { operations, folder };
}
