import { describe, expect, it } from "vitest";
import { bytes, exactTokens, money, plural, roundMoney, roundSeconds, seconds, tokens } from "../../bin/figures.ts";

describe("figures", () => {
  it.each([
    [0, "$0", "$0"],
    [0.000_01, "<$0.0001", "<$0.0001"],
    [0.0042, "$0.0042", "$0.0042"],
    [0.42, "$0.4200", "$0.42"],
    [1, "$1.00", "$1.00"],
    [12.345, "$12.35", "$12.35"],
  ])("%d USD is %s, or roughly %s", (usd, exact, rough) => {
    expect([money(usd), roundMoney(usd)]).toEqual([exact, rough]);
  });

  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1.0k"],
    [9949, "9.9k"],
    [9950, "10k"],
    [999_499, "999k"],
    [999_500, "1.0M"],
    [12_000_000, "12M"],
  ])("%i tokens are %s", (count, said) => {
    expect(tokens(count)).toBe(said);
  });

  it.each([
    [0, "0.0 s", "0 s"],
    [0.5, "0.5 s", "0.5 s"],
    [2, "2.0 s", "2 s"],
    [9.96, "10 s", "10 s"],
    [84.4, "84 s", "84 s"],
  ])("%d seconds are %s, or said shortly %s", (value, exact, short) => {
    expect([seconds(value), roundSeconds(value)]).toEqual([exact, short]);
  });

  it("marks tokens that nobody counted", () => {
    expect([exactTokens(24_113, false), exactTokens(24_113, true)]).toEqual(["24,113", "~24,113"]);
  });

  it.each([
    [640_000, "640 KB"],
    [4_130_000_000, "4.1 GB"],
    [999, "1.0 KB"],
  ])("gives the size of %i bytes as %s", (count, text) => {
    expect(bytes(count)).toBe(text);
  });

  it("counts nouns", () => {
    expect([plural(1, "file"), plural(2, "file")]).toEqual(["1 file", "2 files"]);
  });
});
