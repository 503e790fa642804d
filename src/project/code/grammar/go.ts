import type { Node } from "web-tree-sitter";
import type { Arity, Declaration, Import, SourceParts } from "../source.ts";
import { oneLine } from "../text.ts";
import { type Body, unfinishedIn } from "./bodies.ts";
import { below, declaration, field, headOf, lineOf, named, textIn } from "./nodes.ts";
import { readTree } from "./parse-tree.ts";
import { syntaxProblems } from "./problems.ts";

/** Reads Go. */
export async function readGo(text: string): Promise<SourceParts> {
  const parts = await readTree("go", text, (root): SourceParts => {
    return {
      checkedBy: "tree-sitter (Go)",
      problems: syntaxProblems(root),
      imports: importsOf(root),
      declares: named(root).flatMap((node) => declared(node, text)),
      unfinished: unfinishedIn(bodiesOf(root), (statement) =>
        /^panic\(\s*(?:fmt\.Sprintf\()?["`][^"`]*(?:implement|TODO)/i.test(statement),
      ),
    };
  });
  return parts ?? {};
}

const importsOf = (root: Node): Import[] =>
  below(root, "import_spec").map((one) => ({
    from: textIn(one, "path").slice(1, -1),
    line: lineOf(one),
    names: ["*"],
  }));

const isExported = (name: string): boolean => /^\p{Lu}/u.test(name);

function declared(node: Node, text: string): Declaration[] {
  switch (node.type) {
    case "function_declaration": {
      const name = textIn(node, "name");
      return [functionNamed(name, "function", isExported(name), node, text)];
    }
    case "method_declaration": {
      const name = textIn(node, "name");
      return [functionNamed(`${receiverOf(node)}.${name}`, "method", isExported(name), node, text)];
    }
    case "type_declaration":
      return named(node).flatMap((one) => typed(one, text));
    case "const_declaration":
    case "var_declaration":
      return below(node, "const_spec", "var_spec").flatMap((one) =>
        one.childrenForFieldName("name").flatMap((name) => {
          if (name?.type !== "identifier") return [];
          const signature = oneLine(one.text.slice(0, 400), 100);
          const kind = node.type === "const_declaration" ? "constant" : "variable";
          return [declaration(name.text, kind, one, { exported: isExported(name.text), signature })];
        }),
      );
    default:
      return [];
  }
}

function typed(node: Node, text: string): Declaration[] {
  const name = textIn(node, "name");
  const type = field(node, "type");
  const exported = isExported(name);
  const signature = oneLine(`type ${text.slice(node.startIndex, node.endIndex)}`, 240);
  const own = declaration(name, type?.type === "struct_type" ? "class" : "type", node, { exported, signature });
  const members = (type?.type === "struct_type" ? below(type, "field_declaration") : named(type)).flatMap((one) =>
    one.childrenForFieldName("name").flatMap((member) =>
      member && (one.type === "field_declaration" || one.type === "method_elem")
        ? [
            declaration(`${name}.${member.text}`, one.type === "method_elem" ? "method" : "variable", one, {
              exported: isExported(member.text),
              signature: oneLine(one.text.slice(0, 400), 100),
              ...(one.type === "method_elem" && { parameters: arityOf(field(one, "parameters")) }),
            }),
          ]
        : [],
    ),
  );
  return [own, ...members];
}

const functionNamed = (name: string, kind: "function" | "method", exported: boolean, node: Node, text: string) =>
  declaration(name, kind, node, {
    exported,
    signature: headOf(node, field(node, "body"), text),
    parameters: arityOf(field(node, "parameters")),
  });

/** `(a, b int, rest ...string)` has two parameters in its first part. */
function arityOf(parameters: Node | undefined): Arity {
  const parts = named(parameters);
  const fixed = parts.filter(({ type }) => type === "parameter_declaration");
  const least = fixed.reduce((sum, one) => sum + Math.max(1, one.childrenForFieldName("name").length), 0);
  return { least, most: fixed.length < parts.length ? undefined : least };
}

const receiverOf = (node: Node): string => below(field(node, "receiver"), "type_identifier")[0]?.text ?? "";

const bodiesOf = (root: Node): Body[] =>
  named(root).flatMap((node): Body[] => {
    const isMethod = node.type === "method_declaration";
    if (!isMethod && node.type !== "function_declaration") return [];
    const name = textIn(node, "name");
    const owner = isMethod ? receiverOf(node) : undefined;
    return [{ node, name, owner, body: field(node, "body"), mayBeEmpty: isMethod || name === "init" }];
  });
