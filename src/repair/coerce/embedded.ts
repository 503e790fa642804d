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
