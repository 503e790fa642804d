import type { z } from "zod";

/** What a model was asked for and what it meant to say: the schema it saw, and the value a perfect answer holds. */
export interface Document {
  readonly name: string;
  /** Chinese documents also get faults that only happen there, such as full-width punctuation as syntax. */
  readonly chinese: boolean;
  readonly schema: z.ZodType;
  readonly truth: unknown;
}

/** A document whose truth is checked against its schema by the compiler. */
export const defineDocument = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  truth: z.input<Schema>,
): Document => ({ name, chinese: /[\u4e00-\u9fff]{2}/.test(JSON.stringify(truth)), schema, truth });
