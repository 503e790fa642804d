import { firstOf, folderOf, foldersAbove, indexOf, joined } from "./paths.ts";

/** `..a.b` from the packages above, `a.b` from the project, its `src`, or the folder that a script is started in. */
export function resolvePython(fromPath: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const [, dots = "", rest = ""] = /^(\.*)([\s\S]*)$/.exec(specifier) ?? [];
  const path = rest.replaceAll(".", "/");
  const folder = folderOf(fromPath);
  if (dots !== "") {
    const base = joined(folder, "../".repeat(dots.length - 1));
    return base === undefined ? undefined : moduleAt(joined(base, path), paths);
  }
  const roots = new Set(["", "src", "lib", ...foldersAbove(folder).flatMap((one) => [one, joined(one, "src")])]);
  for (const root of roots) {
    const found = root === undefined ? undefined : moduleAt(joined(root, path), paths);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A module, a package, or a folder of modules without `__init__.py`. */
function moduleAt(path: string | undefined, paths: ReadonlySet<string>): string | undefined {
  if (path === undefined) return undefined;
  const init = path === "" ? "__init__.py" : `${path}/__init__.py`;
  const file = firstOf([...(path === "" ? [] : [`${path}.py`]), init, `${path}.pyi`], paths);
  return (
    file ??
    indexOf(paths)
      .byFolder.get(path)
      ?.find((one) => one.endsWith(".py"))
  );
}
