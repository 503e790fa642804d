import type { Price } from "./llm/deployment.ts";
import type { RunOptions } from "./options.ts";
import type { Role } from "./role.ts";

export interface Estimate {
  /** USD. */
  readonly usd: number;
  readonly calls: number;
  readonly input: number;
  readonly output: number;
}

/** What a usual run of these roles costs at these prices: the sum of what each action usually spends. */
export function estimateRun(
  roles: readonly Role[],
  options: RunOptions,
  priceOf: (role: string, action: string) => Price,
): Estimate {
  const total = { usd: 0, calls: 0, input: 0, output: 0 };
  for (const role of roles) {
    for (const action of role.actions) {
      const calls = action.usual.calls(options);
      const input = calls * action.usual.input;
      const output = calls * action.usual.output;
      const price = priceOf(role.profile, action.name);
      total.calls += calls;
      total.input += input;
      total.output += output;
      total.usd += (input * price.input + output * price.output) / 1e6;
    }
  }
  return total;
}
