// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings hold ${VAR} as users write it
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ServeOptions } from "../../config/serve-options.ts";
import { ConfigError } from "../../src/errors.ts";
import { settingsFrom } from "../helpers/config-folder.ts";

const hash = (digit: string) => `sha256:${digit.repeat(64)}`;
const from = (text: string, about = {}) => settingsFrom({ "config/config2.yaml": text }, about);

describe("serve:", () => {
  it("has a default for everything and is off beyond this machine", async () => {
    const { serve, auth } = await from("");
    expect(auth).toEqual([]);
    expect(serve).toEqual({
      ...{ host: "127.0.0.1", port: 8888, runs: false, run_queue: 8, run_concurrency: 1 },
      ...{ max_body: 4, max_calls: 256, log_prompts: false },
    });
  });

  it.each([
    ["cache: true", { ttl: 300, entries: 1000, megabytes: 64 }],
    ["cache: { ttl: 60 }", { ttl: 60, entries: 1000, megabytes: 64 }],
    ["cache: false", undefined],
    ["cache: 'off'", undefined],
  ])("reads %s", async (text, cache) => {
    expect((await from(`serve: { ${text} }`)).serve.cache).toEqual(cache);
  });

  it("is decided by the command line, the project and the home folder, in this order", async () => {
    const files = {
      "home/.metagpt/config2.yaml": "serve: { port: 1, host: a, max_calls: 2 }",
      "config/config2.yaml": "serve: { port: 3, host: '${HOST}' }",
    };
    const { serve } = await settingsFrom(files, { env: { HOST: "b" }, flags: { port: "4", host: undefined } });
    expect(serve).toMatchObject({ port: 4, host: "b", max_calls: 2 });
  });

  it("leaves the budget of a run alone", async () => {
    const { serve, options } = await from("investment: 9\nserve: { budget: 0 }");
    expect([serve.budget, options.investment, ServeOptions.parse({}).budget]).toEqual([0, 9, undefined]);
  });

  it.each([
    ["serve: 5", "config/config2.yaml:1: serve must hold settings such as port"],
    ["serve:\n  prot: 1", "config/config2.yaml:2: unknown key prot, did you mean port?"],
    ["serve:\n  port: 65536", "config/config2.yaml:2: serve.port must be at most 65535"],
    ["serve:\n  run_queue: -1", "config/config2.yaml:2: serve.run_queue must not be negative"],
    ["serve:\n  max_body: 0", "config/config2.yaml:2: serve.max_body must be more than 0"],
    ["serve:\n  cache: 5", "config/config2.yaml:2: serve.cache must be true, false or { ttl, entries, megabytes }"],
    ["serve:\n  cache:\n    tll: 5", "config/config2.yaml:3: unknown key tll, did you mean ttl?"],
    ["serve:\n  host: ${NOWHERE}", "config/config2.yaml:2: serve.host needs the variable NOWHERE, which is not set"],
  ])("refuses %j", async (text, message) => {
    const error = await from(text).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(message);
  });

  it("names the option that is wrong", async () => {
    await expect(from("", { flags: { port: "many" } })).rejects.toThrow("--port: serve.port must be a number");
  });
});

describe("auth:", () => {
  it("is who may ask, each with what is allowed", async () => {
    const text = `auth:\n  - { name: editor, key_hash: "${hash("A")}", models: [fast, "role:*", "*"], budget: 5, rpm: 60 }\n  - { name: build, key_hash: "\${HASH}" }`;
    expect((await from(text, { env: { HASH: hash("b") } })).auth).toEqual([
      { name: "editor", key_hash: hash("a"), models: ["fast", "role:*", "*"], budget: 5, rpm: 60 },
      { name: "build", key_hash: hash("b") },
    ]);
  });

  const one = `- { name: a, key_hash: "${hash("a")}"`;
  it.each([
    ["auth: all", "config/config2.yaml:1: auth must be a list of callers"],
    ["auth:\n  - name: a\n    key: secret", "config/config2.yaml:3: a caller's key may not stand here, only its hash"],
    ["auth:\n  - name: a\n    key_hash: secret", "config/config2.yaml:3: auth.0.key_hash must be sha256: and 64"],
    [`auth:\n  ${one}, rmp: 5 }`, "config/config2.yaml:2: unknown key rmp, did you mean rpm?"],
    [
      `auth:\n  ${one}, models: [] }`,
      "config/config2.yaml:2: auth.0.models must name an LLM; leave it out to allow all",
    ],
    [`auth:\n  ${one}, models: ["*-7b"] }`, "config/config2.yaml:2: auth.0.models.0 may have a * at its end only"],
    [`auth:\n  ${one}, budget: -1 }`, "config/config2.yaml:2: auth.0.budget must not be negative"],
    [`auth:\n  ${one} }\n  ${one.replace(/aaa/g, "bbb")} }`, "config/config2.yaml:3: a has the name of another caller"],
    [`auth:\n  ${one} }\n  ${one.replace("name: a", "name: b")} }`, "config/config2.yaml:3: b has the key of another"],
  ])("refuses %j", async (text, message) => {
    const error = await from(text).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain("secret");
  });

  it.each([
    ["0".repeat(64), "is the one of the example"],
    [createHash("sha256").update("").digest("hex"), "is that of an empty key"],
    [createHash("sha256").update("test").digest("hex").toUpperCase(), 'is that of the key "test"'],
  ])("refuses the hash %s, which anybody could have", async (known, message) => {
    const text = `auth:\n  ${one} }\n  - name: ann\n    key_hash: "sha256:${known}"`;
    await expect(from(text)).rejects.toMatchObject({
      ...{ name: "ConfigError", message: `config/config2.yaml:4: the key_hash of ann ${message}` },
      hint: expect.stringContaining("npx metagpt serve --new-key ann"),
    });
  });

  it("says how to get a hash where a key stands", async () => {
    await expect(from("auth: [{ name: a, key: secret }]")).rejects.toMatchObject({
      hint: expect.stringContaining("metagpt serve --new-key"),
    });
  });
});
