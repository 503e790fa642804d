import { problem } from "./problems.ts";
import type { Problem, Reading, Repair } from "./reading.ts";

/**
 * Which answers are accepted: any that can be read; any that lost nothing where the schema is `exact`, as at a path; only
 * those that lost nothing; or only clean JSON.
 */
export type Acceptance = "any" | "exact" | "lossless" | "clean";

/** A reading as it is, or as problems where it took more repairs than are accepted. */
export function accepted<T>(reading: Reading<T>, acceptance: Acceptance): Reading<T> {
  if (!reading.ok || acceptance === "any" || acceptance === "exact") return reading;
  const refused = reading.repairs.filter(({ lossy }) => lossy || acceptance === "clean");
  if (refused.length === 0) return reading;
  return { ok: false, problems: refused.map(asProblem), partial: reading.value, truncated: reading.truncated };
}

/** A repair as the problem it is for who does not accept it. */
export function asProblem({ kind, path, lossy, note, candidates }: Repair): Problem {
  const how = note === undefined ? kind : `${kind}: ${note}`;
  const found = candidates === undefined ? {} : { candidates };
  return { ...problem(candidates ? "ambiguous" : lossy ? "lossy" : "unclean", `not clean (${how})`, path), ...found };
}
