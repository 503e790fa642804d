import type { Node } from "web-tree-sitter";
import type { Arity, Declaration, Import, SourceParts } from "../source.ts";
import { oneLine } from "../text.ts";
import { type Body, unfinishedIn } from "./bodies.ts";
import { below, declaration, field, headOf, lineOf, named, textIn, withOuter } from "./nodes.ts";
import { readTree } from "./parse-tree.ts";
import { syntaxProblems } from "./problems.ts";

/** Reads C#. */
export async function readCsharp(text: string): Promise<SourceParts> {
  const parts = await readTree("c-sharp", text, (root): SourceParts => {
    return {
      checkedBy: "tree-sitter (C#)",
      problems: syntaxProblems(root),
      imports: importsOf(root),
      declares: named(root).flatMap((node) => declared(node, text)),
      unfinished: unfinishedIn(bodiesOf(root), (statement) =>
        /^throw new (?:System\.)?NotImplementedException\b/.test(statement),
      ),
    };
  });
  return parts ?? {};
}

const importsOf = (root: Node): Import[] =>
  below(root, "using_directive").flatMap((node) => {
    const from = named(node).at(-1)?.text;
    return from === undefined ? [] : [{ from, line: lineOf(node), names: ["*"] }];
  });

const types: Record<string, Declaration["kind"]> = {
  class_declaration: "class",
  struct_declaration: "class",
  record_declaration: "class",
  enum_declaration: "type",
  interface_declaration: "type",
};

function declared(node: Node, text: string): Declaration[] {
  if (node.type === "namespace_declaration") return named(field(node, "body")).flatMap((one) => declared(one, text));
  if (node.type === "global_statement") {
    return named(node)
      .filter(({ type }) => type === "local_function_statement")
      .map((one) => functionNamed(textIn(one, "name"), "function", one, text));
  }
  const kind = Object.hasOwn(types, node.type) ? types[node.type] : undefined;
  if (kind === undefined) return [];
  const name = textIn(node, "name");
  const body = field(node, "body");
  const bases = named(named(node).find(({ type }) => type === "base_list")).map(
    (one) =>
      one.text
        .replace(/<[\s\S]*$/, "")
        .split(".")
        .at(-1) ?? "",
  );
  const own = { exported: !isPrivate(node), signature: headOf(node, body, text) };
  return [
    declaration(name, kind, node, { ...own, ...(bases.length > 0 && { bases }) }),
    ...named(body).flatMap((one) => member(name, one, text)),
  ];
}

const isPrivate = (node: Node): boolean => named(node).some((one) => one.type === "modifier" && one.text === "private");

function member(owner: string, node: Node, text: string): Declaration[] {
  switch (node.type) {
    case "method_declaration":
    case "constructor_declaration":
      return [functionNamed(`${owner}.${textIn(node, "name")}`, "method", node, text)];
    case "property_declaration":
    case "field_declaration":
    case "enum_member_declaration": {
      const name = textIn(node, "name") || textIn(below(node, "variable_declarator")[0], "name");
      const signature = oneLine(node.text.slice(0, 400), 100);
      return [declaration(`${owner}.${name}`, "variable", node, { exported: !isPrivate(node), signature })];
    }
    default:
      return declared(node, text);
  }
}

const functionNamed = (name: string, kind: "function" | "method", node: Node, text: string): Declaration =>
  declaration(name, kind, node, {
    exported: !isPrivate(node),
    signature: headOf(node, field(node, "body"), text),
    parameters: arityOf(field(node, "parameters")),
  });

function arityOf(parameters: Node | undefined): Arity {
  const own = named(parameters).filter(({ type }) => type === "parameter");
  const least = own.filter((one) => !/=/.test(one.text)).length;
  return { least, most: /\bparams\b/.test(parameters?.text ?? "") ? undefined : own.length };
}

const bodiesOf = (root: Node): Body[] =>
  withOuter(
    root,
    ["method_declaration", "local_function_statement"],
    ["class_declaration", "struct_declaration", "record_declaration", "interface_declaration"],
  ).map((found) => {
    const { node } = found;
    const outer = found.outer?.node;
    const virtual = named(node).some(
      (one) => one.type === "modifier" && /^(?:override|virtual|partial)$/.test(one.text),
    );
    const derived = named(outer).some(({ type }) => type === "base_list");
    return {
      node,
      name: textIn(node, "name"),
      owner: outer ? textIn(outer, "name") : undefined,
      body: field(node, "body"),
      mayBeEmpty: virtual || derived,
    };
  });
