import { endingIn, firstOf, folderOf, foldersAbove, indexOf, joined } from "./paths.ts";

/** `a.b.C` is `a/b/C.java` below a source folder, `a.b.C.D` is in the same file, and `a.b` is a folder. */
export function resolveJava(fromPath: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const parts = specifier.split(".");
  const roots = foldersAbove(folderOf(fromPath));
  for (const length of [parts.length, parts.length - 1]) {
    const end = parts.slice(0, length).join("/");
    if (length < 1 || (length < parts.length && !/^[A-Z]/.test(parts[length - 1] ?? ""))) break;
    const near = firstOf(
      roots.map((root) => joined(root, `${end}.java`)),
      paths,
    );
    const found = near ?? (length > 1 ? endingIn(`${end}.java`, paths) : undefined);
    if (found !== undefined) return found;
  }
  const folder = parts.join("/");
  for (const root of [...roots, "src/main/java", "src"]) {
    const inside = indexOf(paths).byFolder.get(joined(root, folder) ?? "");
    const file = inside?.find((path) => path.endsWith(".java"));
    if (file !== undefined) return file;
  }
  return undefined;
}
