import { isThisMachine } from "../src/llm/wire/address.ts";

/** True for addresses on this machine or a private network: whoever serves there does not bill by the token. */
export function isLocalAddress(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const url = new URL(baseUrl);
  if (isThisMachine(url)) return true;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const [a = -1, b = -1] = /^\d+(\.\d+){3}$/.test(host) ? host.split(".").map(Number) : [];
  if (a === 10 || (a === 192 && b === 168) || (a === 169 && b === 254)) return true;
  if ((a === 172 && b >= 16 && b <= 31) || (a === 100 && b >= 64 && b <= 127)) return true;
  if (host.includes(":")) return /^(f[cd]|fe[89ab])/.test(host);
  return !host.includes(".") || /\.(local|lan|internal|home\.arpa)$/.test(host);
}
