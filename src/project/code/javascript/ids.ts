import type { IdUse } from "../source.ts";
import {
  bare,
  type Expression,
  lineOf,
  nameOf,
  nodesOf,
  type Parsed,
  type Some,
  type Statement,
  textOf,
} from "./tree.ts";

interface Ids {
  readonly idsWanted: readonly IdUse[];
  readonly idsMade: readonly string[];
}

/** The ids of elements that a script looks up and that it makes. A look-up that may fail (`?.`) is none. */
export function idsOf({ file }: Parsed): Ids {
  const nodes = [...nodesOf(file.program)];
  const helpers = new Set(nodes.flatMap(({ node }) => helperOf(node)));
  const wanted: IdUse[] = [];
  const made = new Set<string>();
  for (const { node, parent } of nodes) {
    if (node.type === "CallExpression" || node.type === "OptionalCallExpression") {
      const optional = parent.type === "OptionalMemberExpression" && parent.object === node && parent.optional;
      for (const id of optional ? [] : lookedUp(node, helpers)) wanted.push({ id, line: lineOf(node) });
    }
    for (const id of madeBy(node)) made.add(id);
  }
  return { idsWanted: wanted, idsMade: [...made] };
}

type Call = Extract<Expression, { type: "CallExpression" | "OptionalCallExpression" }>;

function lookedUp({ callee, arguments: values }: Call, helpers: ReadonlySet<string>): string[] {
  const text = textOf(values[0]);
  if (text === undefined) return [];
  const name = calledName(callee as Expression);
  if (name === "getElementById" || (callee.type === "Identifier" && helpers.has(callee.name))) return [text];
  const selects = name === "querySelector" || name === "querySelectorAll" || name === "$" || name === "jQuery";
  return selects ? idsIn(text) : [];
}

const calledName = (callee: Expression): string | undefined =>
  callee.type === "Identifier"
    ? callee.name
    : callee.type === "MemberExpression" || callee.type === "OptionalMemberExpression"
      ? nameOf(callee.property, callee.computed)
      : undefined;

/** The ids of a selector that names no alternatives. */
function idsIn(selector: string): string[] {
  if (selector.length > 500 || /[,<]|:not\(/.test(selector)) return [];
  const plain = selector.replace(/\[[^\]]*\]/g, "");
  return [...plain.matchAll(/#(-?[\p{L}_][\p{L}\p{N}_-]*)/gu)].map((match) => match[1] ?? "");
}

/** `const byId = (id) => document.getElementById(id)`: a name that looks up what it is given. */
function helperOf(node: Some): string[] {
  const [name, given] =
    node.type === ("VariableDeclarator" as string)
      ? [declarator(node).id, declarator(node).init]
      : node.type === "FunctionDeclaration"
        ? [node.id, node]
        : [undefined, undefined];
  if (name?.type !== "Identifier" || !given) return [];
  if (given.type !== "ArrowFunctionExpression" && given.type !== "FunctionDeclaration") return [];
  const [param] = given.params;
  const { body } = given;
  const [only] = body.type === "BlockStatement" ? body.body : [];
  const result = body.type !== "BlockStatement" ? body : only?.type === "ReturnStatement" ? only.argument : undefined;
  const call = result ? bare(result) : undefined;
  if (param?.type !== "Identifier" || call?.type !== "CallExpression") return [];
  const [first] = call.arguments;
  const passes = first?.type === "Identifier" && first.name === param.name;
  return passes && calledName(call.callee as Expression) === "getElementById" ? [name.name] : [];
}

const declarator = (node: Some) =>
  node as unknown as Extract<Statement, { type: "VariableDeclaration" }>["declarations"][number];

function madeBy(node: Some): string[] {
  switch (node.type) {
    case "AssignmentExpression":
      return node.left.type === "MemberExpression" && nameOf(node.left.property, node.left.computed) === "id"
        ? beginning(node.right)
        : [];
    case "CallExpression":
      return calledName(node.callee as Expression) === "setAttribute" && textOf(node.arguments[0]) === "id"
        ? beginning(node.arguments[1] as Expression | undefined)
        : [];
    case "StringLiteral":
      return idsInMarkup(node.value);
    case "TemplateLiteral":
      return idsInMarkup(node.quasis.map(({ value }) => value.raw).join("\0"));
    default:
      break;
  }
  if (node.type === ("ObjectProperty" as string)) {
    const { key, value } = node as unknown as { key: Expression; value: Expression };
    return nameOf(key) === "id" ? beginning(value) : [];
  }
  if (node.type === ("JSXAttribute" as string)) {
    const { name, value } = node as unknown as {
      name: { name: unknown };
      value: { expression?: Expression } & Expression;
    };
    return name.name === "id" && value ? beginning(value.expression ?? value) : [];
  }
  return [];
}

/** A constant id, or `cell-*` for one that only begins with a constant. */
function beginning(value: Expression | undefined): string[] {
  const text = textOf(value);
  if (text !== undefined) return text === "" ? [] : [text];
  if (value?.type === "TemplateLiteral") return prefix(value.quasis[0]?.value.raw);
  if (value?.type !== "BinaryExpression") return [];
  let first: Some = value;
  while (first.type === "BinaryExpression") first = first.left as Expression;
  return prefix(textOf(first));
}

const prefix = (text: string | undefined) => (text ? [`${text}*`] : []);

/** Values within a template are a zero character here. */
const idsInMarkup = (markup: string): string[] =>
  [...markup.matchAll(/\bid\s*=\s*\\?["']([^"'\\\0\s]{0,100})(\0)?/g)]
    .map(([, id = "", goesOn]) => (goesOn ? `${id}*` : id))
    .filter((id) => id !== "" && id !== "*");
