import type { Node } from "web-tree-sitter";
import { below, declaration, field, headOf, named, textIn } from "../grammar/nodes.ts";
import type { Declaration } from "../source.ts";
import { oneLine } from "../text.ts";
import { arityOf } from "./parameters.ts";

/** The names of a module, those it imports included: every one of them can be imported from it. */
export function declarationsOf(root: Node, text: string): Declaration[] {
  const byName = new Map<string, Declaration>();
  const found: Declaration[] = [];
  for (const one of statementsOf(root).flatMap((statement) => declared(statement, text))) {
    const known = byName.get(one.name);
    // `name: str = ""` and a later `name = …` are one variable
    if (known && one.kind !== "function" && one.kind !== "class" && one.kind !== "method") continue;
    byName.set(one.name, one);
    found.push(one);
  }
  return found;
}

/** The statements of a module, also those that a condition, a `try` or a `with` holds. */
function statementsOf(root: Node): Node[] {
  const found: Node[] = [];
  const stack = [...named(root)].toReversed();
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (/^(?:if|try|with|for|while)_statement$|_clause$|^block$/.test(node.type)) {
      found.push(...(node.type === "for_statement" || node.type === "with_statement" ? [node] : []));
      stack.push(...named(node).toReversed());
    } else found.push(node);
  }
  return found;
}

function declared(statement: Node, text: string): Declaration[] {
  const own = { exported: true, signature: oneLine(statement.text.slice(0, 400), 100) };
  switch (statement.type) {
    case "function_definition":
    case "class_definition":
    case "decorated_definition":
      return defined(statement, text, undefined);
    case "expression_statement":
      return named(statement).flatMap((one) =>
        one.type === "assignment"
          ? targets(one).map((name) => declaration(name, isConstant(name) ? "constant" : "variable", statement, own))
          : [],
      );
    case "type_alias_statement":
      return below(statement, "identifier")
        .slice(0, 1)
        .map((name) => declaration(name.text, "type", statement, own));
    case "for_statement":
      return namesOf(field(statement, "left")).map((name) => declaration(name, "variable", statement, own));
    case "with_statement":
      return below(named(statement)[0], "as_pattern_target").map((one) =>
        declaration(one.text, "variable", statement, own),
      );
    case "import_statement":
    case "import_from_statement":
      return bound(statement).map((name) => declaration(name, "variable", statement, { ...own, imported: true }));
    default:
      return [];
  }
}

const isConstant = (name: string) => /^[A-Z][A-Z0-9_]*$/.test(name);

/** What an import binds in the module that it stands in. */
function bound(statement: Node): string[] {
  const from = field(statement, "module_name");
  return statement.childrenForFieldName("name").flatMap((one) => {
    if (!one) return [];
    if (one.type === "aliased_import") return [textIn(one, "alias")];
    return [from ? one.text : (one.text.split(".")[0] ?? one.text)];
  });
}

/** The names of `a = b, c = 1`, also of the assignments within it. */
function targets(assignment: Node): string[] {
  const names = namesOf(field(assignment, "left"));
  const right = field(assignment, "right");
  return right?.type === "assignment" ? [...names, ...targets(right)] : names;
}

function namesOf(target: Node | undefined): string[] {
  if (target?.type === "identifier") return [target.text];
  return target && /^(?:pattern_list|tuple_pattern|list_pattern|list_splat_pattern)$/.test(target.type)
    ? named(target).flatMap(namesOf)
    : [];
}

function defined(statement: Node, text: string, owner: string | undefined): Declaration[] {
  const inner = statement.type === "decorated_definition" ? field(statement, "definition") : statement;
  if (!inner) return [];
  const name = textIn(inner, "name");
  const body = field(inner, "body");
  const head = { exported: true, signature: headOf(inner, body, text) };
  if (inner.type === "class_definition" && owner === undefined) {
    const bases = named(field(inner, "superclasses")).filter(({ type }) => type !== "keyword_argument");
    const last = bases.map(
      (base) =>
        base.text
          .replace(/\[[\s\S]*$/, "")
          .split(".")
          .at(-1) ?? "",
    );
    const one = declaration(name, "class", inner, { ...head, ...(last.length > 0 && { bases: last }) });
    return [one, ...members(name, body, text)];
  }
  if (inner.type !== "function_definition") return [];
  const decorators = decoratorsOf(statement);
  if (decorators.includes("overload")) return [];
  const known = decorators.every((one) => plainDecorators.has(one));
  const parameters = arityOf(field(inner, "parameters"), owner !== undefined && !decorators.includes("staticmethod"));
  return [
    declaration(owner === undefined ? name : `${owner}.${name}`, owner === undefined ? "function" : "method", inner, {
      ...head,
      ...(known && { parameters }),
    }),
  ];
}

/** Those that leave a function with the parameters it was written with. */
const plainDecorators = new Set([
  "staticmethod",
  "classmethod",
  "abstractmethod",
  "override",
  "cache",
  "lru_cache",
  "final",
  "wraps",
]);

/** `@app.route("/")` is "route". */
export const decoratorsOf = (statement: Node): string[] =>
  statement.type === "decorated_definition"
    ? named(statement)
        .filter(({ type }) => type === "decorator")
        .map((one) => /([\w]+)\s*(?:\([\s\S]*)?$/.exec(one.text.slice(0, 300))?.[1] ?? "")
    : [];

function members(owner: string, body: Node | undefined, text: string): Declaration[] {
  const found: Declaration[] = [];
  const fields = new Map<string, Declaration>();
  const add = (name: string, place: Node) => {
    if (fields.has(name)) return;
    const signature = oneLine(place.text.slice(0, 400), 100);
    fields.set(name, declaration(`${owner}.${name}`, "variable", place, { exported: true, signature }));
  };
  for (const statement of body ? statementsOf(body) : []) {
    found.push(...defined(statement, text, owner));
    for (const one of statement.type === "expression_statement" ? named(statement) : []) {
      if (one.type === "assignment") for (const name of targets(one)) add(name, statement);
      if (one.type === "identifier") add(one.text, statement);
    }
  }
  for (const { left, place } of selfAssignments(body)) {
    if (left.type === "attribute" && textIn(left, "object") === "self") add(textIn(left, "attribute"), place);
  }
  return [...found, ...fields.values()];
}

function selfAssignments(body: Node | undefined): { left: Node; place: Node }[] {
  return below(body, "assignment").flatMap((place) => {
    const left = field(place, "left");
    if (!left) return [];
    return (left.type === "pattern_list" ? named(left) : [left]).map((one) => ({ left: one, place }));
  });
}
