import type { parse } from "@babel/parser";

/** The syntax tree as far as its readers name it. */
export type File = ReturnType<typeof parse>;
export type Statement = File["program"]["body"][number];
export type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
export type FunctionNode = Extract<
  Statement | Expression,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;
export type ClassNode = Extract<Statement | Expression, { type: "ClassDeclaration" | "ClassExpression" }>;
export type Member = ClassNode["body"]["body"][number];

/** Whatever may stand in a body. */
export type Some = Expression | Statement | Member;

/** Any node, where its kind does not matter. */
export interface Node {
  readonly type: string;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly loc?: { readonly start: { readonly line: number } } | null;
}

/** A parsed file with its text. */
export interface Parsed {
  readonly text: string;
  readonly file: File;
}

export const lineOf = (node: Node): number => node.loc?.start.line ?? 1;

/** All nodes in the order of the text, each with the one it is part of. Deep trees are no danger to the stack. */
export function* nodesOf(
  root: Expression | Statement | File["program"],
): Generator<{ node: Expression | Statement | Member; parent: Expression | Statement | Member }> {
  type Some = Expression | Statement | Member;
  const stack: { node: Some; parent: Some }[] = [{ node: root as Some, parent: root as Some }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next;
    const parent = next.node;
    const parts: Some[] = [];
    for (const value of Object.values(parent)) {
      if (Array.isArray(value)) for (const one of value) if (isNode(one)) parts.push(one as Some);
      if (isNode(value)) parts.push(value as Some);
    }
    for (const node of parts.toReversed()) stack.push({ node, parent });
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value && typeof value.type === "string";

/** The constant text of a string or of a template without values. */
export function textOf(node: Node | null | undefined): string | undefined {
  const one = node as Expression | null | undefined;
  if (one?.type === "StringLiteral") return one.value;
  if (one?.type === "TemplateLiteral" && one.expressions.length === 0) return one.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** The name of `a.name` or `a["name"]`, of `name:` or `"name":`. */
export function nameOf(key: Node, computed = false): string | undefined {
  const one = key as Expression;
  if (one.type === "Identifier" && !computed) return one.name;
  return textOf(one);
}

/** Without what TypeScript and parentheses put around a value. */
export function bare(node: Expression): Expression {
  let inner = node;
  while (
    inner.type === "TSAsExpression" ||
    inner.type === "TSSatisfiesExpression" ||
    inner.type === "TSNonNullExpression" ||
    inner.type === "TSTypeAssertion" ||
    inner.type === "ParenthesizedExpression"
  )
    inner = inner.expression;
  return inner;
}
