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
