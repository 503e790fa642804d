import type { Node } from "web-tree-sitter";
import { named } from "../grammar/nodes.ts";
import type { Arity } from "../source.ts";

/** How many arguments a function takes, by place or by name, without the object of a method. */
export function arityOf(parameters: Node | undefined, isMethod: boolean): Arity {
  const all = named(parameters).filter(({ type }) => type !== "keyword_separator" && type !== "positional_separator");
  const own = all.slice(isMethod ? 1 : 0);
  const needed = own.filter(isNeeded);
  const any = all.some(isOpen);
  return { least: needed.length, most: any ? undefined : own.length };
}

const isNeeded = (one: Node): boolean =>
  one.type === "identifier" || (one.type === "typed_parameter" && !isOpen(one)) || one.type === "tuple_pattern";

const isOpen = (one: Node): boolean => {
  const { type } = one.type === "typed_parameter" ? (one.namedChildren[0] ?? one) : one;
  return type === "list_splat_pattern" || type === "dictionary_splat_pattern";
};
