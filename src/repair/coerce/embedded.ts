import { fences } from "../fences.ts";
import { search } from "../find/search.ts";
import { strictTree } from "../syntax/strict.ts";
import { tolerantTree } from "../syntax/tolerant.ts";
import type { Tree } from "../syntax/tree.ts";
import type { Wanted } from "../wanted.ts";

/** The object or list that a text is as a whole, malformed or not; undefined where it is anything else. */
export function embedded(text: string, wanted: Wanted, bracket: "{" | "["): Tree | undefined {
  const start = text.search(/\S/);
  if (start < 0 || text[start] !== bracket) return undefined;
  const end = text.trimEnd().length;
  const strict = strictTree(text, start);
  if (strict?.end === end) return strict;
  if (text[end - 1] !== (bracket === "{" ? "}" : "]")) return undefined;
  const read = tolerantTree(text, start, end, { wanted, truncated: false });
  return read?.closed && read.end === end && !read.tree.mends?.some(({ lossy }) => lossy) ? read.tree : undefined;
}

const longest = 500_000;

/** The largest object in a text that holds one among other words, as the answer within a wrapping may. */
export function within(text: string, wanted: Wanted): Tree | undefined {
  if (text.length > longest || !/[{｛]/.test(text)) return undefined;
  let best: Tree | undefined;
  for (const found of search(text, 0, { wanted, truncated: false, blocks: fences(text) })) {
    if (found.inner) break;
    const larger = !best || found.tree.end - found.tree.start > best.end - best.start;
    if (found.tree.type === "object" && larger) best = found.tree;
  }
  return best;
}
