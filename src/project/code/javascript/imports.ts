import type { Import } from "../source.ts";
import { lineOf, nameOf, nodesOf, type Parsed, type Some, type Statement, textOf } from "./tree.ts";

/** What a script takes from elsewhere: `import`, `export … from`, `require(…)` and `import(…)` of constants. */
export function importsOf({ file }: Parsed): Import[] {
  const found: Import[] = [];
  let tryEnd = 0;
  for (const { node, parent } of nodesOf(file.program)) {
    if (node.type === "TryStatement") tryEnd = Math.max(tryEnd, node.block.end ?? 0);
    const one = statementImport(node) ?? callImport(node, parent);
    if (one) found.push((node.start ?? 0) < tryEnd ? { ...one, optional: true } : one);
  }
  return found;
}

function statementImport(node: Some): Import | undefined {
  const line = lineOf(node);
  switch (node.type) {
    case "ImportDeclaration": {
      const types = node.importKind === "type";
      const names = node.specifiers.map((one) => {
        if (one.type === "ImportNamespaceSpecifier") return "*";
        return one.type === "ImportDefaultSpecifier" ? "default" : (nameOf(one.imported) ?? "*");
      });
      const onlyTypes =
        types || (names.length > 0 && node.specifiers.every((one) => "importKind" in one && one.importKind === "type"));
      return { from: node.source.value, line, names, ...(onlyTypes && { typeOnly: true }) };
    }
    case "ExportNamedDeclaration": {
      if (!node.source) return undefined;
      const names = node.specifiers.map((one) =>
        one.type === "ExportSpecifier"
          ? (nameOf(one.local) ?? "*")
          : one.type === "ExportNamespaceSpecifier"
            ? "*"
            : "default",
      );
      return { from: node.source.value, line, names, ...(node.exportKind === "type" && { typeOnly: true }) };
    }
    case "ExportAllDeclaration":
      return { from: node.source.value, line, names: ["*"], again: true };
    case "TSImportEqualsDeclaration":
      return node.moduleReference.type === "TSExternalModuleReference"
        ? { from: node.moduleReference.expression.value, line, names: ["*"] }
        : undefined;
    default:
      return undefined;
  }
}

function callImport(node: Some, parent: Some): Import | undefined {
  if (node.type !== "CallExpression") return undefined;
  const lazy = node.callee.type === "Import";
  const required = node.callee.type === "Identifier" && node.callee.name === "require";
  if (!lazy && !required) return undefined;
  const from = textOf(node.arguments[0] as Some | undefined);
  if (from === undefined) return undefined;
  return { from, line: lineOf(node), names: takenFrom(parent, node) };
}

/** The names that are taken at once: `const { a } = require("x")`, `require("x").a`. */
function takenFrom(parent: Some, call: Some): string[] {
  if (parent.type === ("VariableDeclarator" as string)) {
    const { id } = parent as unknown as Extract<Statement, { type: "VariableDeclaration" }>["declarations"][number];
    if (id.type !== "ObjectPattern") return ["*"];
    return id.properties.map((one) => (one.type === "RestElement" ? "*" : (nameOf(one.key, one.computed) ?? "*")));
  }
  if (parent.type === "MemberExpression" && parent.object === call)
    return [nameOf(parent.property, parent.computed) ?? "*"];
  return ["*"];
}
