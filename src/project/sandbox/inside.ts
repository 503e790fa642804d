import { relative, sep } from "node:path";

/** Whether an absolute path is the folder or lies in it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !/^[a-z]:/i.test(way);
}
