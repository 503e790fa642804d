import type { Deployment, Price, PriceBasis } from "../deployment.ts";
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

/** What several tries have used; estimated as soon as a part that counts is. */
export function sumOf(parts: readonly Usage[]): Usage {
  const total = (of: "input" | "output") => parts.reduce((sum, part) => sum + part[of], 0);
  const counted = parts.filter(({ input, output }) => input + output > 0);
  const reported = counted.length > 0 && counted.every(({ source }) => source === "reported");
  return { input: total("input"), output: total("output"), source: reported ? "reported" : "estimated" };
}

/** A sum, how it was found, and what it is in yuan where that is the currency of the price. */
export function billOf({ provider, price, priceBasis }: Deployment, usd: number, stated: number | undefined) {
  // A cost that the answer itself states is exact, unless it is an old one.
  const basis: PriceBasis = stated === undefined ? priceBasis : provider === "recording" ? "recorded" : "known";
  if (stated !== undefined || price.cnyPerUsd === undefined) return { usd, basis };
  return { usd, basis, cny: usd * price.cnyPerUsd };
}
