import type { Node } from "web-tree-sitter";
import { field, lineOf, named, nearest, type Outer, textIn, withOuter } from "../grammar/nodes.ts";
import type { Import } from "../source.ts";

/** What a module imports, wherever it does so. `from . import a` takes "a" from ".". */
export function importsOf(root: Node): Import[] {
  const kinds = ["import_statement", "import_from_statement"];
  return withOuter(root, kinds, ["try_statement", "if_statement"]).flatMap((found): Import[] => {
    const { node } = found;
    const line = lineOf(node);
    const when = { ...(isOptional(found) && { optional: true }), ...(isForTypes(found) && { typeOnly: true }) };
    const names = node.childrenForFieldName("name").flatMap((one) => (one ? [importedName(one)] : []));
    const from = field(node, "module_name")?.text.replace(/\s+/g, "");
    if (from === undefined) return names.map((name) => ({ from: name, line, names: ["*"], ...when }));
    const all = named(node).some(({ type }) => type === "wildcard_import");
    return [{ from, line, names: all ? ["*"] : names, ...(all && { again: true }), ...when }];
  });
}

const importedName = (one: Node) =>
  (one.type === "aliased_import" ? textIn(one, "name") : one.text).replace(/\s+/g, "");

/** Within a `try` that catches something. */
const isOptional = (found: Outer): boolean =>
  named(nearest(found, "try_statement")?.node).some(({ type }) => type === "except_clause");

const isForTypes = (found: Outer): boolean =>
  /(?:^|\.)TYPE_CHECKING$/.test(field(nearest(found, "if_statement")?.node, "condition")?.text.slice(0, 100) ?? "");
