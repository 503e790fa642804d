import { firstDifference } from "../corpus/verdict.ts";
import type { Judged } from "./accuracy.ts";

/** The cases a reader did not get right, for the one who improves it; a kind narrows them. */
export function failures(judged: readonly Judged[], kind: string | undefined): string {
  const wrong = judged.filter(
    ({ case: { kinds }, verdict }) => verdict !== "right" && (kind === undefined || kinds.includes(kind)),
  );
  return [...wrong.map(describe), `${wrong.length} of ${judged.length}`].join("\n");
}

function describe({ case: one, verdict, outcome, error }: Judged): string {
  const difference = outcome
    ? firstDifference(outcome.value, one.expected) ||
      (one.cut ? "right, but not said to be truncated" : "right, but refused")
    : `threw ${error}`;
  const repairs = outcome?.repairs.slice(0, 8).join("; ") ?? "";
  return [
    `${verdict.toUpperCase()} ${one.kinds.join(" + ")} in ${one.document.name}`,
    `  ${difference}`,
    ...(one.cut ? [`  cut at $.${one.cut.path.join(".")}`] : []),
    ...(repairs ? [`  ${outcome?.refused ? "problems" : "repairs"}: ${repairs}`] : []),
  ].join("\n");
}

/** The share that is right for each kind of fault, the worst first. */
export function byKind(judged: readonly Judged[]): string {
  const kinds = new Map<string, { right: number; silent: number; all: number }>();
  for (const { case: one, verdict } of judged) {
    for (const kind of one.kinds) {
      const count = kinds.get(kind) ?? { right: 0, silent: 0, all: 0 };
      count.all++;
      if (verdict === "right") count.right++;
      if (verdict === "silent") count.silent++;
      kinds.set(kind, count);
    }
  }
  return [...kinds]
    .sort(([, one], [, other]) => one.right / one.all - other.right / other.all)
    .map(
      ([kind, { right, silent, all }]) =>
        `${kind.padEnd(44)} ${right}/${all}${silent > 0 ? `, silently wrong ${silent}` : ""}`,
    )
    .join("\n");
}

/** Cases that another reader gets right and ours does not. */
export function beaten(judged: readonly Judged[], others: ReadonlyMap<string, readonly Judged[]>): string[] {
  return judged.flatMap(({ case: one, verdict }, index) => {
    if (verdict === "right") return [];
    const better = [...others].filter(([, list]) => list[index]?.verdict === "right").map(([name]) => name);
    return better.length > 0 ? [`${one.kinds.join(" + ")} in ${one.document.name}: right in ${better.join(", ")}`] : [];
  });
}
