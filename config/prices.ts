import { z } from "zod";
import type { Price, PriceBasis } from "../src/llm/deployment.ts";
import { isLocalAddress } from "./address.ts";
import { shippedData } from "./shipped-data.ts";

/** Per million tokens, as a user writes it: in USD, unless it says otherwise. */
export const PriceSetting = z.strictObject({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cached: z.number().nonnegative().optional(),
  cached_write: z.number().nonnegative().optional(),
  currency: z.enum(["USD", "CNY"]).default("USD"),
});
type PriceSetting = z.infer<typeof PriceSetting>;

const Prices = z.strictObject({
  date: z.string(),
  assumed: PriceSetting,
  models: z.record(z.string(), PriceSetting),
});

/** What models cost; the date is that of the list. */
export interface Prices {
  readonly date: string;
  readonly cnyPerUsd: number;
  readonly assumed: PriceSetting;
  readonly models: ReadonlyMap<string, PriceSetting>;
}

/** The price list that comes with the program, and what a dollar is in yuan. */
export async function loadPrices(cnyPerUsd: number): Promise<Prices> {
  const { date, assumed, models } = Prices.parse(await shippedData("prices.yaml"));
  return { date, cnyPerUsd, assumed, models: new Map(Object.entries(models)) };
}

/** A price in USD, as all money is counted; one in yuan keeps the rate, so that it can be shown in yuan. */
function inUsd({ input, output, cached, cached_write, currency }: PriceSetting, { cnyPerUsd }: Prices): Price {
  const rate = currency === "CNY" ? cnyPerUsd : 1;
  return {
    input: input / rate,
    output: output / rate,
    ...(cached === undefined ? {} : { cached: cached / rate }),
    ...(cached_write === undefined ? {} : { cachedWrite: cached_write / rate }),
    ...(currency === "CNY" ? { cnyPerUsd } : {}),
  };
}

/** What of an LLM its price depends on. */
export interface Priced {
  readonly model: string;
  readonly baseUrl: string;
  /** Never billed by the token, wherever it runs. */
  readonly local: boolean;
  /** A kind that bills by the token; an address on this machine is then a gateway to it. */
  readonly billed: boolean;
  readonly price?: PriceSetting | undefined;
  readonly pricingPlan?: string | undefined;
}

/**
 * What an LLM costs: as the user says, else as the plan the user names, else nothing where it runs here, else as the
 * list says, else the assumed price. A model on the list that is reached through a gateway here costs what it costs.
 */
export function priceOf(llm: Priced, prices: Prices): { price: Price; basis: PriceBasis } {
  if (llm.price) return { price: inUsd(llm.price, prices), basis: "config" };
  const plan = llm.pricingPlan === undefined ? undefined : listed(llm.pricingPlan, prices);
  if (plan) return { price: inUsd(plan, prices), basis: "known" };
  const known = listed(llm.model, prices);
  const here = isLocalAddress(llm.baseUrl) && !(llm.billed && known);
  if (llm.local || here) return { price: { input: 0, output: 0 }, basis: "local" };
  return known
    ? { price: inUsd(known, prices), basis: "known" }
    : { price: inUsd(prices.assumed, prices), basis: "assumed" };
}

/** Tries the name as it is, without its date, without maker and variant, and then as the longest beginning that is listed. */
function listed(model: string, { models }: Prices): PriceSetting | undefined {
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
const isBilled = (price: PriceSetting | undefined): boolean => price !== undefined && price.output > 0;
