import { endingIn, firstOf, folderOf, joined } from "./paths.ts";

/** A file beside this one or below the project, or a class whose namespace ends like a path: `App\Game\Board`. */
export function resolvePhp(fromPath: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  if (/\.\w+$/.test(specifier)) {
    return firstOf([joined(folderOf(fromPath), specifier), joined("", specifier)], paths);
  }
  const parts = specifier.split("\\").filter((part) => part !== "");
  for (let from = 0; from < Math.min(parts.length, 10); from++) {
    const found = endingIn(`${parts.slice(from).join("/")}.php`, paths);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function resolveRuby(fromPath: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const file = specifier.endsWith(".rb") ? specifier : `${specifier}.rb`;
  return firstOf(
    [folderOf(fromPath), "lib", ""].map((folder) => joined(folder, file)),
    paths,
  );
}
