import { randomBytes } from "node:crypto";
import { stringify } from "yaml";
import { exitCodes } from "../../src/errors.ts";
import { hashOfKey } from "../../src/gateway/callers.ts";

/** Makes a key for a caller: itself on standard output, once, and what the configuration is to have of it beside. */
export function printNewKey(name: string): number {
  const key = `mg-${randomBytes(24).toString("base64url")}`;
  process.stdout.write(`${key}\n`);
  const entry = stringify({ auth: [{ name, key_hash: hashOfKey(key) }] });
  process.stderr.write(`This key is shown once. Put into config2.yaml:\n\n${entry}`);
  return exitCodes.done;
}
