import type { Node } from "web-tree-sitter";
import type { Arity } from "../source.ts";
import { named } from "./nodes.ts";

/** How many arguments a list of parameters takes, told by the kinds of its nodes. */
export function arityOf(
  parameters: Node | undefined,
  {
    optional = /^$/,
    open = /^$/,
    none = /^$/,
    skip = /^$/,
  }: { optional?: RegExp; open?: RegExp; none?: RegExp; skip?: RegExp },
): Arity {
  const own = named(parameters).filter((one) => !skip.test(one.type) && !none.test(one.text));
  const bounded = own.filter(({ type }) => !open.test(type));
  const any = bounded.length < own.length || parameters?.children.some((one) => one?.type === "...") === true;
  return { least: bounded.filter(({ type }) => !optional.test(type)).length, most: any ? undefined : bounded.length };
}
