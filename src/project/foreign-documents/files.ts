import { cleanPath } from "../path.ts";
import { type Fields, field, listOf, rowsOf } from "./fields.ts";

/** Gives the file of the repository that a document names, or the name itself if there is none; nothing for no path. */
export type FindFile = (raw: string) => string[];

/** MetaGPT names files without the folder that its code is in: the one that has most of what the documents name. */
export function fileFinder(design: Fields, tasks: Fields, repository: readonly string[]): FindFile {
  const there = new Set(repository);
  const byName = new Map<string, string[]>();
  for (const path of repository) byName.set(nameOf(path), [...(byName.get(nameOf(path)) ?? []).slice(0, 50), path]);
  const votes = new Map<string, number>();
  for (const path of new Set(designedFiles(design, tasks, plainFile))) {
    for (const other of byName.get(nameOf(path)) ?? []) {
      const folder = other === path ? "" : other.endsWith(`/${path}`) ? other.slice(0, -path.length) : undefined;
      if (folder !== undefined) votes.set(folder, (votes.get(folder) ?? 0) + 1);
    }
  }
  const [folder = ""] = [...votes].sort(([a, count], [b, other]) => other - count || a.length - b.length)[0] ?? [];
  return (raw) =>
    plainFile(raw).map((path) => {
      if (there.has(folder + path)) return folder + path;
      // later versions name files from the root of the disk
      const within = (byName.get(nameOf(path)) ?? []).find((other) => path.endsWith(`/${other}`));
      return within ?? path;
    });
}

/** The files of the design and of the tasks, each once. */
export function designedFiles(design: Fields, tasks: Fields, find: FindFile): string[] {
  const listed = [...listOf(field(design, "file list")), ...listOf(field(tasks, "task list"))];
  return [...new Set([...listed.flatMap(find), ...logicOf(tasks, find).map(([path]) => path)])];
}

/** What the tasks say of each file, in their order. */
export function logicOf(tasks: Fields, find: FindFile): [string, string][] {
  return rowsOf(field(tasks, "logic analysis")).flatMap(([name = "", ...words]) =>
    find(name).map((path): [string, string] => [path, words.join(" ").trim()]),
  );
}

/** A path with an extension and without blanks; sentences and folders are none. */
function plainFile(raw: string): string[] {
  const cleaned = cleanPath(raw.replace(/^`|`$/g, "").replace(/^\/+/, ""));
  return "refused" in cleaned || !/^\S+\.\w+$/.test(cleaned.path) ? [] : [cleaned.path];
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
