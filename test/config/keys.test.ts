import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { maskKey, usableKey } from "../../config/keys.ts";
import { resolveFrom } from "../helpers/config-folder.ts";
import { tempFolder } from "../helpers/temp.ts";

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

describe("a key in a file", () => {
  it("is read without what surrounds it, also below the home folder", async () => {
    const home = tempFolder();
    vi.stubEnv("HOME", home);
    onTestFinished(() => void vi.unstubAllEnvs());
    writeFileSync(path.join(home, "key"), "sk-0123456789\n");
    const config2 = "llm: { api_type: openai, api_key_file: ~/key }";
    const { deployments } = await resolveFrom({ "config/config2.yaml": config2 });
    expect(deployments[0]?.settings).toMatchObject({ api_key: "sk-0123456789" });
    expect(deployments[0]?.settings).not.toHaveProperty("api_key_file");
  });

  it("that is not there stops the run, naming the place", async () => {
    const config2 = "llm:\n  api_type: openai\n  api_key_file: /no/such/file";
    await expect(resolveFrom({ "config/config2.yaml": config2 })).rejects.toMatchObject({
      message: "config/config2.yaml:3: the key file /no/such/file cannot be read",
      exitCode: 3,
    });
  });
});
