import { describe, expect, it } from "vitest";
import { repair } from "../../src/repair/index.ts";
import { violation } from "./checks.ts";
import { fuzzInput } from "./fuzz-inputs.ts";

const count = 5000;
const groups = 5;

describe("reads whatever comes, without a throw and without an invention", () => {
  it.each(Array.from({ length: groups }, (_, group) => group * (count / groups)))("from seed %i on", (first) => {
    for (let seed = first; seed < first + count / groups; seed++) {
      const { text, schema } = fuzzInput(seed);
      const start = performance.now();
      const reading = repair(text, schema);
      const wrong =
        performance.now() - start > 3000 ? "it took more than three seconds" : violation(text, schema, reading);
      if (wrong) expect({ seed, text, reading, wrong }).toEqual({ seed, text, reading, wrong: undefined });
    }
  });

  it("and says the same of the same text", () => {
    for (let seed = 0; seed < count; seed += 20) {
      const { text, schema } = fuzzInput(seed);
      expect(repair(text, schema)).toStrictEqual(repair(text, schema));
      expect(fuzzInput(seed).text).toBe(text);
    }
  });
});
