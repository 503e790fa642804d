import { describe, expect, it } from "vitest";
import { roster } from "../roles/index.ts";
import { estimateRun } from "../src/estimate.ts";
import type { Role } from "../src/role.ts";
import { usual } from "./helpers/team-run.ts";

/** A role whose actions usually spend this. */
const roleOf = (profile: string, spends: Record<string, [calls: number, input: number, output: number]>) => {
  const actions = Object.entries(spends).map(([name, [calls, input, output]]) => ({
    name,
    usual: { calls: () => calls, input, output },
  }));
  return { profile, actions } as unknown as Role;
};

const free = () => ({ input: 0, output: 0 });

describe("estimateRun", () => {
  it("adds up what each action usually spends, each at the price of the LLM that answers it", () => {
    const roles = [
      roleOf("Boss", { Think: [1, 1000, 500] }),
      roleOf("Clerk", { Write: [4, 200, 100], Idle: [0, 9, 9] }),
    ];
    const priceOf = (role: string, action: string) => {
      expect(["Boss/Think", "Clerk/Write", "Clerk/Idle"]).toContain(`${role}/${action}`);
      return action === "Think" ? { input: 10, output: 30 } : { input: 1, output: 2 };
    };
    const { usd, ...counts } = estimateRun(roles, usual, priceOf);
    expect(counts).toEqual({ calls: 5, input: 1800, output: 900 });
    expect(usd).toBeCloseTo((1000 * 10 + 500 * 30 + 800 * 1 + 400 * 2) / 1e6, 10);
  });

  it("is nothing for nobody, and costs nothing where nothing has a price", () => {
    expect(estimateRun([], usual, free)).toEqual({ usd: 0, calls: 0, input: 0, output: 0 });
    expect(estimateRun(roster({ implement: true }), usual, free).usd).toBe(0);
  });

  it.each([
    ["documents only", false, {}, 3],
    ["code without review", true, { codeReview: false }, 8],
    ["code with review", true, {}, 17],
    ["two checks of the whole", true, { autoSummarize: 2 }, 19],
    ["checks until nothing is left, of which one is counted", true, { autoSummarize: -1 }, 18],
  ])("counts the calls of a company for %s", (_what, implement, options, calls) => {
    expect(estimateRun(roster({ implement }), { ...usual, ...options }, free).calls).toBe(calls);
  });
});
