import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJournal } from "../src/engine/journal.ts";
import type { Json } from "../src/engine/steps.ts";
import { UsageError, unlessMissing } from "../src/errors.ts";
import { standingOf } from "../src/project/standing-of.ts";
import { writeRunFile } from "../src/workspace.ts";
import type { KeptRun } from "./kept-run.ts";
import { somebodyIsHere } from "./person.ts";
import { documentFiles, readBegun } from "./recover.ts";

/** Documents by kind that somebody wrote; the company does not ask for them. */
export type Documents = Readonly<Record<string, Json>>;

/** Keeps them in the folder of a run, which goes on with them whenever it is interrupted. */
export async function keepDocuments(folder: string, documents: Documents): Promise<void> {
  if (Object.keys(documents).length > 0)
    await writeRunFile(folder, "edits.json", `${JSON.stringify(documents, null, 2)}\n`);
}

/**
 * The documents that somebody has edited since the run wrote them, now or before an earlier interruption. Where nobody is
 * at the terminal to review them, those that waited for it count as they stand: whoever goes on has read them.
 */
export async function editedDocuments({ id, folder, input }: KeptRun): Promise<Documents> {
  const earlier = ((await readJson(folder, "edits.json")) ?? {}) as Documents;
  const project = (await readJson(folder, "project.json")) as { readonly folder: string } | undefined;
  if (!project) return earlier;
  const { written, laterRun } = await standingOf(project.folder, id, Object.values(documentFiles));
  if (laterRun !== undefined) {
    throw new UsageError(`${project.folder} has been changed since by the run ${laterRun}`, {
      hint: `Change it further with: metagpt "WHAT TO CHANGE" --project-path ${project.folder}`,
    });
  }
  const read = !input.options.review || somebodyIsHere() ? [] : await waitingForReview(folder);
  const edited = await Promise.all(
    Object.entries(documentFiles).map(async ([kind, path]) => {
      const before = written[path];
      const now = await readText(join(project.folder, path));
      const changed = before !== undefined && now !== before;
      return now !== undefined && (changed || read.includes(kind)) ? [kind] : [];
    }),
  );
  const kinds = edited.flat();
  if (kinds.length === 0) return earlier;
  const { given } = await readBegun(project.folder);
  const documents = { ...earlier, ...Object.fromEntries(kinds.map((kind) => [kind, given[kind] ?? null])) };
  await keepDocuments(folder, documents);
  return documents;
}

/** The kinds of documents that were shown to nobody. */
async function waitingForReview(folder: string): Promise<string[]> {
  const { records } = await readJournal(join(folder, "journal.jsonl"));
  return records.flatMap((record) =>
    "answer" in record && record.operation === "boss" && !record.settled ? (record.key.split("/")[1] ?? []) : [],
  );
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const text = await readText(join(folder, name));
  return text === undefined ? undefined : JSON.parse(text);
}

const readText = (file: string): Promise<string | undefined> => unlessMissing(readFile(file, "utf8"), undefined);
