import { expect, it } from "vitest";
import { costOf } from "../../../src/llm/call/cost.ts";

const million = 1_000_000;
const price = { input: 3, output: 15, cached: 0.3, cachedWrite: 3.75 };

it.each([
  ["nothing", { input: 0, output: 0 }, price, 0],
  ["prompt and answer", { input: million, output: million }, price, 18],
  ["a prompt from the cache", { input: million, output: 0, cachedRead: million }, price, 0.3],
  ["a prompt into the cache", { input: million, output: 0, cachedWrite: million }, price, 3.75],
  [
    "each part at its own price (case 112)",
    { input: 10 * million, output: 2 * million, cachedRead: 4 * million, cachedWrite: 5 * million },
    price,
    1 * 3 + 4 * 0.3 + 5 * 3.75 + 2 * 15,
  ],
  [
    "the cache as other input where it has no price",
    { input: 3 * million, output: 0, cachedRead: million, cachedWrite: million },
    { input: 2, output: 1 },
    6,
  ],
  ["no more from the cache than there was", { input: million, output: 0, cachedRead: 9 * million }, price, 0.3],
  [
    "no more into the cache than was left",
    { input: million, output: 0, cachedRead: 0.5 * million, cachedWrite: 9 * million },
    price,
    0.5 * 0.3 + 0.5 * 3.75,
  ],
])("%s", (_, usage, at, usd) => {
  expect(costOf(usage, at)).toBeCloseTo(usd, 9);
});
