import type { Node } from "web-tree-sitter";
import type { Finding } from "../source.ts";
import { oneLine } from "../text.ts";
import { lineOf } from "./nodes.ts";

const most = 20;

/** What a grammar could not read: brackets without their counterpart first, because the rest mostly follows from them. */
export function syntaxProblems(root: Node): Finding[] {
  if (!root.hasError) return [];
  const brackets = unbalanced(root);
  const found = brackets.length > 0 ? brackets : broken(root);
  return found.slice(0, most);
}

const counterparts: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

function unbalanced(root: Node): Finding[] {
  const open: { readonly type: string; readonly line: number }[] = [];
  const found: Finding[] = [];
  for (const { type, row } of leaves(root)) {
    const line = row + 1;
    if (type === "(" || type === "[" || type === "{") open.push({ type, line });
    const wanted = counterparts[type];
    if (wanted === undefined) continue;
    const last = open.pop();
    if (last?.type === wanted) continue;
    found.push({
      line,
      message: last ? `"${type}" closes the "${last.type}" of line ${last.line}` : `"${type}" closes nothing`,
    });
    // what follows a wrong bracket says little
    return found;
  }
  return open.slice(-1).map(({ type, line }) => ({ line, message: `"${type}" is never closed` }));
}

function* leaves(root: Node): Generator<{ type: string; row: number }> {
  const cursor = root.walk();
  try {
    for (;;) {
      if (cursor.gotoFirstChild()) continue;
      if (!cursor.nodeIsMissing) yield { type: cursor.nodeType, row: cursor.startPosition.row };
      while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return;
    }
  } finally {
    cursor.delete();
  }
}

function broken(root: Node): Finding[] {
  const found: Finding[] = [];
  const stack = [root];
  for (let node = stack.pop(); node && found.length < most; node = stack.pop()) {
    if (node.isMissing) {
      const what = node.type === "_newline" || node.type === "\n" ? "the end of the line" : `"${node.type}"`;
      found.push({ line: lineOf(node), message: `${what} is missing` });
    } else if (node.isError) {
      const code = oneLine(node.text.slice(0, 400), 60);
      found.push({
        line: lineOf(node),
        message: code ? `\`${code}\` cannot be read here` : "something is missing here",
      });
    } else if (node.hasError) {
      for (const child of node.children.toReversed()) if (child?.hasError || child?.isMissing) stack.push(child);
    }
  }
  return found;
}
