import { asProblem } from "./accept.ts";
import type { Reading, Repair, RepairKind } from "./reading.ts";
import { anything, containerOf, type Wanted } from "./wanted.ts";

/** Repairs that leave out an item of a list. */
const losesItems: ReadonlySet<RepairKind> = new Set(["truncated", "dropped", "ellipsis"]);

/** A reading, or as problems the losses in it at places where the schema takes no guess: paths, names, identifiers. */
export function exact<T>(reading: Reading<T>, wanted: Wanted): Reading<T> {
  if (!reading.ok || !reading.lossy) return reading;
  const guessed = reading.repairs.filter((repair) => repair.lossy && isExact(repair, wanted));
  if (guessed.length === 0) return reading;
  return { ok: false, problems: guessed.map(asProblem), partial: reading.value, truncated: reading.truncated };
}

/** Whether a repair stands at an exact place, or takes an item with such a place out of a list. */
function isExact({ path, kind }: Repair, wanted: Wanted): boolean {
  let at = wanted;
  for (const step of path) {
    if (at.node.exact === true) return true;
    const container = containerOf(at, typeof step === "number" ? "array" : "object") ?? anything;
    at = typeof step === "number" ? container.item(step) : container.member(step);
  }
  if (at.node.exact === true) return true;
  const item = containerOf(containerOf(at, "array")?.item(0) ?? at, "object");
  const holdsExact = item?.keys.some((key) => item.member(key).node.exact === true) === true;
  return losesItems.has(kind) && path.length > 0 && holdsExact;
}
