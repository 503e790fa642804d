import { endingIn, firstOf, folderOf, joined } from "./paths.ts";

/** A header beside the file, in a usual folder, or the one of the project whose path ends like this. */
export function resolveC(fromPath: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const folders = [folderOf(fromPath), "include", "src", "inc", "lib", ""];
  const near = firstOf(
    folders.map((folder) => joined(folder, specifier)),
    paths,
  );
  return near ?? endingIn(specifier.replace(/^(?:\.{1,2}\/)+/, ""), paths);
}
