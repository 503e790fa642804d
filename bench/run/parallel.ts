import { openCompany } from "./company.ts";
import { atMost, type Figure } from "./figures.ts";
import { writerOf } from "./model.ts";
import { documentCalls, sentBack, treeOf, usesOf } from "./product.ts";

const wait = 1000;

/**
 * How near a run comes to its longest chain of calls when each takes a second and nobody has to queue: the three
 * documents, then along the graph the writing and review of each file, twice where it is sent back.
 */
export async function parallel(size: number): Promise<Figure> {
  const product = treeOf(size);
  const again = sentBack(product);
  const uses = usesOf(product);
  const until = (path: string): number =>
    (again.has(path) ? 4 : 2) + Math.max(0, ...(uses[path] ?? []).map((used) => until(used)));
  const longest = documentCalls + Math.max(...Object.keys(uses).map(until));

  const company = await openCompany(writerOf(product), { wait });
  try {
    const took = await company.run([product.idea, "--concurrency", String(size)]);
    const calls = documentCalls + 2 * size + 2 * again.size;
    if (company.calls.length !== calls) throw new Error(`${company.calls.length} calls instead of ${calls}`);
    const first = Math.min(...company.calls.map(({ asked }) => asked));
    const last = Math.max(...company.calls.map(({ answered }) => answered));
    const { seconds, own, git, peak } = took;
    const ratio = (last - first) / 1000 / longest;
    const whole = seconds / longest;
    return {
      ...{ what: `${size} files in a tree, one second a call`, calls, seconds, own, git, peak },
      compared: `${ratio.toFixed(3)} of its longest chain of ${longest} calls; ${whole.toFixed(3)} the whole program`,
      target: atMost(1.05, "times", ratio),
    };
  } finally {
    await company.close();
  }
}
