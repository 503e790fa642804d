import type { ChatMessage } from "./provider.ts";

/**
 * How many tokens a text costs, without a tokenizer: one per four ASCII letters or spaces, three per four digits or
 * signs, one per CJK character or emoji, one per two characters of any other script. It errs on the high side, by up to
 * a third for code, because money and context are reserved by it.
 */
export function estimateTokens(text: string): number {
  let quarters = 0;
  for (const character of text) quarters += quartersOf(character.codePointAt(0) ?? 0);
  return Math.ceil(quarters / 4);
}

/** The tokens of a whole conversation, with what frames each message: its role and the marks around it. */
export function estimateMessages(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + estimateTokens(textOf(message)) + 4, 0);
}

/**
 * The tokens of a text as a tokenizer counts them that is close to those of most models (o200k_base), for usage that a
 * server leaves out. Marks such as <|endoftext|> are text like any other.
 */
export async function countTokens(text: string): Promise<number> {
  const tokenizer = await import("gpt-tokenizer/encoding/o200k_base");
  let tokens = 0;
  for (let from = 0; from < text.length; from += slice) {
    // a long text would hold up everybody else in this process
    if (from > 0 && from % (100 * slice) === 0) await new Promise(setImmediate);
    tokens += tokenizer.countTokens(text.slice(from, from + slice), { disallowedSpecial: new Set() });
  }
  return tokens;
}

/** The tokens of a whole conversation, with what frames each message and opens the answer. */
export async function countMessages(messages: readonly ChatMessage[]): Promise<number> {
  const counts = await Promise.all(messages.map((message) => countTokens(textOf(message))));
  return counts.reduce((sum, count) => sum + count + 4, 3);
}

/** What of a message costs tokens: its words and the tools it calls. */
const textOf = ({ content, toolCalls = [] }: ChatMessage) =>
  content + toolCalls.map((call) => call.name + call.arguments).join("");

/** Characters counted at once: a long run without a break takes the square of its length. */
const slice = 1_000;

function quartersOf(point: number): number {
  if (point < 0x80) return isLetter(point) || point <= 0x20 ? 1 : 3;
  return isWide(point) ? 4 : 2;
}

const isLetter = (point: number) => (point >= 0x41 && point <= 0x5a) || (point >= 0x61 && point <= 0x7a);

/** Han, Kana, Hangul and their punctuation, full-width forms, and all beyond the first plane, such as emoji. */
const isWide = (point: number) =>
  (point >= 0x1100 && point <= 0x11ff) ||
  (point >= 0x2e80 && point <= 0xd7ff) ||
  (point >= 0xf900 && point <= 0xfaff) ||
  (point >= 0xfe30 && point <= 0xfe4f) ||
  (point >= 0xff00 && point <= 0xffef) ||
  point > 0xffff;
