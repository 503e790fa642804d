import { foldersAbove } from "../paths.ts";

/**
 * The folders, each with its slash, in which Python looks for what a file imports by an absolute name: those above it
 * that are no package, where it can have been started, and `src`.
 */
export const pythonRoots = (paths: ReadonlySet<string>, path: string): string[] => [
  ...new Set([...foldersAbove(path).filter((folder) => folder === "" || !paths.has(`${folder}__init__.py`)), "src/"]),
];

/** Whether a root has a module of that name. */
export const hasModule = (
  paths: ReadonlySet<string>,
  folders: ReadonlySet<string>,
  roots: readonly string[],
  name: string,
): boolean =>
  roots.some(
    (root) => paths.has(`${root}${name}.py`) || paths.has(`${root}${name}.pyi`) || folders.has(`${root}${name}/`),
  );

/** The folders with Python files in or below them: packages, also without an `__init__.py`. */
export const pythonFolders = (paths: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...paths].filter((path) => /\.pyi?$/.test(path)).flatMap(foldersAbove));
