import type { ZodType } from "zod";

/** What a written answer is read against: a zod schema, a plain JSON Schema, or nothing. */
export type CaseSchema = ZodType | Record<string, unknown> | undefined;

/** What else is beyond doubt about a reading; what is not named is not checked. */
export interface Facts {
  lossy?: boolean;
  truncated?: boolean;
  /** A kind that must be among the repairs, */
  kind?: string;
  /** and where. */
  at?: (string | number)[];
  extras?: { path: (string | number)[]; value: unknown }[];
  options?: { finishReason?: string; accept?: "any" | "lossless" | "clean"; maxChars?: number };
}

/** An answer as a model wrote it and what a careful human reads in it. */
export type RepairCase = [name: string, schema: CaseSchema, text: string, value: unknown, facts?: Facts];

/** What must be said about an answer that cannot be used: for each problem, what is known of it. */
export type ProblemCase = [
  name: string,
  schema: CaseSchema,
  text: string,
  problems: { kind?: string; path: (string | number)[]; expected?: RegExp; got?: RegExp }[],
  partial?: unknown,
];

/** A piece of the text that the repair of this kind must point at, but for quotes and blanks around it. */
export type SpanCase = [name: string, schema: CaseSchema, text: string, kind: string, piece: string];

/** Everything is there and nothing was guessed. */
export const whole: Facts = { lossy: false, truncated: false };

/** The text ended early, and the result says so. */
export const cutOff: Facts = { lossy: true, truncated: true, kind: "truncated" };
