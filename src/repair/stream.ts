import type { ZodType } from "zod";
import { fences } from "./fences.ts";
import { fitted } from "./find/fit.ts";
import { search } from "./find/search.ts";
import type { Reading } from "./reading.ts";
import { stripReasoning } from "./reasoning.ts";
import { type RepairOptions, repair } from "./repair.ts";
import type { AnySchema } from "./schema-node.ts";
import { anything, goalOf, type Wanted } from "./wanted.ts";

/** An answer that is read while it comes. */
export interface RepairStream<T> {
  /** The value as far as it is there, or undefined before it begins. It only grows as long as one answer comes. */
  readonly value: unknown;
  /** Takes the next piece of text; gives the value as it was read last. */
  push(piece: string): unknown;
  /** The reading of the whole. */
  end(options?: RepairOptions): Reading<T>;
}

/**
 * Reads an answer while it comes, for showing and early checks: texts grow by their end, numbers and literals appear once
 * they are complete, and nothing is checked. Long answers are read again only when they have grown by a sixteenth, so that
 * all the work is linear in their length.
 */
export function repairStream<T>(schema: ZodType<T>): RepairStream<T>;
export function repairStream(schema?: AnySchema): RepairStream<unknown>;
export function repairStream(schema?: AnySchema): RepairStream<unknown> {
  const wanted = schema ? goalOf(schema).wanted : anything;
  let text = "";
  let read = 0;
  let value: unknown;
  const readAgain = () => {
    read = text.length;
    value = soFar(text, wanted);
    return value;
  };
  return {
    get value() {
      return read < text.length ? readAgain() : value;
    },
    push(piece) {
      text += piece;
      return text.length - read > read / 16 ? readAgain() : value;
    },
    end: (options) => repair(text, schema, options),
  };
}

/** The last object or list that has begun and holds something that is wanted, else the first. */
function soFar(text: string, wanted: Wanted): unknown {
  const start = text.length - stripReasoning(text).length;
  let latest: ReturnType<typeof fitted> | undefined;
  for (const found of search(text, start, { wanted, truncated: true, blocks: fences(text) })) {
    if (found.inner) break;
    const one = fitted(found, wanted);
    if (!latest || one.coerced.known > 0) latest = one;
  }
  return latest?.coerced.value;
}
