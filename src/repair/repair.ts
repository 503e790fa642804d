import type { ZodType } from "zod";
import { type Acceptance, accepted } from "./accept.ts";
import { cleanReading } from "./coerce/clean.ts";
import { exact } from "./exact.ts";
import { unwrapped } from "./find/within.ts";
import { problem } from "./problems.ts";
import type { Problem, Reading } from "./reading.ts";
import type { AnySchema } from "./schema-node.ts";
import { anything, goalOf } from "./wanted.ts";

export interface RepairOptions {
  /** How the model ended; `length` where the output limit stopped it. */
  readonly finishReason?: string;
  readonly accept?: Acceptance;
  /** A longer text is a problem and not read. */
  readonly maxChars?: number;
}

/**
 * Reads the answer of a model: the value it stands for and what was repaired to see it, or exactly what is wrong. Of
 * several candidates the one that fits the schema best wins, of equal ones the last. Nothing is invented: what is missing
 * is a problem. Pure, never throws, and takes time linear in the length of the text.
 *
 * @param schema zod's or a JSON Schema; without one the largest JSON value is the answer. A member's `aliases` and a
 *   choice's `synonyms` (`.meta({ aliases: ["产品目标"] })`) are accepted for the names themselves; `exact: true` marks places for which `accept: "exact"` takes no guess.
 */
export function repair<T>(text: string, schema: ZodType<T>, options?: RepairOptions): Reading<T>;
export function repair(text: string, schema?: AnySchema, options?: RepairOptions): Reading<unknown>;
export function repair(text: string, schema?: AnySchema, options: RepairOptions = {}): Reading<unknown> {
  const { finishReason, accept = "any", maxChars = 16_000_000 } = options;
  const truncated = finishReason === "length";
  const refused = (one: Problem): Reading<unknown> => ({ ok: false, problems: [one], partial: undefined, truncated });
  if (text.length > maxChars) return refused(problem("too-long", `the answer is longer than ${maxChars} characters`));
  if (text.trim() === "") return refused(problem("empty", "the answer is empty"));
  const goal = schema && goalOf(schema);
  const clean = cleanReading(text, goal);
  if (clean) return clean;
  const reading = unwrapped(text, goal, truncated);
  return accept === "exact" ? exact(reading, goal?.wanted ?? anything) : accepted(reading, accept);
}
