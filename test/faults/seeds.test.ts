import { describe, expect, it } from "vitest";
import { killsBySeed } from "./plan.ts";
import { disturbed } from "./runner.ts";

/** The shortest of the recordings; `npm run faults` takes all of them. */
const idea = "write a snake game";
const seeds = Array.from({ length: 20 }, (_, number) => number + 1);

describe("a run with faults that is killed again and again", () => {
  it.concurrent.each(seeds)("ends as if nothing had been, seed %i", { timeout: 120_000 }, async (seed) => {
    // that a resumed run is killed once more is seen with every fourth, and in kills.test.ts
    const kills = killsBySeed(seed, seed % 4 === 0 ? 2 : 1);
    expect(await disturbed(seed, { idea, kills })).toMatchObject({ problems: [], askedAgain: 0 });
  });
});
