/**
 * How much each file matters: a reader who starts at random, likelier where the seeds are high, and follows the links
 * from file to file, is there that often.
 */
export function rank(
  paths: readonly string[],
  links: ReadonlyMap<string, ReadonlyMap<string, number>>,
  seeds: ReadonlyMap<string, number>,
): Map<string, number> {
  const total = paths.reduce((sum, path) => sum + (seeds.get(path) ?? 0), 0);
  const start = new Map(paths.map((path) => [path, total > 0 ? (seeds.get(path) ?? 0) / total : 1 / paths.length]));
  const sums = new Map([...links].map(([from, targets]) => [from, [...targets.values()].reduce((a, b) => a + b, 0)]));
  let ranks = start;
  for (let round = 0; round < 30; round++) {
    const next = new Map<string, number>();
    let lost = 0;
    for (const path of paths) {
      const own = ranks.get(path) ?? 0;
      const targets = links.get(path);
      if (!targets) lost += own;
      for (const [to, weight] of targets ?? []) {
        next.set(to, (next.get(to) ?? 0) + (follow * own * weight) / (sums.get(path) ?? 1));
      }
    }
    // who has come to an end starts again
    for (const [path, share] of start) next.set(path, (next.get(path) ?? 0) + (1 - follow + follow * lost) * share);
    ranks = next;
  }
  return ranks;
}

const follow = 0.5;
