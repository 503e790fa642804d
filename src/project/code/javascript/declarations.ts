import type { Declaration } from "../source.ts";
import { oneLine } from "../text.ts";
import { arityOf } from "./arity.ts";
import {
  bare,
  type ClassNode,
  type Expression,
  lineOf,
  type Member,
  type Node,
  nameOf,
  nodesOf,
  type Statement,
} from "./tree.ts";

/** What the statements of a file declare, none of it exported yet. */
export function declarationsOf(statements: readonly Statement[], text: string): Declaration[] {
  return statements.flatMap((statement) => declared(statement, text));
}

/** What one statement declares; of an export, what stands behind the word. */
function declared(statement: Statement, text: string): Declaration[] {
  switch (statement.type) {
    case "ExportNamedDeclaration":
      return statement.declaration ? declared(statement.declaration, text) : [];
    case "ExportDefaultDeclaration": {
      const { declaration } = statement;
      return "id" in declaration && declaration.id ? declared(declaration as Statement, text) : [];
    }
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      return statement.id ? [functionNamed(statement.id.name, statement, text)] : [];
    case "ClassDeclaration":
      return statement.id ? classNamed(statement.id.name, statement, text) : [];
    case "VariableDeclaration":
      return statement.declarations.flatMap(({ id, init }) =>
        id.type === "Identifier"
          ? valueNamed(id.name, init, id, text, statement.kind === "const" ? "constant" : "variable")
          : namesIn(id).map((name) => value(name, statement.kind === "const" ? "constant" : "variable", id, text)),
      );
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return [value(statement.id.name, "type", statement, text)];
    case "TSEnumDeclaration":
      return [value(statement.id.name, "constant", statement, text)];
    case "TSModuleDeclaration":
      return statement.id.type === "Identifier" ? [value(statement.id.name, "constant", statement.id, text)] : [];
    default:
      return [];
  }
}

/** A name with what is given to it: a function, a class, or a value. */
export function valueNamed(
  name: string,
  init: Expression | null | undefined,
  place: Node,
  text: string,
  kind: "constant" | "variable" = "constant",
): Declaration[] {
  const given = init ? bare(init) : undefined;
  if (given?.type === "ArrowFunctionExpression" || given?.type === "FunctionExpression") {
    return [functionNamed(name, given, text, place)];
  }
  if (given?.type === "ClassExpression") return classNamed(name, given, text);
  const members = given?.type === "ObjectExpression" ? membersOf(name, given, text) : [];
  return [value(name, kind, { ...place, end: init?.end ?? place.end ?? 0 }, text), ...members];
}

/** The functions of an object count like the methods of a class: `Storage.load`. */
function membersOf(
  name: string,
  object: Extract<Expression, { type: "ObjectExpression" }>,
  text: string,
): Declaration[] {
  return object.properties.flatMap((property): Declaration[] => {
    if (property.type === "SpreadElement") return [];
    const key = nameOf(property.key, property.computed);
    if (key === undefined) return [];
    const inner = property.type === "ObjectMethod" ? property : bare(property.value as Expression);
    if (inner.type === "ObjectMethod" && inner.kind !== "method")
      return [value(`${name}.${key}`, "variable", property, text)];
    if (
      inner.type === "ObjectMethod" ||
      inner.type === "ArrowFunctionExpression" ||
      inner.type === "FunctionExpression"
    ) {
      return [{ ...functionNamed(`${name}.${key}`, inner, text, property), kind: "method" }];
    }
    return [value(`${name}.${key}`, "variable", property, text)];
  });
}

interface FunctionLike extends Node {
  readonly params: readonly Node[];
  readonly body?: Node | null;
}

function functionNamed(name: string, node: FunctionLike, text: string, place: Node = node): Declaration {
  return {
    name,
    kind: "function",
    line: lineOf(place),
    exported: false,
    signature: headOf(place, node, text),
    parameters: arityOf(node),
  };
}

