import { isThisMachine } from "../wire/address.ts";

/**
 * Addresses that are easily mistaken for this one: with `/v1`, by the other name of this machine, by the other protocol.
 * Nothing is sent in the clear to another machine that was meant to be encrypted.
 */
export function otherAddresses(baseUrl: string): string[] {
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) return [];
  const url = new URL(baseUrl);
  const here = isThisMachine(url);
  const path = url.pathname.replace(/\/+$/, "");
  const versioned = /\/v\d/.test(path) ? path.replace(/(\/v\d[^/]*)\/.*$/, "$1") : `${path.replace(/\/api$/, "")}/v1`;
  const hosts = here ? ["127.0.0.1", "[::1]"] : [];
  const others = [
    { ...partsOf(url), path: versioned },
    ...hosts.map((host) => ({ ...partsOf(url), host })),
    ...(url.protocol === "http:" || here ? [{ ...partsOf(url), protocol: other[url.protocol] ?? "" }] : []),
  ].map(({ protocol, host, port, path }) => `${protocol}//${host}${port}${path}`);
  return [...new Set(others)].filter((address) => address !== baseUrl.replace(/\/+$/, ""));
}

const partsOf = ({ protocol, hostname: host, port, pathname }: URL) => ({
  protocol,
  host,
  port: port && `:${port}`,
  path: pathname.replace(/\/+$/, ""),
});

const other: Partial<Record<string, string>> = { "http:": "https:", "https:": "http:" };
