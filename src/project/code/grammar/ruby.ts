import type { Node } from "web-tree-sitter";
import type { Declaration, Import, SourceParts } from "../source.ts";
import { oneLine } from "../text.ts";
import { arityOf } from "./arity.ts";
import { type Body, unfinishedIn } from "./bodies.ts";
import { below, declaration, field, lineOf, named, textIn, withOuter } from "./nodes.ts";
import { readTree } from "./parse-tree.ts";
import { syntaxProblems } from "./problems.ts";

/** Reads Ruby. */
export async function readRuby(text: string): Promise<SourceParts> {
  const parts = await readTree("ruby", text, (root): SourceParts => {
    return {
      checkedBy: "tree-sitter (Ruby)",
      problems: syntaxProblems(root),
      imports: importsOf(root),
      declares: named(root).flatMap((node) => declared(node, "")),
      unfinished: unfinishedIn(bodiesOf(root), (statement) => /^raise\s*\(?\s*NotImplementedError\b/.test(statement)),
    };
  });
  return parts ?? {};
}

const importsOf = (root: Node): Import[] =>
  below(root, "call").flatMap((node) => {
    const method = textIn(node, "method");
    const [first] = named(field(node, "arguments"));
    if (field(node, "receiver") || !/^require(?:_relative)?$/.test(method) || first?.type !== "string") return [];
    const local = method === "require_relative";
    return [{ from: first.text.slice(1, -1), line: lineOf(node), names: ["*"], ...(local && { local }) }];
  });

function declared(node: Node, outer: string): Declaration[] {
  const name = textIn(node, "name");
  const own = { exported: true, signature: oneLine(node.text.slice(0, 400).split("\n")[0] ?? "", 120) };
  switch (node.type) {
    case "class":
    case "module": {
      const inner = named(field(node, "body")).flatMap((one) => declared(one, name));
      const base = named(field(node, "superclass")).at(0)?.text.split("::").at(-1);
      return [declaration(name, "class", node, { ...own, ...(base !== undefined && { bases: [base] }) }), ...inner];
    }
    case "method":
    case "singleton_method": {
      const list = field(node, "parameters");
      const { least, most } = arityOf(list, {
        optional: /^optional_parameter$/,
        open: /^(?:hash_)?splat_parameter$|^forward_parameter$/,
        skip: /^block_parameter$/,
      });
      const defaults = named(list).filter((one) => one.type === "keyword_parameter" && field(one, "value")).length;
      const parameters = { least: least - defaults, most };
      return [
        declaration(outer ? `${outer}.${name}` : name, outer ? "method" : "function", node, { ...own, parameters }),
      ];
    }
    case "assignment": {
      const left = field(node, "left");
      return left?.type === "constant"
        ? [declaration(outer ? `${outer}.${left.text}` : left.text, "constant", node, own)]
        : [];
    }
    default:
      return [];
  }
}

const bodiesOf = (root: Node): Body[] =>
  withOuter(root, ["method", "singleton_method"], ["class", "module"]).map((found) => {
    const { node } = found;
    const outer = found.outer?.node;
    const name = textIn(node, "name");
    const mayBeEmpty =
      outer !== undefined &&
      (field(outer, "superclass") !== undefined || outer.type === "module" || name === "initialize");
    return {
      node,
      name,
      owner: outer ? textIn(outer, "name") : undefined,
      body: field(node, "body") ?? node,
      mayBeEmpty,
    };
  });
