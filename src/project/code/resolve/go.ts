import { folderOf, indexOf, joined } from "./paths.ts";

/** A package is a folder below its module; what stands for it is its first file that is no test. */
export function resolveGo(
  fromPath: string,
  specifier: string,
  paths: ReadonlySet<string>,
  { goModule, goFolder = "" }: { readonly goModule?: string; readonly goFolder?: string },
): string | undefined {
  const folder = specifier.startsWith(".")
    ? joined(folderOf(fromPath), specifier)
    : goModule !== undefined && (specifier === goModule || specifier.startsWith(`${goModule}/`))
      ? joined(goFolder, specifier.slice(goModule.length))
      : undefined;
  if (folder === undefined) return undefined;
  const files =
    indexOf(paths)
      .byFolder.get(folder)
      ?.filter((path) => path.endsWith(".go")) ?? [];
  return files.find((path) => !path.endsWith("_test.go")) ?? files[0];
}
