import type { z } from "zod";
import { ConfigError } from "../src/errors.ts";
import { nearest } from "../src/text.ts";
import type { Path } from "./yaml.ts";

/**
 * A value as a schema wants it, or an error that lists everything wrong: file, line, key, and what was probably meant.
 * Values are never repeated, for they may be keys.
 */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { where, known }: { where: (path: Path) => string; known: Iterable<string> },
): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const names = [...known];
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, names, where));
  throw new ConfigError(faults.map(({ text }) => text).join("\n"), {
    hint: faults.find(({ hint }) => hint !== undefined)?.hint,
  });
}

/** Keys that nobody knows are slips, also where the schema would take them. */
export function refuseUnknown(
  value: Readonly<Record<string, unknown>>,
  { where, known }: { where: (path: Path) => string; known: Iterable<string> },
): void {
  const names = [...known];
  const faults = Object.keys(value)
    .filter((key) => !names.includes(key))
    .map((key) => unknownKey(key, names, where([key])));
  if (faults.length === 0) return;
  throw new ConfigError(faults.map(({ text }) => text).join("\n"), {
    hint: faults.find(({ hint }) => hint !== undefined)?.hint,
  });
}

interface Fault {
  readonly text: string;
  readonly hint?: string | undefined;
}

function faultsOf(issue: z.core.$ZodIssue, known: readonly string[], where: (path: Path) => string): Fault[] {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  if (issue.code !== "unrecognized_keys") {
    const problem = issue.message.replace(/^Invalid input: expected/, "must be");
    return [{ text: [`${where(path)}:`, ...(path.length > 0 ? [path.join(".")] : []), problem].join(" ") }];
  }
  return issue.keys.map((key) => unknownKey(key, known, where([...path, key])));
}

/** What to say of a key that does not exist. */
function unknownKey(key: string, known: readonly string[], place: string): Fault {
  const meant = nearest(key, known);
  const hint = meant === undefined ? `Known here: ${known.join(", ")}.` : undefined;
  return { text: `${place}: unknown key ${key}${meant === undefined ? "" : `, did you mean ${meant}?`}`, hint };
}
