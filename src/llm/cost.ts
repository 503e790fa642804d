import type { Price } from "./deployment.ts";
import type { Usage } from "./provider.ts";

/** What a call cost in USD. Reasoning is part of the output; cached prompt tokens are part of the input, but cheaper. */
export function costOf(usage: Pick<Usage, "input" | "output" | "cachedRead">, price: Price): number {
  const cached = Math.min(usage.cachedRead ?? 0, usage.input);
  const fresh = usage.input - cached;
  return (fresh * price.input + cached * (price.cached ?? price.input) + usage.output * price.output) / 1e6;
}
