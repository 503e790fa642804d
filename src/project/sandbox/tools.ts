import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { searchPath } from "./environment.ts";

/** Which programs exist, and where: the first of that name on PATH that can be run. */
export async function toolsOnPath(names: readonly string[]): Promise<Record<string, string | undefined>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await find(name)] as const)));
}

async function find(name: string): Promise<string | undefined> {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat", ""] : [""];
  for (const directory of searchPath()) {
    for (const ending of endings) {
      const file = join(directory, name + ending);
      try {
        await access(file, constants.X_OK);
        return file;
      } catch {
        // the next one
      }
    }
  }
  return undefined;
}
