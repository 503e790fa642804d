import { z } from "zod";
import type { JsonSchema } from "../llm/provider.ts";
import { Refusal } from "./refusal.ts";

/** A JSON Schema of a caller, without references and of bounded size. */
export interface CallerSchema {
  /** What an answer is held to. A shape that contains itself is followed as far as there is room. */
  readonly checked: JsonSchema;
  /** What the model is shown. A shape that contains itself is shown once. */
  readonly shown: JsonSchema;
}

/** Characters of a schema; nobody writes one nearly as long. */
const longest = 100_000;

/** Characters of a schema whose references have been replaced by what they name; what is beyond may be anything. */
const room = 200_000;

/** Shapes within shapes; what is beyond may be anything. */
const deepest = 40;

/**
 * Makes a schema that reads an answer in bounded time of what a caller has written. Patterns and conditions are not
 * checked: a pattern can take for ever. Throws a Refusal where it is no schema, or too long.
 */
export function callerSchema(schema: JsonSchema): CallerSchema {
  if (JSON.stringify(schema).length > longest) {
    throw new Refusal("request", `the JSON Schema is longer than ${longest} characters`, { status: 413 });
  }
  return { checked: unfolded(schema, deepest), shown: unfolded(schema, 1) };
}

type Part = JsonSchema | boolean;

/** Where a part stands: how deep, and within the parts that these references name. */
interface Place {
  readonly depth: number;
  readonly within: readonly string[];
}

/** Level by level, so that no branch takes the room of the others. A reference is followed so often within itself. */
function unfolded(root: JsonSchema, often: number): JsonSchema {
  let left = room;
  const waiting: (() => void)[] = [];
  const copyOf = (part: Part, place: Place): Part => {
    if (typeof part === "boolean") return part;
    const copy = {};
    if (place.depth < deepest) waiting.push(() => Object.assign(copy, filled(part, place)));
    return copy;
  };
  const filled = (part: JsonSchema, { depth, within }: Place): JsonSchema => {
    const { node, by } = followed(part, root);
    const around = [...within, ...by];
    if (by.some((reference) => around.filter((other) => other === reference).length > often)) return {};
    const inner = (each: Part) => copyOf(each, { depth: depth + 1, within: around });
    const { own, parts } = keywordsOf(node);
    left -= 40 + JSON.stringify(own).length;
    return { ...own, ...mapped(parts, inner) };
  };
  const copy = copyOf(root, { depth: 0, within: [] }) as JsonSchema;
  for (const fill of waiting) {
    if (left <= 0) break;
    fill();
  }
  return copy;
}

/** The part that a part stands for, and the references that led there. */
function followed(part: JsonSchema, root: JsonSchema): { readonly node: JsonSchema; readonly by: readonly string[] } {
  const by: string[] = [];
  let node = part;
  while (node.$ref !== undefined) {
    const reference = String(JSON.stringify(node.$ref)).slice(1, -1);
    if (by.includes(reference)) return { node: {}, by };
    by.push(reference);
    const named = Named.safeParse(partAt(root, reference));
    if (!named.success) throw refused(`$ref: ${reference.slice(0, 100)} is no part of it`);
    node = named.data === true ? {} : named.data;
  }
  return { node, by };
}

/** What a JSON pointer such as `#/$defs/Item` names. */
function partAt(root: JsonSchema, reference: string): unknown {
  if (!/^#(\/|$)/.test(reference)) return undefined;
  return reference
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((part, step) => (Object.hasOwn(Object(part), step) ? Object(part)[step] : undefined), root);
}

/** What a node says itself, and its parts by keyword. */
function keywordsOf(node: JsonSchema) {
  const read = Keywords.safeParse(node);
  if (!read.success) throw refused(faultIn(read.error));
  const { $ref: _, patternProperties, enum: choices, const: only, ...known } = read.data;
  const { properties, additionalProperties, items, prefixItems, anyOf, oneOf, allOf, ...rest } = known;
  const own = {
    ...rest,
    ...(choices?.every(isPlain) && { enum: choices }),
    ...(only !== undefined && isPlain(only) && { const: only }),
  };
  // members of those names are not told from the others
  const others = patternProperties === undefined ? additionalProperties : undefined;
  const list = Array.isArray(items) ? { prefixItems: items } : { items, prefixItems };
  return { own, parts: { properties, additionalProperties: others, ...list, anyOf, oneOf, allOf } };
}

type Parts = Readonly<Record<string, Part | readonly Part[] | Readonly<Record<string, Part>> | undefined>>;

function mapped({ properties, ...parts }: Parts, inner: (part: Part) => Part): JsonSchema {
  const each = Object.entries(parts).flatMap(([keyword, part]) => {
    if (part === undefined) return [];
    return [[keyword, Array.isArray(part) ? part.map(inner) : inner(part as Part)]];
  });
  const members = Object.entries((properties ?? {}) as Readonly<Record<string, Part>>);
  const named = Object.fromEntries(members.map(([name, part]) => [name, inner(part)]));
  return { ...Object.fromEntries(each), ...(properties !== undefined && { properties: named }) };
}

const isPlain = (value: unknown) => value === null || ["string", "number", "boolean"].includes(typeof value);

const refused = (what: string) => new Refusal("request", `the JSON Schema cannot be read: ${what}`);

const faultIn = ({ issues: [issue] }: z.ZodError) => `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;

const Named = z.union([z.literal(true), z.record(z.string(), z.unknown())]);
const Inner = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const Type = z.enum(["string", "number", "integer", "boolean", "null", "object", "array"]);
const count = z.int().nonnegative();

/** What of JSON Schema an answer is held to. */
const Keywords = z
  .object({
    $ref: z.string(),
    title: z.string(),
    description: z.string(),
    default: z.unknown(),
    type: z.union([Type, z.array(Type).min(1)]),
    enum: z.array(z.unknown()),
    const: z.unknown(),
    format: z.string(),
    ...{ minLength: count, maxLength: count, minItems: count, maxItems: count },
    ...{ minProperties: count, maxProperties: count, uniqueItems: z.boolean() },
    ...{ minimum: z.number(), maximum: z.number(), multipleOf: z.number().positive() },
    ...{ exclusiveMinimum: z.union([z.number(), z.boolean()]), exclusiveMaximum: z.union([z.number(), z.boolean()]) },
    properties: z.record(z.string(), Inner),
    required: z.array(z.string()),
    additionalProperties: Inner,
    patternProperties: z.unknown(),
    items: z.union([Inner, z.array(Inner)]),
    prefixItems: z.array(Inner),
    ...{ anyOf: z.array(Inner).min(1), oneOf: z.array(Inner).min(1), allOf: z.array(Inner).min(1) },
  })
  .partial();
