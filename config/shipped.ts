import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The path of a file that comes with the program, wherever it is installed and however it was built. */
export function shippedFile(relative: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  let folder = here;
  while (!isPackageRoot(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json of metagpt above ${here}`);
    folder = parent;
  }
  return join(folder, relative);
}

function isPackageRoot(folder: string): boolean {
  const file = join(folder, "package.json");
  return existsSync(file) && /^ {0,4}"name":\s*"metagpt"/m.test(readFileSync(file, "utf8"));
}
