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
