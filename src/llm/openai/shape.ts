import { z } from "zod";
import type { Habits } from "../lessons.ts";
import type { JsonSchema, LlmRequest } from "../provider.ts";
import type { Structure } from "../structure.ts";

/** The part of a body that holds the model to the shape. */
export function shapeOf(rung: Structure, { name, schema }: NonNullable<LlmRequest["schema"]>, { refused }: Habits) {
  const { $schema, ...plain } = schema;
  const safe = name.replace(/[^\w-]/g, "_").slice(0, 64) || "answer";
  const format = (shape: JsonSchema) => ({
    response_format: { type: "json_schema", json_schema: { name: safe, strict: isClosed(shape), schema: shape } },
  });
  if (rung === "schema") return format(plain);
  if (rung === "structured_outputs") return { structured_outputs: { json: plain } };
  if (rung === "guided_json") return { guided_json: plain };
  if (rung === "tool") {
    const tool = { name: safe, description: "Gives the answer.", parameters: plain };
    return {
      tools: [{ type: "function", function: tool }],
      tool_choice: { type: "function", function: { name: safe } },
    };
  }
  if (rung !== "json") return {};
  return refused.has("json_object") ? format({ type: "object" }) : { response_format: { type: "json_object" } };
}

/** Strict mode wants every property required and none besides, all the way down. */
function isClosed(schema: JsonSchema): boolean {
  const read = Closed.safeParse(schema);
  if (!read.success) return false;
  const { type, properties = {}, required = [], additionalProperties } = read.data;
  const object = type === "object" || read.data.properties !== undefined;
  if (object && (additionalProperties !== false || Object.keys(properties).some((key) => !required.includes(key)))) {
    return false;
  }
  const { items, anyOf = [], $defs = {} } = read.data;
  return [...Object.values(properties), ...Object.values($defs), ...anyOf, ...(items ? [items] : [])].every(isClosed);
}

const Schema = z.record(z.string(), z.unknown());

/** The part of JSON Schema that strict mode knows. */
const Closed = z.looseObject({
  type: z.unknown().optional(),
  properties: z.record(z.string(), Schema).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: Schema.optional(),
  anyOf: z.array(Schema).optional(),
  $defs: z.record(z.string(), Schema).optional(),
  oneOf: z.never().optional(),
  allOf: z.never().optional(),
  patternProperties: z.never().optional(),
});
