import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { ConfigError, errorCode } from "../src/errors.ts";
import { isPlaceholder } from "./layers.ts";

/**
 * A key as it may be sent: padding and quotes that a copy left around it are taken off. Undefined where there is none;
 * what no server could accept is refused here, before any request.
 */
export function usableKey(written: string | undefined, where: string): string | undefined {
  const key = written
    ?.trim()
    .replace(/^(["'“”‘’])(.*)\1$/s, "$2")
    .replace(/^[“‘](.*)[”’]$/s, "$1")
    .trim();
  if (!key || isPlaceholder(key)) return undefined;
  const fault = faultOf(key);
  if (fault === undefined) return key;
  throw new ConfigError(`${where}: the key ${fault}`, {
    hint: "Copy the key again, on one line and without anything around it.",
  });
}

/** True where quotes stood around a key that were taken off. */
export const isQuoted = (written: string | undefined, key: string): boolean =>
  key !== "" && written !== undefined && written.includes(key) && written.trim() !== key;

/** The key that a file holds, such as a mounted secret; `~` is the home folder. */
export function keyFromFile(file: string, where: string): string {
  try {
    return readFileSync(path.resolve(file.replace(/^~(?=[\\/])/, homedir())), "utf8");
  } catch (cause) {
    throw new ConfigError(`${where}: the key file ${file} cannot be read`, { cause, hint: "Mend api_key_file." });
  }
}

/** The key that `keyring:NAME` stands for: what the keyring of the system holds for `metagpt` under that name. */
export function keyFromKeyring(name: string, where: string): string {
  const keyring = installed<Keyring>("@napi-rs/keyring");
  if (!keyring) {
    throw new ConfigError(`${where}: reading the keyring takes the package @napi-rs/keyring, which is not installed`, {
      hint: "Run: npm i @napi-rs/keyring (with -g if metagpt is installed so), or use api_key_file or a variable.",
    });
  }
  try {
    const key = new keyring.Entry("metagpt", name).getPassword();
    if (key) return key;
  } catch (cause) {
    throw new ConfigError(`${where}: the keyring of this system cannot be read: ${firstLine(cause)}`, { cause });
  }
  throw new ConfigError(`${where}: the keyring holds no password of metagpt for ${name}`, {
    hint: "Store it with the tool of your system: service metagpt, account as named here.",
  });
}

interface Keyring {
  readonly Entry: new (service: string, account: string) => { getPassword(): string | null };
}

/** A package that few need, from beside this program or beside the user's project. */
function installed<T>(name: string): T | undefined {
  for (const base of [import.meta.url, path.join(process.cwd(), "package.json")]) {
    try {
      return createRequire(base)(name);
    } catch (error) {
      if (errorCode(error) !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return undefined;
}

const firstLine = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0];

/** A key as it may be shown: its beginning only where that is no secret, and its last four characters. */
export function maskKey(key: string): string {
  if (key === "") return "";
  if (key.length < 12) return "***";
  const kind = /^(sk|gsk|key)-?/.exec(key)?.[0] ?? "";
  return `${kind}…${key.slice(-4)}`;
}

function faultOf(key: string): string | undefined {
  if (/[\r\n]/.test(key)) return "goes over several lines";
  if (/[^\x20-\x7e]/.test(key)) return "holds characters that are no Latin letters, digits or signs";
  return /\s/.test(key) ? "holds a blank" : undefined;
}
