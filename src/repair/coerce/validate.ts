import type { z } from "zod";
import type { Path, Repair } from "../reading.ts";
import type { Goal } from "../wanted.ts";

export type Validated =
  | { readonly ok: true; readonly value: unknown; readonly defaults: readonly Repair[] }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/** The last word on a value is the schema's own. What it fills in by itself is reported. */
export function validated({ zod, catches }: Goal, value: unknown): Validated {
  try {
    const parsed = zod.safeParse(value);
    if (!parsed.success) return { ok: false, issues: parsed.error.issues };
    return { ok: true, value: parsed.data, defaults: differences(value, parsed.data, catches) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, issues: [{ code: "custom", path: [], message: "nested too deeply", input: undefined }] };
  }
}

/** What a schema put in place of nothing, or of something it caught. */
function differences(before: unknown, after: unknown, catches: boolean): Repair[] {
  const repairs: Repair[] = [];
  const compare = (a: unknown, b: unknown, path: Path): void => {
    if (a === b) return;
    const filled = (note: string) => repairs.push({ kind: "default", path, span: [0, 0], lossy: true, note });
    if (a === undefined) filled("the schema's own value");
    else if (isBranch(a) && isBranch(b) && Array.isArray(a) === Array.isArray(b)) {
      const list = Array.isArray(b);
      for (const key of Object.keys(b)) compare(a[key], b[key], [...path, list ? Number(key) : key]);
    } else if (catches) filled("the schema's own value in place of what was written");
  };
  compare(before, after, []);
  return repairs;
}

export const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
