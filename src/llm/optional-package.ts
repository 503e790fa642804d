import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Loads a package that is not among our own, because few need it: from the folder named, else from beside this program,
 * else from beside the user's project. Undefined where it is not installed.
 */
export async function optionalPackage<T>(name: string, folder?: string): Promise<T | undefined> {
  const bases = folder === undefined ? [import.meta.url, inside(process.cwd())] : [inside(resolve(folder))];
  for (const base of bases) {
    const file = entryOf(name, base);
    // An address that is known only now is no package that a bundler would look for.
    if (file !== undefined) return await import(pathToFileURL(file).href);
  }
  return undefined;
}

/** A file that need not exist: packages are looked for from its folder upwards. */
const inside = (folder: string) => pathToFileURL(join(folder, "index.js"));

function entryOf(name: string, base: string | URL): string | undefined {
  try {
    return createRequire(base).resolve(name);
  } catch {
    return undefined;
  }
}
