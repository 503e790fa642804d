import { describe, expect, it } from "vitest";
import { type Kill, noFaults } from "./plan.ts";
import { disturbed, inPeace } from "./runner.ts";

const idea = "write a snake game";
const step = 8;
const firsts = Array.from({ length: step }, (_, number) => number + 1);
const { records } = await inPeace(idea);
const hit = new Set<number>();

describe("a run that is killed at every record of its journal", () => {
  it.concurrent.each(firsts)(
    `ends as if nothing had been: %i, and each ${step} later`,
    { timeout: 90_000 },
    async (first) => {
      const kills = Array.from({ length: Math.ceil(records / step) }, (_, number): Kill => {
        const count = number === 0 ? first : step;
        return { when: "records", count, delay: 0, withChildren: (first + number) % 2 === 0, torn: false };
      });
      const run = await disturbed(first, { idea, faults: noFaults, kills });
      for (const place of run.kills) hit.add(place);
      expect(run).toMatchObject({ problems: [], askedAgain: 0 });
    },
  );

  it("was killed at most of them", () => {
    // a record or two may be written between the look and the kill
    expect(hit.size).toBeGreaterThan(0.4 * records);
  });
});
