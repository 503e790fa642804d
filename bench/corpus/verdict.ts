import { isDeepStrictEqual } from "node:util";
import type { Case } from "./index.ts";

type Path = readonly (string | number)[];

/**
 * Whether a value is what should have been read.
 *
 * A cut text holds less than the truth: what is complete must be there exactly; of what the end cuts, a beginning of
 * a string may be there or nothing, an item of a list whole in its complete members or not at all; and nothing else.
 */
export const isRight = ({ expected, cut }: Case, value: unknown): boolean =>
  cut ? holds(value, expected, cut.path) : isDeepStrictEqual(plain(value), plain(expected));

function holds(value: unknown, expected: unknown, path: Path): boolean {
  if (typeof expected === "string" && path.length === 0)
    return typeof value === "string" && expected.startsWith(value) && expected.length - value.length <= 2;
  const [step, ...rest] = path;
  if (step === undefined) return isDeepStrictEqual(plain(value), plain(expected));
  if (Array.isArray(expected)) {
    if (!Array.isArray(value) || !isDeepStrictEqual(plain(value.slice(0, Number(step))), plain(expected.slice(0, -1))))
      return false;
    return (
      value.length === expected.length - 1 ||
      (value.length === expected.length && holds(value.at(-1), expected.at(-1), rest))
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { [step]: cutValue, ...others } = value as Record<string, unknown>;
  const { [step]: cutTruth, ...otherTruths } = expected as Record<string, unknown>;
  if (!isDeepStrictEqual(plain(others), plain(otherTruths))) return false;
  return step in value ? holds(cutValue, cutTruth, rest) : mayBeMissing(cutTruth, rest);
}

/** Nothing complete is lost without it. */
function mayBeMissing(expected: unknown, path: Path): boolean {
  if (typeof expected === "string") return path.length === 0;
  if (typeof expected !== "object" || expected === null) return false;
  const size = Object.keys(expected).length;
  if (size === 0) return true;
  return (
    size === 1 &&
    path.length > 0 &&
    (Array.isArray(expected) || mayBeMissing(Object.values(expected)[0], path.slice(1)))
  );
}

/** Without prototypes, undefined members and the sign of zero, which no JSON text tells apart. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, plain(member)]),
    );
  return value === 0 ? 0 : value;
}

/** The first place where two values differ, for a person to read. */
export function firstDifference(value: unknown, expected: unknown, path = "$"): string {
  if (isDeepStrictEqual(plain(value), plain(expected))) return "";
  const both = [value, expected];
  if (
    both.every((side) => typeof side === "object" && side !== null) &&
    Array.isArray(value) === Array.isArray(expected)
  ) {
    const [got, wanted] = both as [Record<string, unknown>, Record<string, unknown>];
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const difference = firstDifference(got[key], wanted[key], `${path}.${key}`);
      if (difference) return difference;
    }
  }
  if (typeof value === "string" && typeof expected === "string") {
    let at = 0;
    while (value[at] === expected[at]) at++;
    const from = Math.max(0, at - 20);
    return `${path} at ${at}: got ${JSON.stringify(value.slice(from, at + 60))}, wanted ${JSON.stringify(expected.slice(from, at + 60))}`;
  }
  return `${path}: got ${short(value)}, wanted ${short(expected)}`;
}

const short = (value: unknown) => (JSON.stringify(value) ?? "nothing").slice(0, 160);
