import { type ZodType, z } from "zod";

/** A JSON Schema, or the part of one that describes a value. */
export type SchemaNode = z.core.JSONSchema.JSONSchema;

const cache = new WeakMap<ZodType, SchemaNode>();

/** The JSON Schema of what a model may write for a zod schema. */
export function schemaNode(schema: ZodType): SchemaNode {
  const known = cache.get(schema);
  if (known) return known;
  const node: SchemaNode = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  cache.set(schema, node);
  return node;
}

/** The node itself where it is a reference to another part of the root. */
export function resolve(node: SchemaNode | boolean | undefined, root: SchemaNode): SchemaNode {
  if (typeof node !== "object") return {};
  if (node.$ref === undefined) return node;
  if (node.$ref === "#") return root;
  return root.$defs?.[node.$ref.replace("#/$defs/", "")] ?? {};
}

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
