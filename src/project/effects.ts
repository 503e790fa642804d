import { z } from "zod";
import type { Json, Operation } from "../engine/steps.ts";
import type { Emit, NewEvent } from "../events.ts";
import { writeRunFile } from "../workspace.ts";
import type { WorkTree } from "./work-tree.ts";

const OpenProject = z.object({ name: z.string() });
const Commit = z.object({ message: z.string(), files: z.record(z.string(), z.string().nullable()) });
const SaveRaw = z.object({ file: z.string(), text: z.string() });

/**
 * The effects of a run on the disk: the files and commits of its project, and its raw answers. Effects are applied one by
 * one, in order. `folder` is that of the project, once it is open.
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
      const { name, folder, warnings } = await tree.open(OpenProject.parse(input).name);
      project = folder;
      emit({ type: "project", name, folder });
      warn(warnings);
      return nothing;
    },
    async commit(input) {
      const { message, files } = Commit.parse(input);
      const { written, hash, warnings, branch } = await tree.commit(message, files);
      warn(warnings);
      if (branch !== undefined) emit({ type: "branch", name: branch });
      emit({ type: "commit", message, files: written, hash });
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
