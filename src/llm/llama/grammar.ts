import { z } from "zod";
import type { JsonSchema } from "../provider.ts";

/**
 * The grammar (in the notation of llama.cpp) of the JSON texts that a schema allows: every property in its order, lengths
 * and choices kept, numbers short enough to stay exact. What no grammar can count, such as the pattern of a text, is left
 * to whoever validates. Undefined where the schema says something that is not understood here.
 */
export function grammarOf(schema: JsonSchema): string | undefined {
  const { $defs } = Definitions.parse(schema);
  try {
    const rules = [
      ["root", "whole"],
      ["whole", expression(schema)],
      ...Object.entries($defs).map(([name, definition]) => [ruleOf(name), expression(definition)]),
      ...Object.entries(tokens),
    ];
    return rules.map(([name, body]) => `${name} ::= ${body}\n`).join("");
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

/** What every grammar is made of. Blanks are few, so that no model can lose itself in them. */
const tokens = {
  space: '" "?',
  line: '" "? | "\\n" [ \\t]{0,20}',
  character: String.raw`[^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})`,
  text: String.raw`"\"" character* "\""`,
  natural: '"0" | [1-9] [0-9]{0,14}',
  fraction: '"." [0-9]{1,15}',
  value: 'text | "-"? natural fraction? | "true" | "false" | "null" | list | map',
  list: '"[" line (value ("," line value)*)? line "]"',
  map: '"{" line (text ":" space value ("," line text ":" space value)*)? line "}"',
};

/** What the grammar takes from a schema; a keyword that changes the meaning of the others is not understood. */
const Node = z.looseObject({
  $ref: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).min(1).optional(),
  anyOf: z.array(z.unknown()).min(1).optional(),
  oneOf: z.array(z.unknown()).min(1).optional(),
  type: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  minItems: z.int().catch(0).default(0),
  maxItems: z.int().optional(),
  minLength: z.int().catch(0).default(0),
  maxLength: z.int().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  allOf: z.undefined().optional(),
  not: z.undefined().optional(),
  if: z.undefined().optional(),
  patternProperties: z.undefined().optional(),
});
type Node = z.infer<typeof Node>;

const Definitions = z.looseObject({ $defs: z.record(z.string(), z.unknown()).catch({}).default({}) });

function expression(schema: unknown): string {
  if (schema === true) return "value";
  const read = Node.safeParse(schema);
  if (!read.success) throw new NotUnderstood();
  const node = read.data;
  if (node.$ref !== undefined) return reference(node.$ref);
  if ("const" in node) return literal(node.const);
  if (node.enum) return oneOf(node.enum.map(literal));
  const options = node.anyOf ?? node.oneOf;
  if (options) return oneOf(options.map(expression));
  if (Array.isArray(node.type)) return oneOf(node.type.map((type) => expression({ ...node, type })));
  return typed(node.type ?? (node.properties ? "object" : node.items ? "array" : "any"), node);
}

function typed(type: string, node: Node): string {
  switch (type) {
    case "any":
      return "value";
    case "null":
      return '"null"';
    case "boolean":
      return '("true" | "false")';
    case "string":
      return repeated("character", node.minLength, node.maxLength, (all) => String.raw`"\"" ${all} "\""`);
    case "integer":
      return integer(node);
    case "number":
      return `(${sign(lowest(node, 0))}natural fraction?)`;
    case "array":
      return array(node);
    case "object":
      return object(node);
    default:
      throw new NotUnderstood();
  }
}

function reference(to: string): string {
  if (to === "#") return "whole";
  if (!to.startsWith("#/$defs/")) throw new NotUnderstood();
  return ruleOf(to.slice("#/$defs/".length));
}

const ruleOf = (name: string) => `def-${Buffer.from(name).toString("hex")}`;

/** A JSON text, as the notation quotes it: the escapes of both are the same. */
const literal = (value: unknown) => JSON.stringify(JSON.stringify(value));

const oneOf = (options: readonly string[]) => `(${options.join(" | ")})`;

/** The fewest and the most of something; beyond 2000 llama.cpp counts no more. */
function repeated(what: string, least: number, most: number | undefined, framed: (all: string) => string): string {
  const from = Math.min(Math.max(0, least), 2000);
  const to = most === undefined || most > 2000 ? "" : String(Math.max(from, most));
  return framed(to === "0" ? '""' : `${what}{${from},${to}}`);
}

/** A small range is a choice; of a large one only the sign is kept. */
function integer(node: Node): string {
  const from = Math.ceil(lowest(node, 1));
  const to = Math.floor(node.maximum ?? Number.POSITIVE_INFINITY);
  if (to >= from && to - from <= 100) {
    return oneOf(Array.from({ length: to - from + 1 }, (_, index) => `"${from + index}"`));
  }
  return from === 1 ? "([1-9] [0-9]{0,14})" : `(${sign(from)}natural)`;
}

const lowest = ({ minimum, exclusiveMinimum }: Node, step: number) =>
  Math.max(minimum ?? Number.NEGATIVE_INFINITY, (exclusiveMinimum ?? Number.NEGATIVE_INFINITY) + step);

const sign = (least: number) => (least >= 0 ? "" : '"-"? ');

function array({ prefixItems = [], items = prefixItems.length === 0, minItems, maxItems }: Node): string {
  const first = prefixItems.map(expression);
  const rest = items === false ? "" : expression(items);
  const most = items === false ? first.length : maxItems;
  const body = first.length > 0 ? tuple(first, rest, minItems, most) : listed(rest, minItems, most);
  return `("[" line ${body} line "]")`;
}

function listed(item: string, least: number, most: number | undefined): string {
  if (most === 0) return '""';
  const more = repeated(`("," line ${item})`, least - 1, most === undefined ? undefined : most - 1, (all) => all);
  return least > 0 ? `${item} ${more}` : `(${item} ${more})?`;
}

/** Fixed items, then any number of the others. */
function tuple(first: readonly string[], rest: string, least: number, most: number | undefined): string {
  const left = most === undefined ? undefined : Math.max(0, most - first.length);
  const more = repeated(`("," line ${rest})`, least - first.length, left, (all) => all);
  return `${first.join(' "," line ')} ${rest === "" || left === 0 ? "" : more}`;
}

function object({ properties = {}, additionalProperties }: Node): string {
  const fields = Object.entries(properties).map(([name, field]) => `${literal(name)} ":" space ${expression(field)}`);
  if (fields.length > 0) return `("{" line ${fields.join(' "," line ')} line "}")`;
  if (additionalProperties === false) return '"{}"';
  const entry = `text ":" space ${expression(additionalProperties ?? true)}`;
  return `("{" line (${entry} ("," line ${entry})*)? line "}")`;
}
