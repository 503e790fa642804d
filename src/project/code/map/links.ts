import { folderOf, joined } from "../resolve/paths.ts";
import { type ResolveOptions, resolveImport } from "../resolve-import.ts";
import type { Source } from "../source.ts";

/** Who refers to whom, and how strongly: by imports, by what a page loads, and by the use of names that another declares. */
export function linksOf(sources: ReadonlyMap<string, Source>, paths: ReadonlySet<string>, options: ResolveOptions) {
  const links = new Map<string, Map<string, number>>();
  const link = (from: string, to: string | undefined, weight: number) => {
    if (to === undefined || to === from || !paths.has(to)) return;
    const targets = links.get(from) ?? new Map<string, number>();
    targets.set(to, (targets.get(to) ?? 0) + weight);
    links.set(from, targets);
  };
  const declaring = declaringFiles(sources);
  for (const [path, source] of sources) {
    for (const { from, names } of source.imports) {
      link(path, resolveImport(path, from, source.language, paths, options), 1);
      if (source.language !== "python") continue;
      // what is taken from a package may be a module of it
      for (const name of names) {
        link(path, resolveImport(path, from.endsWith(".") ? `${from}${name}` : `${from}.${name}`, "python", paths), 1);
      }
    }
    for (const { to } of source.refers) link(path, joined(folderOf(path), to), 1);
    for (const word of source.words) {
      const owners = declaring.get(word) ?? [];
      for (const owner of owners) link(path, owner, 0.3 / owners.length);
    }
  }
  return links;
}

/** A name of several words, or a long one; others mean too many things. */
const isTelling = (name: string): boolean =>
  /[a-z0-9][A-Z]|[A-Za-z]_[A-Za-z]|^[A-Z][a-z]{4}/.test(name) || name.length > 11;

/** The names that few files declare, and which. */
function declaringFiles(sources: ReadonlyMap<string, Source>): Map<string, readonly string[]> {
  const files = new Map<string, Set<string>>();
  for (const [path, { declares }] of sources) {
    for (const { name, exported, imported } of declares) {
      if (!exported || imported || name.includes(".") || !isTelling(name)) continue;
      const known = files.get(name);
      if (known) known.add(path);
      else files.set(name, new Set([path]));
    }
  }
  return new Map([...files].filter(([, paths]) => paths.size <= 3).map(([name, paths]) => [name, [...paths]]));
}
