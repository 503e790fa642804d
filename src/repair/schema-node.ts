import { type ZodType, z } from "zod";

/** A JSON Schema, or the part of one that describes a value. */
export type SchemaNode = z.core.JSONSchema.JSONSchema;

const cache = new WeakMap<ZodType, SchemaNode>();

/** A schema as it is given to the reader: zod's, or a JSON Schema. */
export type AnySchema = ZodType | Readonly<Record<string, unknown>>;

export const isZod = (schema: AnySchema): schema is ZodType => "_zod" in schema;

/** The JSON Schema of what a model may write for a schema. */
export function schemaNode(schema: AnySchema): SchemaNode {
  if (!isZod(schema)) return schema as SchemaNode;
  const known = cache.get(schema);
  if (known) return known;
  const node: SchemaNode = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  cache.set(schema, node);
  return node;
}

/** The node itself where it is a reference to another part of the root. */
export function resolve(node: SchemaNode | boolean | undefined, root: SchemaNode): SchemaNode {
  let at = node;
  for (let step = 0; step < 20; step++) {
    if (typeof at !== "object") return {};
    if (at.$ref === undefined) return at;
    at = partAt(root, at.$ref);
  }
  return {};
}

/** The part of a schema that a JSON pointer such as `#/$defs/Item` names. */
function partAt(root: SchemaNode, pointer: string): SchemaNode | undefined {
  let part: unknown = root;
  for (const step of pointer.split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    part = typeof part === "object" && part !== null && Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined;
  }
  return isNode(part) ? part : undefined;
}

const isNode = (part: unknown): part is SchemaNode => typeof part === "object" && part !== null;

/** The alternatives of a node; one where it has none. */
export function options(node: SchemaNode): readonly SchemaNode[] {
  if (Array.isArray(node.type)) return node.type.map((type) => ({ ...node, type }));
  return node.anyOf ?? node.oneOf ?? [node];
}

/** The type of a node as one word; `any` where it does not say. */
export function typeOf(node: SchemaNode): string {
  if (node.properties) return "object";
  if (Array.isArray(node.type)) return node.type.find((type) => type !== "null") ?? "null";
  return node.type ?? "any";
}

/** The texts a value must be one of. */
export const choices = (node: SchemaNode): readonly string[] =>
  [...(node.enum ?? []), ...(node.const === undefined ? [] : [node.const])].filter(
    (choice) => typeof choice === "string",
  );

/** The schema of a list's items. */
export const itemsOf = (node: SchemaNode): SchemaNode | boolean | undefined =>
  Array.isArray(node.items) ? node.items[0] : node.items;
