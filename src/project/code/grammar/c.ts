import type { Node } from "web-tree-sitter";
import type { Arity, Declaration, Finding, Import, SourceParts } from "../source.ts";
import { saysNotImplemented } from "../stub.ts";
import { oneLine } from "../text.ts";
import { type Body, unfinishedIn } from "./bodies.ts";
import { below, declaration, field, headOf, lineOf, named, textIn, withOuter } from "./nodes.ts";
import { readTree } from "./parse-tree.ts";
import { syntaxProblems } from "./problems.ts";

/** Reads C and C++, which share a grammar. */
export async function readC(text: string, language: "c" | "cpp"): Promise<SourceParts> {
  const parts = await readTree("cpp", text, (root): SourceParts => {
    return {
      checkedBy: language === "c" ? "tree-sitter (C)" : "tree-sitter (C++)",
      problems: problemsOf(root, text),
      imports: importsOf(root),
      declares: declarationsIn(root, text, language),
      unfinished: unfinishedIn(
        bodiesOf(root),
        (statement) => /^(?:throw|assert|abort)\b/.test(statement) && saysNotImplemented(statement),
      ),
    };
  });
  return parts ?? {};
}

/** Macros may stand for anything: where they take the place of syntax only brackets are told, and those not with `#else`. */
function problemsOf(root: Node, text: string): Finding[] {
  if (!root.hasError) return [];
  const conditional = /^\s*#\s*(?:else|elif)/m.test(text);
  const macros = macroAsSyntax.test(text);
  return syntaxProblems(root).filter(({ message }) =>
    /closes|never closed/.test(message) ? !conditional && !/\\$/m.test(text) : !macros,
  );
}

