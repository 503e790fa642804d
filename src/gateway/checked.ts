import type { z } from "zod";
import { Refusal } from "./refusal.ts";

/** What a schema makes of a body; throws a Refusal that names the place of the first fault. */
export function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const { path, message } = issue ? faultIn(issue) : { path: [], message: "cannot be read" };
  const param = path.reduce<string>(
    (before, step) =>
      typeof step === "number" ? `${before}[${step}]` : `${before}${before ? "." : ""}${String(step)}`,
    "",
  );
  throw new Refusal("request", `${param || "the body"}: ${message}`, { param: param || undefined });
}

type Issue = z.core.$ZodIssue;

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of several forms that a value may have, the fault is in the one that was meant: where it came furthest. */
function faultIn(issue: Issue): Fault {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const faults = issue.errors.flatMap(([first]) => (first ? [{ ...faultIn(first), began: isBegun(first) }] : []));
  const furthest = Math.max(...faults.map(({ path }) => path.length));
  const candidates = faults.filter(({ path }) => path.length === furthest);
  const meant = candidates.find(({ began }) => began) ?? candidates.at(-1);
  return meant ? { path: [...issue.path, ...meant.path], message: meant.message } : issue;
}

/** The value is at least of the right type. */
const isBegun = ({ code }: Issue) => code !== "invalid_type";
