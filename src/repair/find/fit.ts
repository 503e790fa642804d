import { type Coerced, coerce } from "../coerce/coerce.ts";
import type { Wanted } from "../wanted.ts";
import type { Found } from "./search.ts";

/** Something that may be the answer, brought near to the schema, and how well it suits it. */
export interface Fit extends Found {
  readonly coerced: Coerced;
  readonly lossy: number;
}

/** Brings what was found near to the schema. */
export function fitted(found: Found, wanted: Wanted): Fit {
  const coerced = coerce(found.tree, wanted, (at) => found.source.place(at));
  return { ...found, coerced, lossy: coerced.repairs.filter(({ lossy }) => lossy).length };
}

/** Required parts that are missing or of another type. */
export const faults = ({ coerced }: Fit): number => coerced.missing + coerced.wrong;

/** It has all that is required, and is no echo of the question. */
export const isWhole = (one: Fit): boolean => faults(one) === 0 && one.coerced.echoes === 0;

/**
 * Whether `later` takes the place of `best`: it fits better; or, standing elsewhere in the text, as well; or, being
 * another reading of the same text, as well with less lost.
 */
export function isBetter(later: Fit, best: Fit, wanted: Wanted): boolean {
  const order = wanted.type === "any" ? size(best) - size(later) : byFit(later, best, wanted);
  if (order !== 0) return order < 0;
  const apart = later.start >= best.end || later.end <= best.start;
  if (apart) return later.start >= best.end;
  if (later.coerced.known !== best.coerced.known) return later.coerced.known > best.coerced.known;
  if (later.lossy !== best.lossy) return later.lossy < best.lossy;
  return later.coerced.repairs.length < best.coerced.repairs.length;
}

const size = (one: Fit): number => one.end - one.start;

function byFit(a: Fit, b: Fit, wanted: Wanted): number {
  return (
    typed(a, wanted) - typed(b, wanted) ||
    Number(isEcho(a)) - Number(isEcho(b)) ||
    faults(a) - faults(b) ||
    a.coerced.echoes - b.coerced.echoes ||
    Math.sign(b.coerced.known) - Math.sign(a.coerced.known)
  );
}

/** Most of what is known in it repeats what the question said. */
const isEcho = ({ coerced: { echoes, known } }: Fit): boolean => echoes > 0 && echoes * 2 >= known;

/** 0 where the value has the type that is wanted at the root. */
function typed({ coerced: { value } }: Fit, wanted: Wanted): number {
  const type = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  const fits = wanted.options.some(
    (option) => option.type === "any" || option.type === type || (option.type === "integer" && type === "number"),
  );
  return fits ? 0 : 1;
}
