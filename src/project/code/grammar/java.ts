import type { Node } from "web-tree-sitter";
import type { Declaration, Import, SourceParts } from "../source.ts";
import { saysNotImplemented } from "../stub.ts";
import { oneLine } from "../text.ts";
import { arityOf } from "./arity.ts";
import { type Body, unfinishedIn } from "./bodies.ts";
import { below, declaration, field, headOf, lineOf, named, textIn, withOuter } from "./nodes.ts";
import { readTree } from "./parse-tree.ts";
import { syntaxProblems } from "./problems.ts";

/** Reads Java. */
export async function readJava(text: string): Promise<SourceParts> {
  const parts = await readTree("java", text, (root): SourceParts => {
    return {
      checkedBy: "tree-sitter (Java)",
      problems: syntaxProblems(root),
      imports: importsOf(root),
      declares: named(root).flatMap((node) => typed(node, text)),
      unfinished: unfinishedIn(
        bodiesOf(root),
        (statement) => /^throw\b/.test(statement) && saysNotImplemented(statement),
      ),
    };
  });
  return parts ?? {};
}

/** `import a.b.C;` takes "C" from `a.b.C`, `import a.b.*;` all of `a.b`, and a static import a member of a class. */
const importsOf = (root: Node): Import[] =>
  below(root, "import_declaration").map((node) => {
    const path = named(node)[0]?.text ?? "";
    const all = named(node).some(({ type }) => type === "asterisk");
    const isStatic = node.children.some((one) => one?.type === "static");
    const parts = path.split(".");
    const last = parts.at(-1) ?? "";
    const from = isStatic && !all ? parts.slice(0, -1).join(".") : path;
    return { from, line: lineOf(node), names: [all ? "*" : last] };
  });

const types: Record<string, Declaration["kind"]> = {
  class_declaration: "class",
  record_declaration: "class",
  enum_declaration: "class",
  interface_declaration: "type",
  annotation_type_declaration: "type",
};

function typed(node: Node, text: string): Declaration[] {
  const kind = Object.hasOwn(types, node.type) ? types[node.type] : undefined;
  if (kind === undefined) return [];
  const name = textIn(node, "name");
  const body = field(node, "body");
  const bases = [
    field(node, "superclass"),
    field(node, "interfaces"),
    ...named(node).filter((one) => one.type === "extends_interfaces"),
  ]
    .flatMap((list) => below(list, "type_identifier"))
    .map((one) => one.text);
  const own = declaration(name, kind, node, {
    exported: !isPrivate(node),
    signature: headOf(node, body, text),
    ...(bases.length > 0 && { bases }),
  });
  const components = node.type === "record_declaration" ? named(field(node, "parameters")) : [];
  const fields = components.map((one) =>
    declaration(`${name}.${textIn(one, "name")}`, "variable", one, {
      exported: true,
      signature: one.text.slice(0, 100),
    }),
  );
  const inner = named(body).flatMap((one) => (one.type === "enum_body_declarations" ? named(one) : [one]));
  return [own, ...fields, ...inner.flatMap((one) => member(name, one, text))];
}

const isPrivate = (node: Node): boolean =>
  /\bprivate\b/.test(named(node).find(({ type }) => type === "modifiers")?.text ?? "");

function member(owner: string, node: Node, text: string): Declaration[] {
  const exported = !isPrivate(node);
  const signature = () => headOf(node, field(node, "body"), text);
  switch (node.type) {
    case "method_declaration":
    case "constructor_declaration": {
      const parameters = arityOf(field(node, "parameters"), {
        open: /^spread_parameter$/,
        skip: /^receiver_parameter$/,
      });
      return [
        declaration(`${owner}.${textIn(node, "name")}`, "method", node, {
          exported,
          signature: signature(),
          parameters,
        }),
      ];
    }
    case "field_declaration":
    case "constant_declaration":
      return node.childrenForFieldName("declarator").flatMap((one) => {
        const kind = /\bfinal\b/.test(node.text.slice(0, 80)) ? "constant" : "variable";
        const line = oneLine(node.text.slice(0, 400), 100);
        return one ? [declaration(`${owner}.${textIn(one, "name")}`, kind, node, { exported, signature: line })] : [];
      });
    case "enum_constant":
      return [
        declaration(`${owner}.${textIn(node, "name")}`, "constant", node, {
          exported,
          signature: textIn(node, "name"),
        }),
      ];
    default:
      // a class within a class goes by its own name and by the outer one
      return typed(node, text).flatMap((one) => [one, { ...one, name: `${owner}.${one.name}` }]);
  }
}

const bodiesOf = (root: Node): Body[] =>
  withOuter(
    root,
    ["method_declaration"],
    [
      "class_declaration",
      "interface_declaration",
      "object_creation_expression",
      "enum_declaration",
      "record_declaration",
    ],
  ).map((found) => {
    const { node } = found;
    const outer = found.outer?.node;
    const head = node.text.slice(0, 300);
    const open = outer?.type !== "class_declaration" || /\babstract\b/.test(outer.text.slice(0, 200));
    return {
      node,
      name: textIn(node, "name"),
      owner: outer ? textIn(outer, "name") || undefined : undefined,
      body: field(node, "body"),
      mayBeEmpty:
        open ||
        /@Override\b/.test(head) ||
        field(outer, "superclass") !== undefined ||
        field(outer, "interfaces") !== undefined,
    };
  });
