import { z } from "zod";
import type { Price, PriceBasis } from "../src/llm/deployment.ts";
import { isLocalAddress } from "./address.ts";
import { shippedFile } from "./shipped.ts";
import { readTree } from "./yaml.ts";

/** USD per million tokens, as a user writes it. */
export const PriceSetting = z.strictObject({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cached: z.number().nonnegative().optional(),
});

const Prices = z.strictObject({
  date: z.string(),
  cny_per_usd: z.number().positive(),
  assumed: PriceSetting,
  models: z.record(z.string(), PriceSetting.extend({ currency: z.enum(["USD", "CNY"]).default("USD") })),
});

/** What models cost, in USD; the date is that of the list. */
export interface Prices {
  readonly date: string;
  readonly assumed: Price;
  readonly models: ReadonlyMap<string, Price>;
}

/** The price list that comes with the program. */
export async function loadPrices(): Promise<Prices> {
  const tree = await readTree(shippedFile("config/prices.yaml"), "prices.yaml");
  const { date, cny_per_usd, assumed, models } = Prices.parse(tree?.value);
  const inUsd = ({ currency, ...price }: (typeof models)[string]): Price => {
    const rate = currency === "CNY" ? cny_per_usd : 1;
    const cached = price.cached === undefined ? {} : { cached: price.cached / rate };
    return { input: price.input / rate, output: price.output / rate, ...cached };
  };
  return { date, assumed, models: new Map(Object.entries(models).map(([model, row]) => [model, inUsd(row)])) };
}

/** What of an LLM its price depends on. */
export interface Priced {
  readonly model: string;
  readonly baseUrl: string;
  /** Never billed by the token, wherever it runs. */
  readonly local: boolean;
  /** A kind that bills by the token; an address on this machine is then a gateway to it. */
  readonly billed: boolean;
  readonly price?: Price | undefined;
  readonly pricingPlan?: string | undefined;
}

/**
 * What an LLM costs: as the user says, else as the plan the user names, else nothing where it runs here, else as the
 * list says, else the assumed price. A model on the list that is reached through a gateway here costs what it costs.
 */
export function priceOf(llm: Priced, prices: Prices): { price: Price; basis: PriceBasis } {
  if (llm.price) return { price: llm.price, basis: "config" };
  const plan = llm.pricingPlan === undefined ? undefined : listed(llm.pricingPlan, prices);
  if (plan) return { price: plan, basis: "known" };
  const known = listed(llm.model, prices);
  const here = isLocalAddress(llm.baseUrl) && !(llm.billed && known);
  if (llm.local || here) return { price: { input: 0, output: 0 }, basis: "local" };
  return known ? { price: known, basis: "known" } : { price: prices.assumed, basis: "assumed" };
}

/** Tries the name as it is, without its date, without maker and variant, and then as the longest beginning that is listed. */
function listed(model: string, { models }: Prices): Price | undefined {
  const name = model.trim().toLowerCase();
  const bare = name.replace(/^.*\//, "").replace(/:.*$/, "");
  const exact = [name, undated(name), bare, undated(bare)].find((candidate) => models.has(candidate));
  if (exact !== undefined) return models.get(exact);
  const [longest] = [...models.keys()]
    .filter((start) => bare.startsWith(start) && "-_@".includes(bare.charAt(start.length)))
    .filter((start) => isBilled(models.get(start)))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : models.get(longest);
}

const undated = (name: string): string => name.replace(/[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4})$/, "");

/** A model that merely begins like a free one need not be free. */
const isBilled = (price: Price | undefined): boolean => price !== undefined && price.output > 0;
