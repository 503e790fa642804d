import type { Node } from "web-tree-sitter";
import type { Declaration } from "../source.ts";
import { oneLine } from "../text.ts";

export const lineOf = (node: Node): number => node.startPosition.row + 1;

export const field = (node: Node | null | undefined, name: string): Node | undefined =>
  node?.childForFieldName(name) ?? undefined;

export const named = (node: Node | null | undefined): Node[] =>
  node ? node.namedChildren.filter((child): child is Node => child !== null && !child.isExtra) : [];

/** All nodes of these kinds below one, in the order of the text. */
export const below = (node: Node | null | undefined, ...types: string[]): Node[] =>
  node ? node.descendantsOfType(types).filter((one): one is Node => one?.isNamed === true) : [];

export const textIn = (node: Node | null | undefined, name: string): string => field(node, name)?.text ?? "";

/** What a node stands in, the nearest first. */
export interface Outer {
  readonly node: Node;
  readonly outer: Outer | undefined;
}

/** All nodes of some kinds, each with those of other kinds that it stands in. One pass, however deep the tree is. */
export function withOuter(root: Node, wanted: readonly string[], outside: readonly string[]): Outer[] {
  const found: Outer[] = [];
  const levels: (Outer | undefined)[] = [];
  const cursor = root.walk();
  try {
    for (;;) {
      const outer = levels.at(-1);
      const type = cursor.nodeType;
      const isOutside = outside.includes(type);
      const one = isOutside || wanted.includes(type) ? { node: cursor.currentNode, outer } : undefined;
      if (one?.node.isNamed && wanted.includes(type)) found.push(one);
      if (cursor.gotoFirstChild()) {
        levels.push(isOutside ? one : outer);
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return found;
        levels.pop();
      }
    }
  } finally {
    cursor.delete();
  }
}

/** The nearest of one of these kinds; what is hundreds of levels away counts for nothing. */
export function nearest({ outer }: Outer, ...types: string[]): Outer | undefined {
  let one = outer;
  for (let steps = 0; one && steps < 500; steps++) {
    if (types.includes(one.node.type)) return one;
    one = one.outer;
  }
  return undefined;
}

/** A declaration up to its body, on one line. */
export function headOf(node: Node, body: Node | null | undefined, text: string): string {
  const head = oneLine(text.slice(node.startIndex, body?.startIndex ?? node.endIndex));
  return head.replace(/\s*[{:;=]$/, "");
}

export const declaration = (
  name: string,
  kind: Declaration["kind"],
  node: Node,
  rest: Pick<Declaration, "exported" | "signature"> & Partial<Declaration>,
): Declaration => ({ name, kind, line: lineOf(node), ...rest });