/** `API int f()`, `class API Name`, `BEGIN_DECLS` on a line of its own, `TEST(a, b) {`, `f() NOEXCEPT`, and extensions. */
const macroAsSyntax =
  /^[ \t]*[A-Z_][A-Z0-9_]{2,}(?:[ \t]*\([^\n;]{0,200}\))?[ \t]*(?:$|[\w{"*])|\b(?:class|struct|union|enum|extern|static|inline|virtual|const|typedef)[ \t]+[A-Z_][A-Z0-9_]{2,}[ \t]*(?:\([^\n]{0,200}\))?[ \t]+\w|[)\w*][ \t]+[A-Z_][A-Z0-9_]{2,}[ \t]*(?:\([^\n]{0,200}\))?[ \t]*(?:[;,{(]|$|[\w*]+[ \t]*[(;,])|\b__\w+|\bR"|\bcomp_|@|\bco_|\bmodule\b|\brequires\b/m;

const importsOf = (root: Node): Import[] =>
  below(root, "preproc_include").flatMap((node) => {
    const path = field(node, "path");
    const from = path?.text.slice(1, -1) ?? "";
    if (path?.type !== "string_literal" && path?.type !== "system_lib_string") return [];
    return [{ from, line: lineOf(node), names: ["*"], ...(path.type === "string_literal" && { local: true }) }];
  });

/** Declarations may stand within namespaces, `extern "C"` and conditions of the preprocessor. */
const wrapping =
  /^(?:namespace_definition|linkage_specification|declaration_list|template_declaration|preproc_(?:if|ifdef|else|elif)|export_declaration)$/;

function declarationsIn(root: Node, text: string, language: "c" | "cpp"): Declaration[] {
  const found: Declaration[] = [];
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node === root || wrapping.test(node.type)) stack.push(...named(node).toReversed());
    else found.push(...declared(node, text, language));
  }
  return found;
}

function declared(node: Node, text: string, language: "c" | "cpp"): Declaration[] {
  const exported = !/^(?:inline\s+)?static\b/.test(node.text.slice(0, 40));
  switch (node.type) {
    case "function_definition":
      return functionOf(node, exported, "", text, language);
    case "declaration":
      return node.childrenForFieldName("declarator").flatMap((one) => {
        if (!one) return [];
        if (functionIn(one)) return functionOf(node, exported, "", text, language);
        const name = below(one, "identifier")[0]?.text ?? (one.type === "identifier" ? one.text : undefined);
        const kind = /\bconst(?:expr)?\b/.test(node.text.slice(0, 100)) ? "constant" : "variable";
        const signature = oneLine(node.text.slice(0, 400), 100);
        return name === undefined ? [] : [declaration(name, kind, node, { exported, signature })];
      });
    case "preproc_def":
    case "preproc_function_def": {
      const kind = node.type === "preproc_def" ? "constant" : "function";
      return [
        declaration(textIn(node, "name"), kind, node, {
          exported: true,
          signature: oneLine(node.text.slice(0, 400), 80),
        }),
      ];
    }
    case "type_definition":
    case "alias_declaration": {
      const name =
        node.type === "alias_declaration"
          ? field(node, "name")
          : (below(field(node, "declarator"), "type_identifier")[0] ?? field(node, "declarator"));
      const inner = field(node, "type");
      const own = { exported: true, signature: oneLine(node.text.slice(0, 900), 200) };
      return [
        ...(name ? [declaration(name.text, "type", node, own)] : []),
        ...(inner ? declared(inner, text, language) : []),
      ];
    }
    case "class_specifier":
    case "struct_specifier":
    case "union_specifier":
    case "enum_specifier":
      return typed(node, text, language);
    default:
      return [];
  }
}

function typed(node: Node, text: string, language: "c" | "cpp"): Declaration[] {
  const name = textIn(node, "name");
  const body = field(node, "body");
  if (!body) return [];
  if (node.type === "enum_specifier") {
    const values = below(body, "enumerator").map((one) =>
      declaration(textIn(one, "name"), "constant", one, { exported: true, signature: one.text.slice(0, 80) }),
    );
    const own = { exported: true, signature: oneLine(node.text.slice(0, 900), 200) };
    return [...(name ? [declaration(name, "type", node, own)] : []), ...values];
  }
  if (!name) return [];
  const bases = named(named(node).find(({ type }) => type === "base_class_clause"))
    .filter(({ type }) => /^(?:type_identifier|template_type|qualified_identifier)$/.test(type))
    .map(
      (one) =>
        one.text
          .replace(/<[\s\S]*$/, "")
          .split("::")
          .at(-1) ?? "",
    );
  const signature = language === "c" ? oneLine(node.text.slice(0, 900), 200) : headOf(node, body, text);
  const own = declaration(name, "class", node, { exported: true, signature, ...(bases.length > 0 && { bases }) });
  return [own, ...named(body).flatMap((one) => member(name, one, text, language))];
}

function member(owner: string, node: Node, text: string, language: "c" | "cpp"): Declaration[] {
  if (node.type === "template_declaration") return named(node).flatMap((one) => member(owner, one, text, language));
  const declarator = field(node, "declarator");
  if (declarator && functionIn(declarator)) return functionOf(node, true, owner, text, language);
  if (node.type !== "field_declaration") return [];
  return below(node, "field_identifier")
    .slice(0, 1)
    .map((one) =>
      declaration(`${owner}.${one.text}`, "variable", node, {
        exported: true,
        signature: oneLine(node.text.slice(0, 400), 100),
      }),
    );
}

/** The `f(int a)` of a declarator such as `*f(int a)`. */
function functionIn(declarator: Node): Node | undefined {
  let one: Node | undefined = declarator;
  for (let depth = 0; one && depth < 20; depth++) {
    if (one.type === "function_declarator") return one;
    if (!/^(?:pointer|reference)_declarator$/.test(one.type)) return undefined;
    one = field(one, "declarator") ?? named(one).at(-1);
  }
  return undefined;
}

function functionOf(node: Node, exported: boolean, owner: string, text: string, language: "c" | "cpp"): Declaration[] {
  const declarator = field(node, "declarator");
  const called = declarator && functionIn(declarator);
  const path = (textIn(called, "declarator") || "")
    .replace(/\s+/g, "")
    .replace(/<[^<>]*>/g, "")
    .split("::");
  const own = path.at(-1) ?? "";
  const type = owner || (path.length > 1 ? (path.at(-2) ?? "") : "");
  if (!called || !/^~?[\p{L}_][\p{L}\p{N}_]*$|^operator/u.test(own)) return [];
  return [
    declaration(type ? `${type}.${own}` : own, type ? "method" : "function", node, {
      exported,
      signature: headOf(node, field(node, "body"), text),
      parameters: arityOf(field(called, "parameters"), language),
    }),
  ];
}

/** `(void)` takes none, `()` of C anything. */
function arityOf(parameters: Node | undefined, language: "c" | "cpp"): Arity {
  const own = named(parameters).filter((one) => one.text !== "void");
  if (language === "c" && named(parameters).length === 0) return { least: 0, most: undefined };
  const fixed = own.filter(({ type }) => type === "parameter_declaration").length;
  const open = own.some(({ type }) => /variadic/.test(type)) || /\.\.\.\s*\)$/.test(parameters?.text ?? "");
  return { least: fixed, most: open ? undefined : own.length };
}

const bodiesOf = (root: Node): Body[] =>
  withOuter(root, ["function_definition"], ["class_specifier", "struct_specifier"]).map(({ node, outer }) => {
    const declarator = field(node, "declarator");
    const path = (textIn(declarator && functionIn(declarator), "declarator") || "").split("::");
    const type = outer?.node;
    const owner = type ? textIn(type, "name") : path.length > 1 ? path.at(-2) : undefined;
    const name = path.at(-1) ?? "";
    const mayBeEmpty =
      owner !== undefined &&
      (name === owner || /^~|^operator/.test(name) || /\b(?:override|virtual)\b/.test(node.text.slice(0, 200)));
    return { node, name, owner, body: field(node, "body"), mayBeEmpty };
  });
