/** The folder of a path with its slash; empty for a file at the top. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

export const fileNameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The last name without its extension. */
export const stemOf = (path: string): string => fileNameOf(path).replace(/(?<=.)\.[^.]*$/, "");

/** The extension in lower case, without its dot. */
export const extensionOf = (path: string): string => /[^/]\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

/** What a relative path means in a folder; undefined if it leads out of the project. */
export function pathFrom(folder: string, relative: string): string | undefined {
  const names: string[] = [];
  for (const name of `${folder}/${relative}`.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.join("/");
}

/** The folders that hold a path, the nearest first, each with its slash; the last is the project itself, "". */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  let folder = folderOf(path);
  while (folder !== "") {
    folders.push(folder);
    folder = folderOf(folder.slice(0, -1));
  }
  return [...folders, ""];
}

/** Whether a file tests others, by its place or name. */
export const isTest = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|spec)\/|(?:^|\/)(?:test_[^/]*|conftest|[^/]*(?:_test|\.test|\.spec|Tests?))\.\w+$/.test(
    path,
  );
