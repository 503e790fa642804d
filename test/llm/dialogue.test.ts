import { describe, expect, it } from "vitest";
import { dialogueOf } from "../../src/llm/dialogue.ts";
import type { ChatMessage } from "../../src/llm/provider.ts";

/** `s:`, `u:` and `a:` for the three roles. */
const roles = { s: "system", u: "user", a: "assistant" } as const;
const said = (text: string): ChatMessage[] =>
  [...text.matchAll(/([sua]):(\S+)/g)].map(([, role, content = ""]) => ({
    role: roles[role === "s" || role === "a" ? role : "u"],
    content,
  }));
const read = (text: string, systemApart: boolean) => {
  const { system, turns } = dialogueOf(said(text), { systemApart });
  return [system, ...turns.map(({ role, content }) => `${role[0]}:${content.replaceAll("\n\n", "+")}`)];
};

describe("a conversation becomes strict turns", () => {
  it.each([
    ["s:be u:hi", ["be", "u:hi"], ["", "u:be+hi"]],
    ["u:hi", ["", "u:hi"], ["", "u:hi"]],
    ["s:be u:hi a:yes u:go", ["be", "u:hi", "a:yes", "u:go"], ["", "u:be+hi", "a:yes", "u:go"]],
    ["u:one u:two a:x a:y u:z", ["", "u:one+two", "a:x+y", "u:z"], ["", "u:one+two", "a:x+y", "u:z"]],
    ["s:be u:hi s:now u:go", ["be\n\nnow", "u:hi+go"], ["", "u:be+now+hi+go"]],
    ["u:hi a:yes", ["", "u:hi", "a:yes", "u:Go on."], ["", "u:hi", "a:yes", "u:Go on."]],
    ["a:yes u:go", ["", "u:Begin.", "a:yes", "u:go"], ["", "u:Begin.", "a:yes", "u:go"]],
    ["s:be", ["be", "u:Begin."], ["", "u:be"]],
  ])("%s", (text, apart, merged) => {
    expect(read(text, true)).toEqual(apart);
    expect(read(text, false)).toEqual(merged);
  });
});

it("leaves calls of tools and their results as they are, each in its place", () => {
  const toolCalls = [{ id: "c", name: "look", arguments: "{}" }];
  const messages: ChatMessage[] = [
    { role: "user", content: "one" },
    { role: "user", content: "two" },
    { role: "assistant", content: "hm" },
    { role: "assistant", content: "", toolCalls },
    { role: "tool", content: "x", toolCallId: "c" },
    { role: "tool", content: "y", toolCallId: "d" },
  ];
  const { turns } = dialogueOf(messages, { systemApart: true });
  expect(turns).toEqual([{ role: "user", content: "one\n\ntwo" }, ...messages.slice(2)]);
});

it("joins the words of an assistant that called nothing", () => {
  const messages: ChatMessage[] = [
    { role: "user", content: "hi" },
    { role: "assistant", content: "a", toolCalls: [] },
    { role: "assistant", content: "b", toolCalls: [] },
    { role: "user", content: "go" },
  ];
  expect(dialogueOf(messages, { systemApart: true }).turns.map(({ content }) => content)).toEqual([
    "hi",
    "a\n\nb",
    "go",
  ]);
});
