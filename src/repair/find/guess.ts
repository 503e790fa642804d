import { jsonrepair } from "jsonrepair";
import { strictTree } from "../syntax/strict.ts";
import type { Tree } from "../syntax/tree.ts";
import type { Found } from "./search.ts";

// jsonrepair copies all it has written at every repair: 64 kB of missing commas take it 0.3 s, 256 kB half a minute.
const longest = 64_000;

/** What jsonrepair makes of a text in which nothing was found, unless it holds what was not written. */
export function guessed(text: string, start: number): Found | undefined {
  const written = text.slice(start);
  if (written.length > longest || !/[{[]/.test(written)) return undefined;
  const tree = repaired(written);
  if (!tree || (tree.type !== "object" && tree.type !== "list") || !isWritten(tree, written)) return undefined;
  tree.mends = [{ kind: "guess", start: 0, end: written.length, lossy: true }];
  // Places in its output are no places in the text.
  const source = { text, start, end: text.length, place: (at: number) => start + Math.min(at, written.length) };
  return { tree, source, start, end: text.length, closed: true, strict: false };
}

function repaired(text: string): Tree | undefined {
  try {
    return strictTree(jsonrepair(text), 0);
  } catch {
    return undefined;
  }
}

/** Whether every key and every value stands in the text. */
function isWritten(tree: Tree, text: string): boolean {
  const waiting = [tree];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    if (part.type === "object") {
      if (part.members.some(({ key }) => !text.includes(key))) return false;
      waiting.push(...part.members.map(({ value }) => value));
    } else if (part.type === "list") waiting.push(...part.items);
    else if (part.type === "text" && !text.includes(part.text)) return false;
    else if (part.type === "number" && !text.includes(part.source)) return false;
    else if (
      part.type === "literal" &&
      !new RegExp(part.value === null ? "null|none|undefined" : String(part.value), "i").test(text)
    )
      return false;
  }
  return true;
}
