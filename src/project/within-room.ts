/**
 * Some of these files, the first first, as long as there is room for their text. One that would take more than half of
 * the room comes after the others, so that it does not push them out.
 */
export function withinRoom(
  paths: readonly string[],
  files: Readonly<Record<string, string>>,
  room: number,
): { path: string; code: string }[] {
  const known = paths.flatMap((path) => (files[path] ? [{ path, code: files[path] }] : []));
  const small = known.filter(({ code }) => code.length <= room / 2);
  let left = room;
  const shown = new Set<string>();
  for (const { path, code } of [...small, ...known.filter((file) => !small.includes(file))]) {
    if (code.length > left) continue;
    left -= code.length;
    shown.add(path);
  }
  return known.filter(({ path }) => shown.has(path));
}
