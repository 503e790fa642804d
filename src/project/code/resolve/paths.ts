/** The folder of a path; empty for the project's own. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** A folder and all above it, the nearest first, the project's own last. */
export function foldersAbove(folder: string): string[] {
  const found = [folder];
  for (let one = folder; one !== ""; ) {
    one = folderOf(one);
    found.push(one);
  }
  return found;
}

/** A path as seen from a folder; undefined if it leaves the project. */
export function joined(folder: string, path: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** The first of these that is a file of the project. */
export const firstOf = (candidates: readonly (string | undefined)[], paths: ReadonlySet<string>): string | undefined =>
  candidates.find((one) => one !== undefined && paths.has(one));

interface Index {
  /** File name -> the paths that end in it. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  /** Folder -> the files that stand in it. */
  readonly byFolder: ReadonlyMap<string, readonly string[]>;
}

const indexes = new WeakMap<ReadonlySet<string>, Index>();

/** The paths by name and by folder, made once for each set of paths. */
export function indexOf(paths: ReadonlySet<string>): Index {
  const known = indexes.get(paths);
  if (known) return known;
  const byName = new Map<string, string[]>();
  const byFolder = new Map<string, string[]>();
  for (const path of [...paths].sort()) {
    add(byName, path.slice(path.lastIndexOf("/") + 1), path);
    add(byFolder, folderOf(path), path);
  }
  const index = { byName, byFolder };
  indexes.set(paths, index);
  return index;
}

function add(map: Map<string, string[]>, key: string, path: string): void {
  const list = map.get(key);
  if (list) list.push(path);
  else map.set(key, [path]);
}

/** The path that ends in all of this one; of several the nearest to the top. */
export function endingIn(end: string, paths: ReadonlySet<string>): string | undefined {
  const name = end.slice(end.lastIndexOf("/") + 1);
  return (indexOf(paths).byName.get(name) ?? [])
    .filter((path) => path === end || path.endsWith(`/${end}`))
    .toSorted((a, b) => a.length - b.length)[0];
}
