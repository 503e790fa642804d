/** Above this many differing lines a file is shown as taken away and written anew; finding a shorter way takes too long. */
const longest = 2000;

/**
 * A unified diff for people, which `git apply` takes as well. Only the paths of `after` count: undefined is a deletion, a
 * path that `before` lacks an addition. Empty if nothing differs.
 */
export async function unifiedDiff(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { formatPatch, structuredPatch } = await import("diff");
  const changed = Object.keys(after)
    .sort()
    .map((path) => ({ path, old: Object.hasOwn(before, path) ? before[path] : undefined, now: after[path] }))
    .filter(({ old, now }) => old !== now);
  return changed
    .map(({ path, old, now }) => {
      const names = [`a/${path}`, `b/${path}`] as const;
      const whole = { maxEditLength: longest, context: 3 };
      const patch = structuredPatch(...names, old ?? "", now ?? "", undefined, undefined, whole);
      const hunks = patch?.hunks ?? [replacement(old ?? "", now ?? "")];
      return formatPatch({
        hunks,
        isGit: true,
        oldFileName: old === undefined ? "/dev/null" : names[0],
        newFileName: now === undefined ? "/dev/null" : names[1],
        oldHeader: undefined,
        newHeader: undefined,
        ...(old === undefined && { isCreate: true }),
        ...(now === undefined && { isDelete: true }),
      });
    })
    .join("");
}

function replacement(old: string, now: string) {
  const removed = marked(old, "-");
  const added = marked(now, "+");
  const count = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("\\")).length;
  return {
    oldStart: 1,
    oldLines: count(removed),
    newStart: 1,
    newLines: count(added),
    lines: [...removed, ...added],
  };
}

function marked(text: string, sign: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const ends = lines.at(-1) === "";
  if (ends) lines.pop();
  return [...lines.map((line) => sign + line), ...(ends ? [] : ["\\ No newline at end of file"])];
}
