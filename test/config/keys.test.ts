import { describe, expect, it } from "vitest";
import { maskKey, usableKey } from "../../config/keys.ts";

describe("a key", () => {
  it.each([
    ["sk-abc", "sk-abc"],
    ["  sk-abc\n", "sk-abc"],
    ['"sk-abc"', "sk-abc"],
    ["'sk-abc' ", "sk-abc"],
    ["“sk-abc”", "sk-abc"],
    ["id.secret/with+signs=", "id.secret/with+signs="],
    ["", undefined],
    ["   ", undefined],
    ['""', undefined],
    [undefined, undefined],
    ["YOUR_API_KEY", undefined],
    ["sk-xxxx", undefined],
  ])("%j is taken as %j", (written, key) => {
    expect(usableKey(written, "config/config2.yaml:3")).toBe(key);
  });

  it.each([
    ["sk-a\nsk-b", "goes over several lines"],
    ["sk-密钥", "holds characters that are no Latin letters, digits or signs"],
    ["sk-аbc", "holds characters that are no Latin letters, digits or signs"],
    ["sk-a\u200bbc", "holds characters that are no Latin letters, digits or signs"],
    ["sk-a sk-b", "holds a blank"],
  ])("%j is refused before any request, and not repeated", (written, fault) => {
    expect(() => usableKey(written, "config/config2.yaml:3")).toThrow(`config/config2.yaml:3: the key ${fault}`);
  });

  it.each([
    ["sk-proj-0123456789abcd", "sk-…abcd"],
    ["gsk_0123456789abcd", "gsk…abcd"],
    ["0123456789.abcdef", "…cdef"],
    ["short", "***"],
    ["", ""],
  ])("%j is shown as %j", (key, shown) => {
    expect(maskKey(key)).toBe(shown);
  });
});
