import type { Reading, Repair } from "../reading.ts";
import type { Goal, Wanted } from "../wanted.ts";
import { losesDigits } from "./scalar.ts";
import { isBranch, safely, sameMembers, validated } from "./validate.ts";

/** The reading of a text that is clean JSON as it stands and fits the schema; undefined for any other. */
export function cleanReading(text: string, goal: Goal | undefined): Reading<unknown> | undefined {
  const parsed = parse(text);
  if (!parsed) return undefined;
  if (!isBranch(parsed.value)) return scalarReading(text, parsed.value, goal);
  if (/\d{16}|\d[eE]\+?\d{3}/.test(text)) return undefined;
  const checked = goal ? safely(() => goal.zod.safeParse(parsed.value)) : { success: true, data: parsed.value };
  if (!checked?.success) return undefined;
  if (goal?.plain && !knowsAll(parsed.value, goal.wanted)) return undefined;
  const members = sameMembers(parsed.value, checked.data);
  return members !== undefined && colons(text, members) === members ? asIs(checked.data) : undefined;
}

/** Whether every member of a value is one that a JSON Schema names, which does not say so itself. */
function knowsAll(value: unknown, wanted: Wanted): boolean {
  if (!isBranch(value) || wanted.type === "any") return true;
  if (wanted.type === "union") return false;
  if (Array.isArray(value)) return value.every((item, index) => knowsAll(item, wanted.item(index)));
  return Object.entries(value).every(
    ([key, member]) => (wanted.open || wanted.keys.includes(key)) && knowsAll(member, wanted.member(key)),
  );
}

/** A text, number or literal, where such a thing is wanted. */
function scalarReading(text: string, value: unknown, goal: Goal | undefined): Reading<unknown> | undefined {
  if (typeof value === "string" && !goal && /^\s*[{[]/.test(value)) return undefined;
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  if (goal && !validated(goal, value).ok) return undefined;
  if (typeof value !== "number" || !losesDigits(text.trim())) return asIs(value);
  const repair: Repair = {
    kind: "number",
    path: [],
    span: [0, text.length],
    lossy: true,
    note: "more digits than a number holds",
  };
  return { ok: true, value, repairs: [repair], lossy: true, truncated: false, extras: [] };
}

const asIs = (value: unknown): Reading<unknown> => ({
  ok: true,
  value,
  repairs: [],
  lossy: false,
  truncated: false,
  extras: [],
});

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** How many keys a JSON text seems to have: fewer than its value has members, or as many, or with a key that came twice more. */
function colons(text: string, members: number): number {
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count++;
  if (count >= members) return count;
  // Some have blanks before their colon.
  count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    let next = at + 1;
    while (text.charCodeAt(next) <= 32) next++;
    if (text.charCodeAt(next) === 58) count++;
  }
  return count;
}
