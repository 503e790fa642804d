/** What Spark calls a model, where it is served and what it allows. */
export interface SparkDomain {
  readonly domain: string;
  readonly address: string;
  /** The most tokens of one answer. */
  readonly tokens: number;
  /** The highest temperature; zero itself is refused by all. */
  readonly temperature: number;
  /** Whether it takes a system message. */
  readonly system: boolean;
}

/** Finds the domain by its name, else by the path of the address; an address that is given always stays. */
export function sparkDomain(name: string | undefined, address: string | undefined): SparkDomain {
  const path = address && new URL(address).pathname.replace(/\/+$/, "");
  const known = domains.find(({ names, paths }) => (name ? names.includes(name) : paths.includes(path ?? usual)));
  const { names, paths, ...limits } = known ?? { names: ["generalv3.5"], paths: [usual], ...unknown };
  return { domain: name ?? names[0], address: address ?? `wss://spark-api.xf-yun.com${paths[0]}`, ...limits };
}

const usual = "/v3.5/chat";
const plain = { tokens: 4096, temperature: 1, system: false };
const able = { tokens: 8192, temperature: 1, system: true };
const unknown = { ...able, tokens: Number.POSITIVE_INFINITY };

type Names = readonly [string, ...string[]];

/** The first of the names is the one of today. */
const domains: readonly ({ names: Names; paths: Names } & Omit<SparkDomain, "domain" | "address">)[] = [
  { names: ["lite", "general"], paths: ["/v1.1/chat"], ...plain },
  { names: ["generalv2"], paths: ["/v2.1/chat"], ...plain },
  { names: ["generalv3"], paths: ["/v3.1/chat"], ...plain, tokens: 8192 },
  { names: ["pro-128k"], paths: ["/chat/pro-128k"], ...plain },
  { names: ["generalv3.5"], paths: [usual], ...able },
  { names: ["max-32k"], paths: ["/chat/max-32k"], ...able },
  { names: ["4.0Ultra"], paths: ["/v4.0/chat"], ...able },
  { names: ["spark-x", "x1"], paths: ["/v1/x1", "/x2"], ...able, tokens: 65_535, temperature: 2 },
];
