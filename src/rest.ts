import { type ZodType, z } from "zod";
import type { Rest } from "./action.ts";
import type { Json } from "./engine/steps.ts";
import { type Problem, type Reading, repair, shapeOf, strictSchema } from "./repair/index.ts";

interface Document<D> {
  readonly name: string;
  readonly schema: ZodType<D>;
}

/**
 * How the fields of a document that are missing or wrong are asked for alone. Undefined where too little is good: when a
 * problem is not about a field, or no field is without one.
 */
export function restOf<D extends Json>(
  { name, schema }: Document<D>,
  problems: readonly Problem[],
  partial: unknown,
): Rest<D> | undefined {
  if (!(schema instanceof z.ZodObject) || !isRecord(partial)) return undefined;
  const fields = Object.keys(schema.shape);
  const wrong = new Set(problems.map(({ path }) => String(path[0] ?? "")));
  const good = Object.entries(partial).filter(([key]) => fields.includes(key) && !wrong.has(key));
  if (good.length === 0 || [...wrong].some((key) => !fields.includes(key))) return undefined;
  const asked = schema.pick(Object.fromEntries([...wrong].map((key) => [key, true])) as Record<never, true>);
  return {
    instruction: `Answer with one JSON object that has exactly these fields, and nothing else:\n\n${shapeOf(asked)}`,
    schema: { name, schema: strictSchema(asked) },
    read(text, { truncated }) {
      const options = { accept: "exact", ...(truncated ? { finishReason: "length" } : {}) } as const;
      // Some models give the whole document all the same.
      const whole = repair(text, schema, options) as Reading<D>;
      if (whole.ok) return whole;
      return merged(schema, Object.fromEntries(good), repair(text, asked, options)) as Reading<D>;
    },
  };
}

/** The good fields with those that came now, read as one document. */
function merged(schema: ZodType, good: Record<string, unknown>, reading: Reading<unknown>): Reading<unknown> {
  const came = reading.ok ? reading.value : reading.partial;
  const whole = repair(JSON.stringify({ ...good, ...(isRecord(came) ? came : {}) }), schema);
  if (!whole.ok || !reading.ok) return whole.ok ? whole : { ...whole, truncated: reading.truncated };
  const { repairs, lossy, truncated, extras } = reading;
  return { ...whole, repairs: [...repairs, ...whole.repairs], lossy: lossy || whole.lossy, truncated, extras };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
