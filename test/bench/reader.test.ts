import { expect, it } from "vitest";
import { corpus, validCorpus } from "../../bench/corpus/index.ts";
import { isUntouched, judgeAll, pairsOf, share, singlesOf } from "../../bench/repair/accuracy.ts";
import { ours } from "../../bench/repair/readers.ts";

/** What may not get worse: `npm run bench:repair` holds the same gates, and those of speed, on any seed. */
it("reads the corpus of broken answers as well as it has to", { timeout: 60_000 }, () => {
  const judged = judgeAll(ours, corpus({ seed: 1 }));
  const right = (cases: typeof judged) => share(cases, "right");
  expect(right(judged)).toBeGreaterThanOrEqual(0.97);
  expect(right(singlesOf(judged))).toBeGreaterThanOrEqual(0.99);
  expect(right(pairsOf(judged))).toBeGreaterThanOrEqual(0.96);
  expect(share(judged, "silent")).toBeLessThanOrEqual(0.01);
});

it("leaves every valid document as it is", () => {
  expect(judgeAll(ours, validCorpus()).filter((one) => !isUntouched(one))).toEqual([]);
});
