import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { metagpt } from "../helpers/program.ts";
import { tempFolder } from "../helpers/temp.ts";

const config = "llm: { api_type: open_llm, base_url: http://127.0.0.1:1/v1, model: m, api_key: 'keyring:gateway' }\n";

/** A project with this configuration and, beside it, a keyring that holds one password and refuses other questions. */
function project(keyring?: string): string {
  const cwd = tempFolder();
  mkdirSync(join(cwd, "config"));
  writeFileSync(join(cwd, "config/config2.yaml"), config);
  if (keyring !== undefined) {
    const folder = join(cwd, "node_modules/@napi-rs/keyring");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "index.js"),
      `exports.Entry = class { constructor(service, account) {
      if (service !== "metagpt") throw new Error("whose is " + service + "?");
      this.account = account;
    } getPassword() { ${keyring} } };`,
    );
  }
  return cwd;
}

it("a key in the keyring of the system is found there, and shown masked", async () => {
  const cwd = project('return this.account === "gateway" ? "sk-from-the-keyring-4711" : null;');
  const { code, stdout } = await metagpt(["llms", "--json"], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)[0]).toMatchObject({ llm: "open_llm", key: "sk-…4711" });
});

it.each([
  ["the package is not there", undefined, "takes the package @napi-rs/keyring, which is not installed"],
  ["it holds no such key", "return null;", "the keyring holds no password of metagpt for gateway"],
  [
    "it cannot be read",
    'throw new Error("no storage access");',
    "the keyring of this system cannot be read: no storage access",
  ],
])("says so where %s", async (_, keyring, message) => {
  const { code, stderr } = await metagpt(["llms"], { cwd: project(keyring) });
  expect([code, stderr]).toEqual([3, expect.stringContaining(message)]);
});
