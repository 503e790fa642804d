import { createHmac } from "node:crypto";

export interface BceKeys {
  readonly access_key: string;
  readonly secret_key: string;
}

/** The headers that sign one request to Baidu Cloud at a time such as `2026-01-15T08:30:00Z`, good for half an hour. */
export function bceHeaders(method: string, url: URL, keys: BceKeys, date: string): Record<string, string> {
  const prefix = `bce-auth-v1/${keys.access_key}/${date}/1800`;
  const signed = { host: url.host, "x-bce-date": date };
  const canonical = [
    method,
    url.pathname
      .split("/")
      .map((part) => encoded(decodeURIComponent(part)))
      .join("/"),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join("&"),
    ...Object.entries(signed).map(([name, value]) => `${name}:${encoded(value)}`),
  ];
  const signature = hmac(bceSigningKey(prefix, keys.secret_key), canonical.join("\n"));
  return { "x-bce-date": date, authorization: `${prefix}/${Object.keys(signed).join(";")}/${signature}` };
}

/** The key that signs, made of the secret for one half hour. */
export const bceSigningKey = (prefix: string, secret: string): string => hmac(secret, prefix);

const hmac = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex");

/** Percent-encoding as RFC 3986 has it. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
