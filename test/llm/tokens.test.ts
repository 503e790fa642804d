import { expect, it } from "vitest";
import { countMessages, countTokens, estimateMessages, estimateTokens } from "../../src/llm/tokens.ts";

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

it.each([
  ["nothing", "", 0],
  ["words and signs", "Hello, world!", 4],
  ["Chinese", "写一个贪吃蛇游戏", 7],
  ["Chinese among other text", "写一个 2048 游戏，用 JavaScript。", 10],
  ["marks of the tokenizer as text", "<|endoftext|>", 7],
  ["more such marks", "<|endoftext|>\n<|im_start|>system", 14],
  ["an emoji", "🐍", 2],
  ["half an emoji", "\ud83d", 1],
])("counts %s", async (_, text, tokens) => {
  expect(await countTokens(text)).toBe(tokens);
});

it.each([
  ["one letter", "a", 25_000],
  ["blanks", " ", 1_800],
  ["Chinese", "写一个贪吃蛇游戏", 175_000],
  ["emoji that some slices cut in half", "x🐍", 199_998],
])("counts 200,000 characters without a break: %s", async (_, text, tokens) => {
  expect(await countTokens(text.repeat(200_000 / text.length))).toBe(tokens);
});

it("counts the frame of each message and of the answer as servers do", async () => {
  expect(await countMessages([{ role: "user", content: "Hi" }])).toBe(8);
  expect(
    await countMessages([
      { role: "system", content: "Hello, world!" },
      { role: "user", content: "写一个贪吃蛇游戏" },
    ]),
  ).toBe(22);
});
