import { join, resolve } from "node:path";
import type { z } from "zod";
import { existing } from "../actions/existing.ts";
import { Design, writeDesign } from "../actions/write-design.ts";
import { Prd, writePrd } from "../actions/write-prd.ts";
import { Tasks, writeTasks } from "../actions/write-tasks.ts";
import type { Json } from "../src/engine/steps.ts";
import { UsageError } from "../src/errors.ts";
import type { Message } from "../src/message.ts";
import { readForeignDocuments } from "../src/project/foreign-documents/index.ts";
import { openRepository, type Repository } from "../src/project/repository/index.ts";
import { repair } from "../src/repair/index.ts";
import { nearest } from "../src/text.ts";
import type { Flags } from "./flags.ts";
import type { KeptInput } from "./kept-run.ts";

/** A repository that a run shall change. */
export interface Opened {
  readonly repository: Repository;
  /** What is known of it before the run: its files, and the documents it was made from. */
  readonly history: readonly Message[];
  /** Its text files: path -> text. */
  readonly files: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** The folder of the repository to change; undefined where something new is to be made. */
export function existingFolder(
  { inc = false, projectPath, projectName }: Flags,
  workspace: string,
): string | undefined {
  if (projectPath !== undefined) return resolve(projectPath);
  if (!inc) return undefined;
  if (projectName === undefined)
    throw new UsageError("--inc changes a project that exists, and none is named", {
      hint: "Name it with --project-path DIR, or --project-name NAME for one of the workspace.",
    });
  return join(workspace, projectName);
}

/** Opens a repository and reads what is in it. Nothing is changed yet. */
export async function openExisting(folder: string, { allowDirty = false }: Flags): Promise<Opened> {
  const repository = await openRepository(folder, { allowDirty });
  const { files, leftOut, closed } = await repository.read();
  const found = readForeignDocuments(files);
  const documents = [
    documentOf(writePrd.name, Prd, found.prd),
    documentOf(writeDesign.name, Design, found.design),
    documentOf(writeTasks.name, Tasks, found.tasks),
  ].filter((message) => message !== undefined);
  const documented = documents.length === 3;
  const named = leftOut.slice(0, 5).join(", ");
  return {
    repository,
    files,
    history: [messageOf(existing.name, { files, closed }), ...(documented ? documents : [])],
    warnings: [
      ...(leftOut.length > 0
        ? [`not read: ${named}${leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : ""}`]
        : []),
      ...(found.source !== "none" && !documented
        ? ["the documents of the repository are not complete, so the change is planned from its code"]
        : []),
    ],
  };
}

/** Opens a repository again that a run has begun to change. What it held then is what the run was given. */
export async function reopenExisting(folder: string, { history = [] }: KeptInput): Promise<Opened> {
  const repository = await openRepository(folder, { allowDirty: true, resuming: true });
  const kept = history.find(({ kind }) => kind === existing.name)?.document as { files: Opened["files"] } | undefined;
  return { repository, history, files: kept?.files ?? {}, warnings: [] };
}

/** Tests are written of a file that is there. */
export function refuseUnknownFile(path: string, { files, repository }: Opened): void {
  if (files[path] !== undefined) return;
  const meant = nearest(path, Object.keys(files));
  throw new UsageError(`there is no file ${path} in ${repository.folder}`, {
    hint: meant === undefined ? "Name it as it stands below the repository." : `Did you mean ${meant}?`,
  });
}

const messageOf = (kind: string, document: Json): Message => ({ kind, subject: "", from: "User", document });

/** A document in our own shape, as far as it can be brought into that. */
function documentOf<D extends Json>(kind: string, schema: z.ZodType<D>, document: unknown): Message | undefined {
  if (document === undefined) return undefined;
  const reading = repair(JSON.stringify(document), schema);
  return reading.ok ? messageOf(kind, reading.value) : undefined;
}
