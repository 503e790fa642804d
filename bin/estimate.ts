import { plural, roundMoney } from "./figures.ts";
import type { Flags } from "./flags.ts";
import type { Plan } from "./plan.ts";

/** Prints what a run would cost, and calls no model. */
export function printEstimate({ choice, estimate, investment, warnings }: Plan, { json = false }: Flags): number {
  const { usd, calls, input, output } = estimate;
  for (const warning of warnings) process.stderr.write(`! ${warning}\n`);
  process.stdout.write(
    json
      ? `${JSON.stringify({ choice, estimate, investment })}\n`
      : `${choice}\nabout ${roundMoney(usd)} for ${plural(calls, "call")}, ${input} tokens in and ${output} out; a run stops at ${roundMoney(investment)}\n`,
  );
  return 0;
}
