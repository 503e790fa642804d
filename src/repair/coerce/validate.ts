import type { z } from "zod";
import type { Path, Repair } from "../reading.ts";
import type { Goal } from "../wanted.ts";

export type Validated =
  | { readonly ok: true; readonly value: unknown; readonly defaults: readonly Repair[] }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/** The last word on a value is the schema's own. What it fills in by itself is reported. */
export function validated({ zod, catches }: Goal, value: unknown): Validated {
  const checked = safely(() => {
    const parsed = zod.safeParse(value);
    if (!parsed.success) return { ok: false, issues: parsed.error.issues } as const;
    const same = sameMembers(value, parsed.data) !== undefined;
    return { ok: true, value: parsed.data, defaults: same ? [] : differences(value, parsed.data, catches) } as const;
  });
  return (
    checked ?? { ok: false, issues: [{ code: "custom", path: [], message: "nested too deeply", input: undefined }] }
  );
}

/** The result, or nothing where the value is nested too deeply. */
export function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
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
      // A record of zod's leaves out what is named like an object's own parts.
      for (const key of Object.keys(a))
        if (!Object.hasOwn(b, key)) repairs.push({ kind: "extra", path: [...path, key], span: [0, 0], lossy: true });
      const list = Array.isArray(b);
      for (const key of Object.keys(b)) compare(a[key], b[key], [...path, list ? Number(key) : key]);
    } else if (catches) filled("the schema's own value in place of what was written");
  };
  compare(before, after, []);
  return repairs;
}

export const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** How many members a value has in all, if the schema has left it as it was; undefined if not. Any depth will do. */
export function sameMembers(before: unknown, after: unknown): number | undefined {
  let members = 0;
  // What is still to be compared, in two stacks.
  const left: unknown[] = [before];
  const right: unknown[] = [after];
  while (left.length > 0) {
    const [a, b] = [left.pop(), right.pop()];
    if (!isBranch(a)) {
      if (a !== b) return undefined;
    } else if (!isBranch(b) || Array.isArray(a) !== Array.isArray(b)) return undefined;
    else if (Array.isArray(a)) {
      if (a.length !== b.length) return undefined;
      for (let index = 0; index < a.length; index++) {
        left.push(a[index]);
        right.push(b[index]);
      }
    } else {
      const keys = Object.keys(a);
      if (a !== b && keys.length !== Object.keys(b).length) return undefined;
      members += keys.length;
      for (const key of keys) {
        left.push(a[key]);
        right.push(b[key]);
      }
    }
  }
  return members;
}
