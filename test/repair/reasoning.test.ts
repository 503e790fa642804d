import { expect, it } from "vitest";
import { stripReasoning } from "../../src/repair/index.ts";

it.each<[string, string, string]>([
  ["leaves an answer alone", "  answer\n", "  answer\n"],
  ["removes a block", "<think>hm</think>answer", "answer"],
  ["removes a block and the blank lines behind it", "<think>\nhm\n</think>\n\n  answer", "  answer"],
  ["knows other names and case", "<Reasoning>hm</reasoning><thought a='1'>hm</thought>answer", "answer"],
  ["removes one block after another", "<think>a</think>\n<think>b</think>\nanswer", "answer"],
  ["removes a block that names its own tag", "<think>a <think> b </think> c</think>answer", "answer"],
  ["removes a block that leaves an inner one open", "<think>a <think> b</think>answer", "answer"],
  ["takes everything for reasoning where it never ends", "<think>hm\n\nanswer", ""],
  ["removes a leading part nobody opened (case 35)", "I see.\n</think>\nanswer", "answer"],
  ["removes one that holds a draft", 'I see: {"a": 1}\n</think>\n{"a": 2}', '{"a": 2}'],
  ["removes one that holds an open draft", 'I see: {"a":\n</think>\n{"a": 2}', '{"a": 2}'],
  ["keeps a tag in a JSON text", '{"a": "x </think> y"}', '{"a": "x </think> y"}'],
  ["keeps a tag in a JSON text that was cut", '{"a": "x </think> y', '{"a": "x </think> y'],
  ["keeps a tag in a fence", "```js\n</think>\n```", "```js\n</think>\n```"],
  ["keeps a tag in a fence that was cut", "```js\n</think>\n", "```js\n</think>\n"],
  ["keeps a tag in quotes", 'cut("</think>");', 'cut("</think>");'],
  ["keeps a block in the middle", "answer <think>hm", "answer <think>hm"],
])("%s", (_, text, answer) => expect(stripReasoning(text)).toBe(answer));
