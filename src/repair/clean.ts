import { losesDigits } from "./coerce-scalar.ts";
import type { Reading, Repair } from "./reading.ts";
import { isBranch, validated } from "./validate.ts";
import type { Goal } from "./wanted.ts";

/** The reading of a text that is clean JSON as it stands and fits the schema; undefined for any other. */
export function cleanReading(text: string, goal: Goal | undefined): Reading<unknown> | undefined {
  const parsed = parse(text);
  if (!parsed) return undefined;
  if (!isBranch(parsed.value)) return scalarReading(text, parsed.value, goal);
  if (/\d{16}/.test(text) || hidesMembers(text, parsed.value)) return undefined;
  if (!goal) return asIs(parsed.value);
  const checked = validated(goal, parsed.value);
  if (!checked.ok || checked.defaults.length > 0 || !sameMembers(parsed.value, checked.value)) return undefined;
  return asIs(checked.value);
}

/** A text, number or literal, where such a thing is wanted. */
function scalarReading(text: string, value: unknown, goal: Goal | undefined): Reading<unknown> | undefined {
  if (typeof value === "string" && !goal && /^\s*[{[]/.test(value)) return undefined;
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

/** Whether a key may come twice in an object, which JSON.parse passes over in silence. */
function hidesMembers(text: string, value: unknown): boolean {
  let colons = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    let next = at + 1;
    while (text.charCodeAt(next) <= 32) next++;
    if (text.charCodeAt(next) === 58) colons++;
  }
  return colons !== membersOf(value);
}

/** How many members the objects of a value have in all. */
function membersOf(value: unknown): number {
  let members = 0;
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (!isBranch(next)) continue;
    const inner: unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) members += inner.length;
    for (const part of inner) if (isBranch(part)) waiting.push(part);
  }
  return members;
}

/** Whether the schema kept every member. */
function sameMembers(before: unknown, after: unknown): boolean {
  const waiting: [unknown, unknown][] = [[before, after]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [a, b] = next;
    if (!isBranch(a)) continue;
    if (!isBranch(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) if (isBranch(a[key])) waiting.push([a[key], b[key]]);
  }
  return true;
}
