import type { Node } from "web-tree-sitter";
import type { Unfinished } from "../source.ts";
import { emptyBody, isBaseName, isNoop, saysTodo, throwingBody, todoBody } from "../stub.ts";
import { below, lineOf, named } from "./nodes.ts";

/** A function with a body, as far as it matters whether that body was written. */
export interface Body {
  readonly node: Node;
  readonly name: string;
  /** The class of a method. */
  readonly owner?: string | undefined;
  /** The function itself where its grammar has no node for a body without statements. */
  readonly body: Node | undefined;
  /** Doing nothing can be what it is for: a constructor, an override. */
  readonly mayBeEmpty?: boolean;
}

/** The functions that were left to be written; `givesUp` knows a statement that says "not implemented". */
export function unfinishedIn(bodies: readonly Body[], givesUp: (statement: string) => boolean): Unfinished[] {
  return bodies.flatMap(({ node, name, owner, body, mayBeEmpty }): Unfinished[] => {
    if (!body || isNoop(name)) return [];
    const title = owner ? `${owner}.${name}` : name;
    const says = (message: string): Unfinished[] => [{ line: lineOf(node), message, ...(owner && { owner }) }];
    const [first, second] = body.id === node.id ? [] : statementsOf(body);
    if (second) return [];
    if (first && givesUp(first.text.slice(0, 500))) return isBaseName(owner ?? "") ? [] : says(throwingBody(title));
    if (first && !isTrivial(first)) return [];
    const comments = below(
      body.type === "body_statement" ? (body.parent ?? body) : body,
      "comment",
      "line_comment",
      "block_comment",
    );
    if (comments.some(({ text }) => saysTodo(text))) return says(todoBody(title));
    return first || comments.length > 0 || mayBeEmpty || isBaseName(owner ?? "") ? [] : says(emptyBody(title));
  });
}

/** The statements of a block, also where the grammar puts a list in between. */
function statementsOf(body: Node): Node[] {
  const inner = named(body);
  return inner.length === 1 && inner[0]?.type === "statement_list" ? named(inner[0]) : inner;
}

/** A line that only fills the place. */
const isTrivial = (statement: Node): boolean =>
  /^(?:return)?\s*(?:null|nil|None|NULL|nullptr|true|false|default|""|''|-?\d+(?:\.\d+)?|\[\]|\{\}|Ok\(\(\)\)|String::new\(\)|vec!\[\])?(?:,\s*(?:nil|null))?\s*;?$/.test(
    statement.text.slice(0, 60),
  );
