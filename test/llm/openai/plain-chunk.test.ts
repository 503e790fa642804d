import { expect, it, vi } from "vitest";
import { chunkParser, plainChunk } from "../../../src/llm/openai/plain-chunk.ts";

const chunk = (delta: object, more: object = {}) =>
  JSON.stringify({ id: "c-1", model: "m", choices: [{ index: 0, delta, finish_reason: null, ...more }] });
const saying = (content: string) => chunk({ content });

/** What a parser makes of chunks one after the other: what each says, or that it is no JSON. */
function readBy(parse: (json: string) => unknown, lines: readonly string[]) {
  return lines.map((line) => {
    try {
      const value = parse(line);
      return plainChunk(value) ?? value;
    } catch (error) {
      return (error as Error).name;
    }
  });
}

const plainly = (json: string): unknown => JSON.parse(json);

const spaced = (content: string) =>
  `{"id": "c-1", "choices": [{"index": 0, "delta": {"content": ${JSON.stringify(content)}}, "finish_reason": null}]}`;

const streams: Readonly<Record<string, readonly string[]>> = {
  "words, and an end": [
    chunk({ role: "assistant", content: "" }),
    ...["Once", " upon", " a", " time", ""].map(saying),
    chunk({}, { finish_reason: "stop" }),
    JSON.stringify({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
  ],
  "texts in any language, with what JSON escapes": [
    "从前",
    "有",
    '"座"',
    "山\n",
    "\\",
    "\u2028",
    "🐍",
    "\ud83d",
    "\0",
  ].map(saying),
  "JSON with spaces": ["a", "b", '"', "c", "d"].map(spaced),
  "texts that look like JSON": ["a", '"}', '{"content":"', '"content"', "content", '","x":"', "}]}"].map(saying),
  "fields that change": ["a", "b", "c", "d", "e", "f"].map((content, at) =>
    chunk({ content }, { obfuscation: "x".repeat(at) }),
  ),
  "the text in two places": ["a", "b", "c"].map((content) => chunk({ content }, { logprobs: { content: "a" } })),
  "the same name twice": ["a", "b"].map((content) => saying(content).replace('"delta":{', '"delta":{"content":"a",')),
  "thoughts between": [
    saying("a"),
    chunk({ reasoning_content: "hm" }),
    saying("b"),
    chunk({ content: "c", reasoning: "d" }),
    saying("e"),
  ],
  "messages in place of deltas": ["a", "ab", "abc"].map((content) =>
    JSON.stringify({ choices: [{ message: { content } }] }),
  ),
  "what is no JSON": [
    saying("a"),
    saying("b"),
    saying("c").replace("c-1", "\u0001"),
    saying("d").replace('"d"', '"\n"'),
    "",
    "{",
    saying("e"),
  ],
  "pieces of one chunk that overlap": [
    saying(""),
    saying("a"),
    saying("a").slice(0, -1),
    saying("").replace('""', '"'),
  ],
  "a text cut in its escape": [saying("a"), saying("b").replace('"b"', '"\\"'), saying("c").replace('"c"', '"\\u12"')],
};

it.each(Object.entries(streams))("reads %s as JSON.parse would", (_, lines) => {
  expect(readBy(chunkParser(), lines)).toEqual(readBy(plainly, lines));
});

it("reads chunks with any character replaced as JSON.parse would", () => {
  const characters = ['"', "\\", "{", "}", ",", ":", "\n", "a", "字", " "];
  const clean = saying("word");
  for (let at = 0; at < clean.length; at++) {
    for (const character of characters) {
      const broken = clean.slice(0, at) + character + clean.slice(at + 1);
      const lines = [saying("one"), saying("two"), broken, saying("three"), broken];
      expect(readBy(chunkParser(), lines)).toEqual(readBy(plainly, lines));
    }
  }
});

it("parses chunks that differ in their text alone no more than twice, and does not look for likeness where there is none", () => {
  const parsed = vi.spyOn(JSON, "parse");
  try {
    const alike = Array.from({ length: 50 }, (_, at) => saying(`word${at} `));
    readBy(chunkParser(), [chunk({ role: "assistant", content: "" }), ...alike]);
    expect(parsed).toHaveBeenCalledTimes(2);
    parsed.mockClear();
    const unlike = Array.from({ length: 50 }, (_, at) => chunk({ content: "a" }, { obfuscation: String(at) }));
    readBy(chunkParser(), unlike);
    expect(parsed).toHaveBeenCalledTimes(50);
  } finally {
    parsed.mockRestore();
  }
});
