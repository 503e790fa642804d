import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { ConfigError } from "../src/errors.ts";
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
