import { readFile } from "node:fs/promises";
import type { Agent } from "node:http";
import type { Dispatcher } from "undici";
import { ConfigError } from "../../errors.ts";
import { madeOnce } from "../../made-once.ts";
import { isThisMachine } from "./address.ts";
import type { Timeouts } from "./clock.ts";
import { type ProxyAgent, proxyAgent, tunnel } from "./tunnel.ts";

/** How long a stream may say nothing of use. */
export interface Patience {
  /** Milliseconds with nothing but comments; ten minutes where absent. */
  readonly comments?: number | undefined;
}

/** How servers are reached: what stands between, whose certificates are trusted, how long is waited. */
export interface WireOptions extends Timeouts, Patience {
  /** An http, https or socks5 proxy for every server but those of this machine; else those of the environment count. */
  readonly proxy?: string | undefined;
  /** A file with certificates to trust besides the usual ones. */
  readonly ca_file?: string | undefined;
  /** Is told the headers of every answer. */
  readonly heard?: ((status: number, headers: HeaderText) => void) | undefined;
}

/** Headers, of which a text is read by its name in small letters. */
export type HeaderText = Pick<Headers, "get">;

/** The way to servers, for requests and for sockets of one's own. */
export interface Wire {
  /** What sends requests to this address. */
  dispatcherFor(url: URL): Dispatcher | Promise<Dispatcher>;
  /** What connects a socket to this address through the proxy; undefined where there is none. */
  agentFor(url: URL): Promise<Agent | undefined>;
  /** The certificates to trust; undefined for the usual ones. */
  readonly ca: readonly string[] | undefined;
}

/** Opens the way to servers. A certificate file that cannot be read is an error of the configuration. */
export async function openWire({ proxy, ca_file, connect_timeout }: WireOptions): Promise<Wire> {
  const { Agent } = await import("undici");
  const { getProxyForUrl } = await import("proxy-from-env");
  const ca = ca_file === undefined ? undefined : await certificates(ca_file);
  const connect = { timeout: (connect_timeout || 10) * 1000, ...(ca && { ca }) };
  // The clocks are ours; undici's own would end a slow answer after 300 s.
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  const agents = new Map<string, Promise<ProxyAgent>>();
  const direct = new Agent({ ...limits, connect });
  const dispatchers = new Map<string, Promise<Dispatcher>>();

  const proxyFor = (url: URL): string => {
    if (isThisMachine(url)) return "";
    return usable(proxy ?? asWritten(getProxyForUrl(url.href.replace(/^ws/, "http"))));
  };
  const agentOf = (address: string) => madeOnce(agents, address, () => proxyAgent(address, ca));
  const dispatcherOf = async (address: string) =>
    new Agent({ ...limits, connect: await tunnel(await agentOf(address), connect) });
  return {
    ca,
    dispatcherFor(url) {
      const address = proxyFor(url);
      return address === "" ? direct : madeOnce(dispatchers, address, () => dispatcherOf(address));
    },
    async agentFor(url) {
      const address = proxyFor(url);
      return address === "" ? undefined : agentOf(address);
    },
  };
}

/** A proxy that a variable names without a scheme is an http one; the package takes the scheme of the request. */
const asWritten = (address: string): string =>
  Object.values(process.env).includes(address) ? address : address.replace(/^https:/, "http:");

/** The address of a proxy in the words undici knows; one of another kind is an error of the configuration. */
function usable(address: string): string {
  if (address !== "" && !/^(https?|socks5?h?):/.test(address)) {
    const hint = "Set proxy, or the variable it comes from, to an http, https or socks5 address.";
    throw new ConfigError(`a proxy of the kind ${address.split(":")[0]} cannot be used`, { hint });
  }
  return address.replace(/^socks5?h?:/, "socks5:");
}

async function certificates(file: string): Promise<string[]> {
  const { rootCertificates } = await import("node:tls");
  const own = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ConfigError(`the certificates in ${file} cannot be read`, { cause, hint: "Mend ca_file." });
  });
  return [...rootCertificates, own];
}
