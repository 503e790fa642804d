import { expect, it } from "vitest";
import type { About } from "../../src/llm/provider.ts";
import { type Script, scriptedLlm } from "./scripted-llm.ts";

const ask = async (llm: ReturnType<typeof scriptedLlm>, subject: string, turn = 1) => {
  const about: About = { role: "Engineer", action: "WriteCode", subject, attempt: 1, turn };
  const request = { messages: [{ role: "user" as const, content: "Write." }], maxTokens: 10, about };
  let text = "";
  for await (const delta of llm.stream(request, { signal: new AbortController().signal })) {
    if (delta.type === "text") text += delta.text;
  }
  return text;
};

it("replies in order", async () => {
  const llm = scriptedLlm(["one", { text: "two" }]);
  expect([await ask(llm, "b"), await ask(llm, "a")]).toEqual(["one", "two"]);
  llm.assertAllUsed();
  expect(llm.asked.map(({ about }) => about.subject)).toEqual(["b", "a"]);
});

it("replies by question, the exact one first", async () => {
  const llm = scriptedLlm({
    "WriteCode/a": ["first", "second"],
    "WriteCode/a/1.2": "exactly 1.2",
    WriteCode: "no subject",
  });
  expect(await Promise.all([ask(llm, "a"), ask(llm, "a", 2), ask(llm, "a", 3), ask(llm, "")])).toEqual([
    "first",
    "exactly 1.2",
    "second",
    "no subject",
  ]);
});

it.each<[string, Script]>([
  ["an empty script", []],
  ["other questions", { "WriteCode/b": "b" }],
])("fails on a question that is not in %s", async (_, script) => {
  await expect(ask(scriptedLlm(script), "a")).rejects.toThrow("no reply to WriteCode/a/1.1: Write.");
});

it("names the replies nobody asked for", () => {
  expect(() => scriptedLlm({ "WriteCode/b": "b" }).assertAllUsed()).toThrow("WriteCode/b");
  expect(() => scriptedLlm(["x"]).assertAllUsed()).toThrow("in order");
});
