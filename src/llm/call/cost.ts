import type { Price } from "../deployment.ts";
import type { Usage } from "../provider.ts";

/**
 * What a call cost in USD. Reasoning is part of the output; prompt tokens read from a cache or written to it are part of
 * the input, at prices of their own.
 */
export function costOf(usage: Pick<Usage, "input" | "output" | "cachedRead" | "cachedWrite">, price: Price): number {
  const read = Math.min(usage.cachedRead ?? 0, usage.input);
  const written = Math.min(usage.cachedWrite ?? 0, usage.input - read);
  const fresh = usage.input - read - written;
  const input =
    fresh * price.input + read * (price.cached ?? price.input) + written * (price.cachedWrite ?? price.input);
  return (input + usage.output * price.output) / 1e6;
}
