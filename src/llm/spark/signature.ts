import { createHmac } from "node:crypto";

export interface SparkKeys {
  readonly api_key: string;
  readonly api_secret: string;
}

/** Signs one request to Spark at a date such as `Thu, 15 Jan 2026 08:30:00 GMT`, which the server compares with its own. */
export function sparkSignature(url: URL, secret: string, date: string): string {
  const request = `host: ${url.host}\ndate: ${date}\nGET ${url.pathname} HTTP/1.1`;
  return createHmac("sha256", secret).update(request).digest("base64");
}

/** The address with everything the server checks in its query; it opens one socket and is a secret. */
export function signedAddress(address: string, { api_key, api_secret }: SparkKeys, date: string): URL {
  const url = new URL(address);
  const signature = sparkSignature(url, api_secret, date);
  const facts = { api_key, algorithm: "hmac-sha256", headers: "host date request-line", signature };
  const parts = Object.entries(facts).map(([name, value]) => `${name}="${value}"`);
  url.hash = "";
  url.searchParams.set("authorization", Buffer.from(parts.join(", ")).toString("base64"));
  url.searchParams.set("date", date);
  url.searchParams.set("host", url.host);
  return url;
}
