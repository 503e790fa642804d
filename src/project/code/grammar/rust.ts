import type { Node } from "web-tree-sitter";
import type { Declaration, Import, SourceParts } from "../source.ts";
import { oneLine } from "../text.ts";
import { arityOf } from "./arity.ts";
import { type Body, unfinishedIn } from "./bodies.ts";
import { declaration, field, headOf, lineOf, named, type Outer, textIn, withOuter } from "./nodes.ts";
import { readTree } from "./parse-tree.ts";
import { syntaxProblems } from "./problems.ts";

/** Reads Rust. */
export async function readRust(text: string): Promise<SourceParts> {
  const parts = await readTree("rust", text, (root): SourceParts => {
    return {
      checkedBy: "tree-sitter (Rust)",
      problems: syntaxProblems(root),
      imports: importsOf(root),
      declares: named(root).flatMap((node) => declared(node, text)),
      unfinished: unfinishedIn(bodiesOf(root), (statement) => /^(?:todo|unimplemented)!/.test(statement)),
    };
  });
  return parts ?? {};
}

/** `use` of modules and crates; `mod board;` is the import of `self::board`. */
function importsOf(root: Node): Import[] {
  const kinds = ["use_declaration", "mod_item", "extern_crate_declaration"];
  return withOuter(root, kinds, ["mod_item"]).flatMap((found): Import[] => {
    const { node } = found;
    const line = lineOf(node);
    if (node.type === "extern_crate_declaration") return [{ from: textIn(node, "name"), line, names: ["*"] }];
    if (node.type === "use_declaration") {
      return used(field(node, "argument"), "").flatMap(({ from, name }) => {
        const path = outOf(from, found);
        return path === undefined ? [] : [{ from: path, line, names: [name] }];
      });
    }
    const isFile = !field(node, "body") && !found.outer;
    return isFile ? [{ from: `self::${textIn(node, "name")}`, line, names: ["*"], local: true }] : [];
  });
}

/** A path as seen from the file: within `mod tests { … }`, `super` is the file itself. */
function outOf(path: string, found: Outer): string | undefined {
  let from = path;
  for (let { outer } = found; outer; outer = outer.outer) {
    if (/^self\b/.test(from)) return undefined;
    from = /^super::super\b/.test(from) ? from.slice("super::".length) : from.replace(/^super\b/, "self");
  }
  return from;
}

/** Every name that a tree such as `a::{b, c::*}` takes, with the module that it is taken from. */
function used(tree: Node | undefined, outer: string): { from: string; name: string }[] {
  if (!tree) return [];
  const within = (path: string) => [outer, path].filter((part) => part !== "").join("::");
  switch (tree.type) {
    case "scoped_use_list":
      return used(field(tree, "list"), within(textIn(tree, "path")));
    case "use_list":
      return named(tree).flatMap((one) => used(one, outer));
    case "use_as_clause":
      return used(field(tree, "path"), outer);
    case "use_wildcard":
      return [{ from: within(named(tree)[0]?.text ?? ""), name: "*" }];
    case "self":
      return [{ from: outer, name: "*" }];
    default: {
      const parts = within(tree.text.replace(/\s+/g, "")).split("::");
      const name = parts.pop() ?? "";
      return parts.length > 0 ? [{ from: parts.join("::"), name }] : [{ from: name, name: "*" }];
    }
  }
}

const kinds: Record<string, Declaration["kind"]> = {
  struct_item: "class",
  union_item: "class",
  enum_item: "type",
  trait_item: "type",
  type_item: "type",
  const_item: "constant",
  static_item: "variable",
  mod_item: "constant",
};

function declared(node: Node, text: string): Declaration[] {
  const name = textIn(node, "name");
  const exported = isPublic(node);
  if (node.type === "function_item") return [functionNamed(name, "function", exported, node, text)];
  if (node.type === "macro_definition") {
    return [declaration(name, "function", node, { exported: true, signature: `macro_rules! ${name}` })];
  }
  if (node.type === "impl_item") {
    const type = textIn(node, "type").replace(/<[\s\S]*$/, "");
    const always = field(node, "trait") !== undefined;
    return methodsOf(type, field(node, "body"), always, text);
  }
  if (node.type === "use_declaration" && exported) {
    return used(field(node, "argument"), "").map((one) =>
      declaration(one.name, "variable", node, { exported, imported: true, signature: oneLine(node.text, 100) }),
    );
  }
  const kind = Object.hasOwn(kinds, node.type) ? kinds[node.type] : undefined;
  if (kind === undefined) return [];
  const own = declaration(name, kind, node, { exported, signature: oneLine(node.text.slice(0, 900), 240) });
  return node.type === "trait_item" ? [own, ...methodsOf(name, field(node, "body"), true, text)] : [own];
}

const isPublic = (node: Node): boolean => node.namedChildren.some((child) => child?.type === "visibility_modifier");

const methodsOf = (type: string, body: Node | undefined, always: boolean, text: string): Declaration[] =>
  named(body)
    .filter((one) => one.type === "function_item" || one.type === "function_signature_item")
    .map((one) => functionNamed(`${type}.${textIn(one, "name")}`, "method", always || isPublic(one), one, text));

const functionNamed = (name: string, kind: "function" | "method", exported: boolean, node: Node, text: string) =>
  declaration(name, kind, node, {
    exported,
    signature: headOf(node, field(node, "body"), text),
    parameters: arityOf(field(node, "parameters"), { skip: /^(?:self_parameter|attribute_item)$/ }),
  });

const bodiesOf = (root: Node): Body[] =>
  withOuter(root, ["function_item"], ["impl_item", "trait_item"]).map(({ node, outer }) => {
    const impl = outer?.node;
    const owner = impl ? textIn(impl, impl.type === "impl_item" ? "type" : "name") : undefined;
    const mayBeEmpty = impl !== undefined && (impl.type === "trait_item" || field(impl, "trait") !== undefined);
    return { node, name: textIn(node, "name"), owner, body: field(node, "body"), mayBeEmpty };
  });
