import { fold } from "../fold.ts";
import type { Wanted } from "../wanted.ts";
import { bracketOf } from "./chars.ts";
import type { ListTree, ObjectTree } from "./tree.ts";

/** An object or a list that is being read. */
export interface Frame {
  readonly tree: ObjectTree | ListTree;
  readonly wanted: Wanted;
  /** The bracket that ends it: `)` or `}` for a list of another language. */
  readonly closer: "}" | "]" | ")";
  /** The names of the wanted members that were read. */
  seen: Set<string> | undefined;
  /** The key whose value comes next. */
  key: { readonly text: string; readonly start: number; readonly end: number } | undefined;
  /** What was read last. */
  last: "open" | "value" | "comma";
  commas: number;
}

/** How far the reader of a text has come: what is open around the next character. */
export interface Place {
  readonly text: string;
  /** Where the part of the text ends that is read. */
  readonly end: number;
  readonly frames: readonly Frame[];
  /** The text was cut by the output limit: nothing at its end is taken for a fault of its own. */
  readonly truncated: boolean;
  /** Where each key of the schema is named last in the text; shared by all that read it. */
  readonly lastKeys: Map<string, number>;
  /** How often a text without an end may still be read a second time. */
  second: number;
}

/** Whether a closing bracket fits what is open at a level. */
export function fits(place: Place, level: number, closer: string | undefined): boolean {
  const frame = place.frames[level];
  if (!frame || closer === undefined) return false;
  if (closer === ")") return frame.closer === ")";
  return bracketOf[closer] === (frame.closer === ")" ? "]" : frame.closer);
}

/** The name a key has among those wanted in a frame. */
export const nameIn = (frame: Frame | undefined, key: string): string | undefined =>
  frame?.tree.type === "object" && frame.wanted.names.size > 0
    ? (frame.wanted.names.get(key) ?? frame.wanted.names.get(fold(key)))
    : undefined;

/** Whether the object at a level waits for this key. */
export function awaits(frame: Frame | undefined, key: string): boolean {
  const name = nameIn(frame, key);
  return name !== undefined && !frame?.seen?.has(name);
}

/** Whether any name may be a member of the object. */
export const isOpen = (frame: Frame): boolean => frame.wanted.keys.length === 0 || frame.wanted.open;

/** The innermost object at or below `level` that waits for this key. */
export function ownerOf({ frames }: Place, level: number, key: string): number | undefined {
  const lowest = Math.max(0, level - 20);
  for (let at = level; at >= lowest; at--) if (awaits(frames[at], key)) return at;
  return undefined;
}

/** Whether the outermost object waits for a key that is named further on, so that it cannot end at `at`. */
export function namedLater({ text, frames, lastKeys }: Place, at: number): boolean {
  const [root] = frames;
  if (root?.tree.type !== "object") return false;
  return root.wanted.keys.some((name) => {
    if (root.seen?.has(name)) return false;
    let last = lastKeys.get(name);
    if (last === undefined) {
      last = text.lastIndexOf(`"${name}"`);
      lastKeys.set(name, last);
    }
    return last >= at;
  });
}
