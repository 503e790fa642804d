import type { Node } from "web-tree-sitter";
import type { Declaration, Import, SourceParts } from "../source.ts";
import { saysNotImplemented } from "../stub.ts";
import { arityOf } from "./arity.ts";
import { type Body, unfinishedIn } from "./bodies.ts";
import { below, declaration, field, headOf, lineOf, named, textIn, withOuter } from "./nodes.ts";
import { readTree } from "./parse-tree.ts";
import { syntaxProblems } from "./problems.ts";

/** Reads PHP. */
export async function readPhp(text: string): Promise<SourceParts> {
  const parts = await readTree("php", text, (root): SourceParts => {
    return {
      checkedBy: "tree-sitter (PHP)",
      problems: syntaxProblems(root),
      imports: [...included(root), ...used(root)].toSorted((a, b) => a.line - b.line),
      declares: named(root).flatMap((node) => declared(node, text)),
      unfinished: unfinishedIn(
        bodiesOf(root),
        (statement) => /^throw\b/.test(statement) && saysNotImplemented(statement),
      ),
    };
  });
  return parts ?? {};
}

/** `require __DIR__ . "/lib/x.php"`: the constant part of the path. */
function included(root: Node): Import[] {
  return below(
    root,
    "require_expression",
    "require_once_expression",
    "include_expression",
    "include_once_expression",
  ).flatMap((node) => {
    const [value] = named(node);
    const constant = /^\(?\s*(?:__DIR__\s*\.\s*)?(["'])([^"'$]*)\1\s*\)?$/.exec(value?.text.slice(0, 300) ?? "")?.[2];
    if (constant === undefined) return [];
    return [{ from: constant.replace(/^\//, ""), line: lineOf(node), names: ["*"], local: true }];
  });
}

const used = (root: Node): Import[] =>
  below(root, "namespace_use_declaration").flatMap((node) => {
    const prefix = named(node).find(({ type }) => type === "namespace_name")?.text;
    return below(node, "namespace_use_clause").map((clause) => {
      const from = [prefix, named(clause)[0]?.text ?? ""].filter((part) => part).join("\\");
      return { from, line: lineOf(clause), names: [from.split("\\").at(-1) ?? ""] };
    });
  });

const types: Record<string, Declaration["kind"]> = {
  class_declaration: "class",
  trait_declaration: "class",
  enum_declaration: "class",
  interface_declaration: "type",
};

const lists = { optional: /^$/, open: /^variadic_parameter$/ };

function declared(node: Node, text: string): Declaration[] {
  const own = { exported: true, signature: headOf(node, field(node, "body"), text) };
  const name = textIn(node, "name");
  if (node.type === "function_definition") {
    return [declaration(name, "function", node, { ...own, parameters: parametersOf(node) })];
  }
  if (node.type === "const_declaration") {
    return below(node, "const_element").map((one) => declaration(named(one)[0]?.text ?? "", "constant", node, own));
  }
  if (node.type === "namespace_definition") return named(field(node, "body")).flatMap((one) => declared(one, text));
  const kind = Object.hasOwn(types, node.type) ? types[node.type] : undefined;
  if (kind === undefined) return [];
  const bases = named(node)
    .filter(({ type }) => type === "base_clause" || type === "class_interface_clause")
    .flatMap(named)
    .map((one) => one.text.split("\\").at(-1) ?? "");
  const methods = named(field(node, "body")).filter(({ type }) => type === "method_declaration");
  return [
    declaration(name, kind, node, { ...own, ...(bases.length > 0 && { bases }) }),
    ...methods.map((one) =>
      declaration(`${name}.${textIn(one, "name")}`, "method", one, {
        exported: !/^[^(]*\bprivate\b/.test(one.text.slice(0, 200)),
        signature: headOf(one, field(one, "body"), text),
        parameters: parametersOf(one),
      }),
    ),
  ];
}

function parametersOf(node: Node) {
  const list = field(node, "parameters");
  const { least, most } = arityOf(list, lists);
  const defaults = named(list).filter((one) => field(one, "default_value")).length;
  return { least: least - defaults, most };
}

const bodiesOf = (root: Node): Body[] =>
  withOuter(
    root,
    ["function_definition", "method_declaration"],
    ["class_declaration", "trait_declaration", "anonymous_class"],
  ).map((found) => {
    const { node } = found;
    const outer = found.outer?.node;
    const name = textIn(node, "name");
    const derived = named(outer).some(({ type }) => type === "base_clause" || type === "class_interface_clause");
    const owner = outer ? textIn(outer, "name") || undefined : undefined;
    return {
      node,
      name,
      owner,
      body: field(node, "body"),
      mayBeEmpty: derived || outer?.type === "anonymous_class" || name.startsWith("__"),
    };
  });
