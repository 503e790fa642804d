import { expect, it } from "vitest";
import { estimateMessages, estimateTokens } from "../../src/llm/tokens.ts";

it.each([
  ["nothing", "", 0],
  ["one letter", "a", 1],
  ["four letters", "word", 1],
  ["five letters", "words", 2],
  ["spaces and line ends like letters", "a b\n", 1],
  ["digits and signs by three quarters", "x=1;", 3],
  ["a Chinese character each", "写一个贪吃蛇游戏", 8],
  ["full-width punctuation each", "，。", 2],
  ["Kana and Hangul each", "カナ한글", 4],
  ["other scripts by two", "змейка", 3],
  ["an emoji as one, not as its two halves", "🐍", 1],
  ["a rare Han character as one", "𠮷", 1],
])("estimates %s", (_, text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});

it("is no lower than what a real tokenizer counts for code", () => {
  // 76 tokens by cl100k_base and o200k_base alike.
  const code = `export function distance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
`;
  expect(estimateTokens(code)).toBeGreaterThanOrEqual(76);
});

it("counts the frame of each message", () => {
  const content = "word";
  expect(estimateMessages([])).toBe(0);
  expect(estimateMessages([{ role: "user", content }])).toBe(5);
  expect(
    estimateMessages([
      { role: "system", content },
      { role: "user", content: "写" },
    ]),
  ).toBe(10);
});
