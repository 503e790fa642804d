import type { Declaration } from "../source.ts";
import { oneLine } from "../text.ts";
import { declarationsOf, valueNamed } from "./declarations.ts";
import { bare, type Expression, lineOf, type Node, nameOf, type Parsed, type Statement } from "./tree.ts";

interface Exports {
  readonly declares: Declaration[];
  /** What it is exported as -> what it is called inside; undefined where it has no name of its own. */
  readonly names: ReadonlyMap<string, string | undefined>;
  readonly open: boolean;
}

/** What a module exports, and what it declares besides. */
export function moduleExports({ file, text }: Parsed): Exports {
  const names = new Map<string, string | undefined>();
  const passed: Declaration[] = [];
  for (const statement of file.program.body) {
    if (statement.type === "ExportDefaultDeclaration") {
      const { declaration } = statement;
      if (declaration.type === "Identifier") names.set("default", declaration.name);
      else passed.push(...defaultOf(declaration, statement, text));
    }
    if (statement.type === "TSExportAssignment") passed.push(exportOf("default", statement, text));
    if (statement.type !== "ExportNamedDeclaration") continue;
    if (statement.declaration) {
      for (const { name } of declarationsOf([statement], text)) if (!name.includes(".")) names.set(name, name);
    }
    for (const one of statement.specifiers) {
      const name = nameOf(one.exported);
      if (name === undefined) continue;
      if (statement.source || one.type !== "ExportSpecifier")
        passed.push({ ...exportOf(name, one, text), imported: true });
      else names.set(name, one.local.name);
    }
  }
  for (const statement of file.program.body) {
    if (statement.type === "ExportAllDeclaration" && "exported" in statement) {
      const name = nameOf(statement.exported as Node);
      if (name !== undefined) passed.push({ ...exportOf(name, statement, text), imported: true });
    }
  }
  return { declares: [...declarationsOf(file.program.body, text), ...passed], names, open: false };
}

function defaultOf(
  declaration: Extract<Statement, { type: "ExportDefaultDeclaration" }>["declaration"],
  statement: Statement,
  text: string,
): Declaration[] {
  const expression = { FunctionDeclaration: "FunctionExpression", ClassDeclaration: "ClassExpression" } as const;
  const type = Object.hasOwn(expression, declaration.type)
    ? expression[declaration.type as keyof typeof expression]
    : declaration.type;
  const [first] = valueNamed("default", { ...declaration, type } as Expression, statement, text);
  return first ? [{ ...first, exported: true }] : [];
}

/** What a file of Node.js gives to those who require it. */
export function commonExports({ file, text }: Parsed): Exports {
  const names = new Map<string, string | undefined>();
  const added: Declaration[] = [];
  let open = false;
  const declares = declarationsOf(file.program.body, text);
  const give = (name: string, value: Expression, place: Node) => {
    const given = bare(value);
    if (given.type === "Identifier") names.set(name, given.name);
    else if (!names.has(name))
      added.push(...valueNamed(name, given, place, text).map((one) => ({ ...one, exported: true })));
  };
  const giveAll = (object: Expression) => {
    if (object.type !== "ObjectExpression") {
      open = true;
      return;
    }
    for (const property of object.properties) {
      const name = property.type === "SpreadElement" ? undefined : nameOf(property.key, property.computed);
      if (name === undefined) open = true;
      else if (property.type === "ObjectProperty") give(name, property.value as Expression, property);
      else if (property.type === "ObjectMethod")
        give(name, { ...property, type: "FunctionExpression" } as unknown as Expression, property);
    }
  };
  const values = constants(file.program.body);

  for (const { target, value, place } of assignments(file.program.body)) {
    const parts = partsOf(target);
    if (parts === undefined) {
      if (rootOf(target) === "module" || rootOf(target) === "exports") open = true;
      continue;
    }
    const path = parts[0] === "module" && parts[1] === "exports" ? parts.slice(1) : parts;
    const [root, name] = path;
    if (root === "exports" && path.length === 2 && name !== undefined) give(name, value, place);
    if (root !== "exports" || path.length > 1) continue;
    const given = bare(value);
    if (given.type === "AssignmentExpression") giveAll(bare(given.right));
    else if (given.type === "Identifier") {
      names.set("default", given.name);
      const known = values.get(given.name);
      if (known?.type === "ObjectExpression") giveAll(known);
      else if (known && known.type !== "ArrowFunctionExpression" && known.type !== "FunctionExpression") open = true;
    } else if (given.type === "ClassExpression" || /Function/.test(given.type)) give("default", given, place);
    else giveAll(given);
  }
  // what is hung on a function or class that is exported whole: `Game.create = …`
  const whole = names.get("default");
  if (whole !== undefined) {
    for (const { target, value, place } of assignments(file.program.body)) {
      const parts = partsOf(target);
      if (parts?.length === 2 && parts[0] === whole && parts[1] !== undefined) give(parts[1], value, place);
    }
    for (const one of declares) {
      if (one.name.startsWith(`${whole}.`) && /^static /.test(one.signature)) {
        added.push({ ...one, name: one.name.slice(whole.length + 1), exported: true });
      }
    }
  }
  return { declares: [...declares, ...added], names, open };
}

/** The top-level assignments of a file, also those behind a condition such as `if (typeof module !== "undefined")`. */
export function assignments(
  statements: readonly Statement[],
): { target: Expression; value: Expression; place: Node }[] {
  return statements.flatMap((statement) => {
    if (statement.type === "IfStatement") {
      return assignments([statement.consequent, ...(statement.alternate ? [statement.alternate] : [])]);
    }
    if (statement.type === "BlockStatement") return assignments(statement.body);
    if (statement.type !== "ExpressionStatement") return [];
    const { expression } = statement;
    if (expression.type !== "AssignmentExpression") return [];
    return [{ target: expression.left as Expression, value: expression.right, place: statement }];
  });
}

/** `a.b["c"]` as a list of names; undefined if a part is no constant. */
export function partsOf(node: Expression): string[] | undefined {
  const parts: string[] = [];
  let one = node;
  while (one.type === "MemberExpression") {
    const name = nameOf(one.property, one.computed);
    if (name === undefined) return undefined;
    parts.unshift(name);
    one = one.object;
  }
  return one.type === "Identifier" ? [one.name, ...parts] : undefined;
}

function rootOf(node: Expression): string | undefined {
  let one = node;
  while (one.type === "MemberExpression") one = one.object;
  return one.type === "Identifier" ? one.name : undefined;
}

function constants(statements: readonly Statement[]): Map<string, Expression> {
  const values = new Map<string, Expression>();
  for (const statement of statements) {
    if (statement.type !== "VariableDeclaration") continue;
    for (const { id, init } of statement.declarations) {
      if (id.type === "Identifier" && init) values.set(id.name, bare(init));
    }
  }
  return values;
}

function exportOf(name: string, node: Node, text: string): Declaration {
  return {
    name,
    kind: "variable",
    line: lineOf(node),
    exported: true,
    signature: oneLine(text.slice(node.start ?? 0, node.end ?? 0), 100),
  };
}
