import type { Node } from "web-tree-sitter";
import { below, field, lineOf, named, textIn, withOuter } from "../grammar/nodes.ts";
import type { Unfinished } from "../source.ts";
import {
  emptyBody,
  isBaseName,
  isNoop,
  saysAbstract,
  saysNotImplemented,
  saysTodo,
  throwingBody,
  todoBody,
} from "../stub.ts";
import { decoratorsOf } from "./declarations.ts";

/** Functions that were left to be written: `pass`, `...`, a docstring alone, or NotImplementedError. */
export function unfinishedOf(root: Node): Unfinished[] {
  const bases = new Set(
    below(root, "class_definition").flatMap((one) => named(field(one, "superclasses")).map(({ text }) => text)),
  );
  const outside = ["class_definition", "function_definition", "decorated_definition", "if_statement", "try_statement"];
  return withOuter(root, ["function_definition"], outside).flatMap((found): Unfinished[] => {
    const { node } = found;
    const name = textIn(node, "name");
    const decorated = found.outer?.node.type === "decorated_definition" ? found.outer : undefined;
    if (
      isNoop(name) ||
      (decorated && decoratorsOf(decorated.node).some((one) => /abstract|overload|property|setter/.test(one)))
    )
      return [];
    // what stands in another function, or in a condition as a substitute, may well do nothing
    const place = decorated ? decorated.outer : found.outer;
    if (place && place.node.type !== "class_definition") return [];
    const owner = place?.node;
    const title = owner ? `${textIn(owner, "name")}.${name}` : name;
    const supers = named(field(owner, "superclasses"));
    const abstract =
      owner !== undefined &&
      (bases.has(textIn(owner, "name")) ||
        isBaseName(textIn(owner, "name")) ||
        supers.some(({ text }) => /Protocol|ABC/.test(text)));
    const state = stateOf(node);
    const says = (message: string): Unfinished[] => [
      { line: lineOf(node), message, ...(owner && { owner: textIn(owner, "name") }) },
    ];
    if (state === "todo") return says(todoBody(title));
    if (abstract) return [];
    if (state === "throws") return says(throwingBody(title));
    if (state !== "empty" || (owner && (supers.length > 0 || /^(?:_|on_)/.test(name)))) return [];
    return says(emptyBody(title));
  });
}

function stateOf(definition: Node): "empty" | "todo" | "throws" | undefined {
  const body = field(definition, "body");
  if (!body) return undefined;
  const statements = named(body);
  const [first] = statements;
  const doc = first?.type === "expression_statement" && named(first)[0]?.type === "string" ? first : undefined;
  const rest = doc ? statements.slice(1) : statements;
  const [only, another] = rest;
  if (another || (only && !isTrivial(only) && only.type !== "raise_statement")) return undefined;
  const remarks = below(definition, "comment").map(({ text }) => text);
  if (only?.type === "raise_statement") {
    const written = only.text;
    if (saysAbstract(`${written} ${doc?.text ?? ""} ${remarks.join(" ")}`)) return undefined;
    return /^raise\s+NotImplementedError\b/.test(written) || saysNotImplemented(written) ? "throws" : undefined;
  }
  if (remarks.some(saysTodo) || saysTodo(doc?.text ?? "")) return "todo";
  if (remarks.length > 0) return undefined;
  return only === undefined || isEmpty(only) ? "empty" : undefined;
}

const isEmpty = (statement: Node) => statement.type === "pass_statement" || statement.text === "...";

const isTrivial = (statement: Node) =>
  isEmpty(statement) ||
  /^return(?:\s+(?:None|True|False|\[\]|\{\}|""|''|-?\d+(?:\.\d+)?|\(\)))?$/.test(statement.text) ||
  /^print\(\s*f?["'][^"']*["']\s*\)$/.test(statement.text.slice(0, 300));
