import {
  type AnySchema,
  choices,
  itemsOf,
  options,
  resolve,
  type SchemaNode,
  schemaNode,
  typeOf,
} from "./schema-node.ts";

/** A schema as it is sent. It has a type of its own: this folder is a library that stands without the others. */
type JsonSchema = { readonly [key: string]: unknown };

/** The shape of a document as a small model understands it: a skeleton with a comment behind each field. */
export function shapeOf(schema: AnySchema): string {
  const root = schemaNode(schema);
  return typeText(root, "", root);
}

/** The same shape for servers that hold a model to one: every field required, none besides, optional ones may be null. */
export function strictSchema(schema: AnySchema): JsonSchema {
  const { $schema: _, ...root } = schemaNode(schema);
  return strict(root);
}

function typeText(node: SchemaNode, indent: string, root: SchemaNode): string {
  const all = options(node);
  if (all.length > 1) return all.map((option) => typeText(resolve(option, root), indent, root)).join(" | ");
  const allowed = choices(node);
  if (allowed.length > 0) return allowed.map((choice) => JSON.stringify(choice)).join(" | ");
  const type = typeOf(node);
  if (type === "object" && node.properties) return `{\n${fields(node, `${indent}  `, root)}\n${indent}}`;
  if (type === "object")
    return `{ [key: string]: ${typeText(resolve(node.additionalProperties, root), indent, root)} }`;
  if (type !== "array")
    return node.const === undefined ? (type === "integer" ? "number" : type) : JSON.stringify(node.const);
  const item = resolve(itemsOf(node), root);
  if (typeOf(item) === "object") return `[\n${indent}  ${typeText(item, `${indent}  `, root)}\n${indent}]`;
  const text = typeText(item, indent, root);
  return text.includes(" | ") ? `(${text})[]` : `${text}[]`;
}

function fields(node: SchemaNode, indent: string, root: SchemaNode): string {
  const all = Object.entries(node.properties ?? {});
  return all
    .map(([name, member], index) => {
      const field = resolve(member, root);
      const optional = node.required?.includes(name) ? "" : "?";
      const comma = index < all.length - 1 ? "," : "";
      const [first = "", ...lines] = typeText(field, indent, root).split("\n");
      const note = field.description ? ` // ${field.description.replace(/\s+/g, " ")}` : "";
      const head = `${indent}${JSON.stringify(name)}${optional}: ${first}`;
      return lines.length > 0 ? `${head}${note}\n${lines.join("\n")}${comma}` : `${head}${comma}${note}`;
    })
    .join("\n");
}

/** A schema and all the schemas within it. */
function strict({ default: _, aliases: _a, synonyms: _s, exact: _e, properties, ...rest }: SchemaNode): JsonSchema {
  const inner = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, strictPart(part)]));
  if (!properties) return inner;
  const members = Object.entries(properties).map(([name, member]) => {
    const field = strictPart(member);
    return [name, rest.required?.includes(name) ? field : orNull(field)];
  });
  const required = Object.keys(properties);
  return { ...inner, properties: Object.fromEntries(members), required, additionalProperties: false };
}

const isNode = (part: unknown): part is SchemaNode => typeof part === "object" && part !== null && !Array.isArray(part);

function strictPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(strictPart);
  return isNode(part) ? strict(part) : part;
}

/** The description stays outside, where every server reads it. */
function orNull(field: unknown): unknown {
  if (!isNode(field) || options(field).some((option) => typeOf(option) === "null")) return field;
  const { description, ...type } = field;
  return { ...(description !== undefined && { description }), anyOf: [type, { type: "null" }] };
}
