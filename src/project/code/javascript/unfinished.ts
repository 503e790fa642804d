import type { Unfinished } from "../source.ts";
import { emptyBody, isBaseName, isNoop, saysNotImplemented, saysTodo, throwingBody, todoBody } from "../stub.ts";
import {
  bare,
  type ClassNode,
  type Expression,
  type FunctionNode,
  lineOf,
  nameOf,
  nodesOf,
  type Parsed,
  type Some,
  type Statement,
  textOf,
} from "./tree.ts";

/** Functions and methods that were left to be written. What may be empty on purpose is not among them. */
export function unfinishedOf(parsed: Parsed): Unfinished[] {
  const nodes = [...nodesOf(parsed.file.program)];
  const bases = new Set(
    nodes.flatMap(({ node }) =>
      isClass(node) && node.superClass?.type === "Identifier" ? [node.superClass.name] : [],
    ),
  );
  const notes = notesOf(parsed);
  const classes = new Map<unknown, ClassNode>();
  for (const { node } of nodes) if (isClass(node)) classes.set(node.body, node);
  return nodes.flatMap(({ node, parent }): Unfinished[] => {
    const one = named(node, parent, classes);
    if (!one || isNoop(one.name)) return [];
    const extended = one.owner !== undefined && (bases.has(one.owner) || isBaseName(one.owner) || one.abstract);
    const state = stateOf(one.body, notes);
    const owner = one.owner ? { owner: one.owner } : {};
    const says = (message: string): Unfinished[] => [{ line: lineOf(node), message, ...owner }];
    if (state === "todo") return says(todoBody(one.name));
    if (state === "throws" && !extended) return says(throwingBody(one.name));
    if (state === "empty" && !extended && !one.mayBeEmpty) return says(emptyBody(one.name));
    return [];
  });
}

interface Named {
  readonly name: string;
  readonly body: FunctionNode["body"];
  /** The class it is a method of. */
  readonly owner?: string;
  readonly abstract?: boolean;
  readonly mayBeEmpty: boolean;
}

const isClass = (node: Some): node is ClassNode => node.type === "ClassDeclaration" || node.type === "ClassExpression";

const isAbstract = (node: ClassNode | undefined) => node?.type === "ClassDeclaration" && node.abstract === true;

function named(node: Some, parent: Some, classes: ReadonlyMap<unknown, ClassNode>): Named | undefined {
  if (node.type === "FunctionDeclaration")
    return { name: node.id?.name ?? "default", body: node.body, mayBeEmpty: false };
  if (node.type === "ClassMethod") {
    const name = nameOf(node.key, node.computed);
    const owner = classes.get(parent);
    if (name === undefined || !node.body) return undefined;
    const optional = owner?.superClass !== null && owner?.superClass !== undefined;
    return {
      name: owner?.id ? `${owner.id.name}.${name}` : name,
      body: node.body,
      owner: owner?.id?.name ?? "",
      abstract: isAbstract(owner) || node.abstract === true,
      mayBeEmpty: node.kind !== "method" || optional || /^(?:_|on[A-Z])/.test(name),
    };
  }
  if (node.type === ("ObjectMethod" as string)) {
    const { key, computed, body } = node as unknown as {
      key: Expression;
      computed: boolean;
      body: FunctionNode["body"];
    };
    const name = nameOf(key, computed);
    return name === undefined ? undefined : { name, body, mayBeEmpty: true };
  }
  if (node.type !== ("VariableDeclarator" as string)) return undefined;
  const { id, init } = node as unknown as Extract<Statement, { type: "VariableDeclaration" }>["declarations"][number];
  const given = init ? bare(init) : undefined;
  if (id.type !== "Identifier" || (given?.type !== "ArrowFunctionExpression" && given?.type !== "FunctionExpression")) {
    return undefined;
  }
  return { name: id.name, body: given.body, mayBeEmpty: false };
}

/** The places of comments that say "to do", in order; and whether any comment stands in a stretch. */
interface Notes {
  readonly todo: (start: number, end: number) => boolean;
  readonly any: (start: number, end: number) => boolean;
}

function notesOf({ file }: Parsed): Notes {
  const comments = (file.comments ?? []).map(({ start, value }) => ({ start: start ?? 0, todo: saysTodo(value) }));
  const all = comments.map(({ start }) => start);
  const todos = comments.filter(({ todo }) => todo).map(({ start }) => start);
  return { any: within(all), todo: within(todos) };
}

function within(places: readonly number[]) {
  return (start: number, end: number): boolean => {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return (places[low] ?? Infinity) < end;
  };
}

function stateOf(body: FunctionNode["body"], notes: Notes): "empty" | "todo" | "throws" | undefined {
  if (body.type !== "BlockStatement") return undefined;
  const [start, end] = [body.start ?? 0, body.end ?? 0];
  const [first, second] = body.body;
  if (first?.type === "ThrowStatement") return throwsNothingElse(first) ? "throws" : undefined;
  if (second !== undefined) return undefined;
  if (first === undefined && body.directives.length > 0) return undefined;
  if (first === undefined) return notes.todo(start, end) ? "todo" : notes.any(start, end) ? undefined : "empty";
  return isTrivial(first) && notes.todo(start, end) ? "todo" : undefined;
}

function throwsNothingElse({ argument }: Extract<Statement, { type: "ThrowStatement" }>): boolean {
  const [text] =
    argument.type === "NewExpression" || argument.type === "CallExpression" ? argument.arguments : [argument];
  return saysNotImplemented(textOf(text) ?? "");
}

/** A line that only fills the place: `return null;`, `return [];`, `console.log("TODO")`. */
function isTrivial(statement: Statement): boolean {
  if (statement.type === "ReturnStatement") return statement.argument ? isTrivialValue(bare(statement.argument)) : true;
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "CallExpression") return false;
  const { callee } = statement.expression;
  return callee.type === "MemberExpression" && callee.object.type === "Identifier" && callee.object.name === "console";
}

function isTrivialValue(value: Expression): boolean {
  if (value.type === "Identifier") return value.name === "undefined";
  if (value.type === "ArrayExpression") return value.elements.length === 0;
  if (value.type === "ObjectExpression") return value.properties.length === 0;
  return /^(?:Null|Boolean|Numeric|String)Literal$/.test(value.type);
}
