import { z } from "zod";
import type { Json, Operation } from "../engine/steps.ts";
import type { Emit, NewEvent } from "../events.ts";
import { openProject, writeFiles, writeRunFile } from "../workspace.ts";
import { type History, openHistory } from "./history.ts";

const OpenProject = z.object({ name: z.string() });
const Commit = z.object({ message: z.string(), files: z.record(z.string(), z.string()) });
const SaveRaw = z.object({ file: z.string(), text: z.string() });

/**
 * The effects of a run on the disk: its project folder with a git history, and its raw answers. Effects are applied
 * one by one, in order.
 */
export function projectEffects({
  workspace,
  runFolder,
  emit,
}: {
  readonly workspace: string;
  readonly runFolder: string;
  readonly emit: Emit;
}): Record<string, Operation> {
  let project: { folder: string; history: History } | undefined;
  const nothing: Json = null;

  return {
    async "open-project"(input) {
      const { folder, name } = await openProject(workspace, OpenProject.parse(input).name);
      project = { folder, history: await openHistory(folder) };
      emit({ type: "project", name, folder });
      if (!project.history.available) {
        emit({ type: "warning", message: "git is not installed: the files are written, but without a history" });
      }
      return nothing;
    },
    async commit(input) {
      if (!project) throw new Error("a document was published before the project was opened");
      const { message, files } = Commit.parse(input);
      const { written, warnings } = await writeFiles(project.folder, files);
      for (const warning of warnings) emit({ type: "warning", message: warning });
      emit({ type: "commit", message, files: written, hash: await project.history.commit(message, written) });
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
}
