import type { Desk } from "../../src/desk.ts";

/** Has these files written anew, all at once; one stays as it was if its question fails. */
export const rewriteEach = (
  desk: Desk,
  paths: readonly string[],
  code: Readonly<Record<string, string>>,
  rewrite: (path: string) => Promise<string>,
): Promise<Record<string, string>> =>
  desk.each(paths, async (path) => {
    try {
      return await rewrite(path);
    } catch (error) {
      desk.missing(error, `change of ${path}`);
      return code[path] ?? "";
    }
  });
