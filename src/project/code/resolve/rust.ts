import { firstOf, folderOf, foldersAbove, joined } from "./paths.ts";

/** Modules from the root of the crate, from this file (`self`) or the one above (`super`); types in them are left off. */
export function resolveRust(
  fromPath: string,
  specifier: string,
  paths: ReadonlySet<string>,
  { rustCrate }: { readonly rustCrate?: string },
): string | undefined {
  const [first = "", ...rest] = specifier.split("::");
  // a type holds variants and functions, and is no file
  const last = rest.findIndex((part) => /^[A-Z]/.test(part));
  const parts = last < 0 ? rest : rest.slice(0, last);
  if (first === "crate") return inCrate(fromPath, parts, paths);
  if (first === "self") return parts.length === 0 ? fromPath : moduleIn(ownFolder(fromPath), parts, paths);
  if (first === "super") {
    let levels = 1;
    while (parts[levels - 1] === "super") levels += 1;
    const folder = joined(ownFolder(fromPath), "../".repeat(levels));
    return folder === undefined ? undefined : moduleIn(folder, parts.slice(levels - 1), paths);
  }
  const inside = moduleIn(ownFolder(fromPath), [first, ...parts], paths);
  if (inside !== undefined) return inside;
  return rustCrate !== undefined && first === rustCrate.replaceAll("-", "_")
    ? inCrate(fromPath, parts, paths)
    : undefined;
}

/** The folder in which the modules of a file stand. */
function ownFolder(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isRoot = name === "mod.rs" || name === "main.rs" || name === "lib.rs";
  return isRoot || /(?:^|\/)(?:tests|examples|benches|bin)\/[^/]*$/.test(path)
    ? folderOf(path)
    : path.replace(/\.rs$/, "");
}

/** The file of a module; the module of a folder itself where no names are left. */
function moduleIn(folder: string, parts: readonly string[], paths: ReadonlySet<string>): string | undefined {
  if (parts.length === 0) {
    const inside = (name: string) => (folder === "" ? name : `${folder}/${name}`);
    return firstOf([`${folder}.rs`, inside("mod.rs"), inside("lib.rs"), inside("main.rs")], paths);
  }
  const path = joined(folder, parts.join("/"));
  return firstOf([`${path}.rs`, `${path}/mod.rs`], paths);
}

function inCrate(fromPath: string, parts: readonly string[], paths: ReadonlySet<string>): string | undefined {
  for (const above of foldersAbove(folderOf(fromPath))) {
    for (const folder of [above, joined(above, "src") ?? above]) {
      const root = ["lib.rs", "main.rs"].some((name) => paths.has(folder === "" ? name : `${folder}/${name}`));
      if (root) return moduleIn(folder, parts, paths);
    }
  }
  return undefined;
}