const headOf = (from: Node, { body, end }: FunctionLike, text: string) =>
  oneLine(text.slice(from.start ?? 0, body?.start ?? end ?? 0)).replace(/\s*(?:=>(?:\s*\()*|[{;])?$/, "");

const value = (name: string, kind: Declaration["kind"], place: Node, text: string): Declaration => ({
  name,
  kind,
  line: lineOf(place),
  exported: false,
  signature:
    kind === "type"
      ? oneLine(withoutComments(text.slice(place.start ?? 0, place.end ?? 0).slice(0, 2_000)), 240)
      : oneLine(text.slice(place.start ?? 0, place.end ?? 0), 100),
});

const withoutComments = (code: string) => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

function classNamed(name: string, node: ClassNode, text: string): Declaration[] {
  const above = node.superClass ?? undefined;
  const base = above?.type === "MemberExpression" ? nameOf(above.property, above.computed) : above && nameOf(above);
  const own: Declaration = {
    name,
    kind: "class",
    line: lineOf(node),
    exported: false,
    signature: oneLine(text.slice(node.start ?? 0, node.body.start ?? 0)),
    ...(base !== undefined && { bases: [base] }),
  };
  return [own, ...node.body.body.flatMap((member) => memberOf(name, member, text))];
}

function memberOf(name: string, member: Member, text: string): Declaration[] {
  switch (member.type) {
    case "ClassMethod":
    case "TSDeclareMethod": {
      const key = nameOf(member.key, member.computed);
      if (key === undefined) return [];
      const fields = member.kind === "constructor" ? assigned(name, member, text) : [];
      const { parameters, ...accessor } = { ...functionNamed(`${name}.${key}`, member, text), kind: "method" as const };
      const plain = member.kind !== "get" && member.kind !== "set";
      return [plain && parameters ? { ...accessor, parameters } : accessor, ...fields];
    }
    case "ClassProperty": {
      const key = nameOf(member.key, member.computed);
      if (key === undefined) return [];
      const given = member.value ? bare(member.value) : undefined;
      return given?.type === "ArrowFunctionExpression" || given?.type === "FunctionExpression"
        ? [{ ...functionNamed(`${name}.${key}`, given, text, member), kind: "method" }]
        : [value(`${name}.${key}`, "variable", member, text)];
    }
    default:
      return [];
  }
}

/** The fields that a constructor sets: `this.score = 0`, and the parameters of TypeScript that are fields. */
function assigned(name: string, method: Member, text: string): Declaration[] {
  const fields = new Map<string, Declaration>();
  for (const { node } of nodesOf(method as unknown as Statement)) {
    const [place, key] =
      node.type === "AssignmentExpression" &&
      node.left.type === "MemberExpression" &&
      node.left.object.type === "ThisExpression"
        ? [node, nameOf(node.left.property, node.left.computed)]
        : node.type === ("TSParameterProperty" as string)
          ? [node, namesIn((node as unknown as { parameter: Node }).parameter)[0]]
          : [node, undefined];
    if (key !== undefined && !fields.has(key)) fields.set(key, value(`${name}.${key}`, "variable", place, text));
  }
  return [...fields.values()];
}

/** The names that a pattern such as `{ a, b: [c] }` binds. */
function namesIn(pattern: Node): string[] {
  type Pattern = Extract<Statement, { type: "VariableDeclaration" }>["declarations"][number]["id"];
  const one = pattern as Pattern;
  switch (one.type) {
    case "Identifier":
      return [one.name];
    case "ObjectPattern":
      return one.properties.flatMap((part) => namesIn(part.type === "RestElement" ? part.argument : part.value));
    case "ArrayPattern":
      return one.elements.flatMap((part) => (part ? namesIn(part) : []));
    case "AssignmentPattern":
      return namesIn(one.left);
    case "RestElement":
      return namesIn(one.argument);
    default:
      return [];
  }
}
