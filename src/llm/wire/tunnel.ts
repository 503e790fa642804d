import { EventEmitter } from "node:events";
import type { Agent, ClientRequest } from "node:http";
import type { Duplex } from "node:stream";
import type { buildConnector } from "undici";
import { errorCode } from "../../errors.ts";

/** An agent that can be asked for a plain socket to a host behind its proxy. */
export type ProxyAgent = Agent & {
  connect(
    request: ClientRequest,
    to: { readonly host: string; readonly port: number; readonly secureEndpoint: false },
  ): Promise<Duplex>;
};

/** The agent for sockets through a proxy, which looks up the names itself. */
export async function proxyAgent(address: string, ca: readonly string[] | undefined): Promise<ProxyAgent> {
  if (/^socks/.test(address)) {
    const { SocksProxyAgent } = await import("socks-proxy-agent");
    // Without the h it would look the names up here.
    return new SocksProxyAgent(address.replace("socks5:", "socks5h:"));
  }
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  return new HttpsProxyAgent(address, ca && { ca: [...ca] });
}

/** Connects the requests of undici through such an agent. Its own way asks a proxy that hangs up again without end. */
export async function tunnel(
  agent: ProxyAgent,
  options: buildConnector.BuildOptions,
): Promise<buildConnector.connector> {
  const { buildConnector: build } = await import("undici");
  const secure = build(options);
  return (target, done) => {
    const isSecure = target.protocol === "https:";
    const port = Number(target.port) || (isSecure ? 443 : 80);
    socketThrough(agent, { host: target.hostname, port, timeout: options.timeout ?? 10_000 }).then(
      (socket) => (isSecure ? secure({ ...target, httpSocket: socket as never }, done) : done(null, socket as never)),
      (error: Error) =>
        done(Object.assign(error, { code: own.test(errorCode(error) ?? "") ? errorCode(error) : "EPROXY" }), null),
    );
  };
}

/** What is said in the same words without a proxy. */
const own = /TIMEDOUT|CERT|SIGNATURE|ALTNAME/;

/** A plain socket through the proxy, in time. A proxy that refuses is an error, not an answer of the server behind it. */
async function socketThrough(
  agent: ProxyAgent,
  { host, port, timeout }: { host: string; port: number; timeout: number },
): Promise<Duplex> {
  const request = new EventEmitter();
  let status = 200;
  request.on("proxyConnect", ({ statusCode }: { statusCode: number }) => {
    status = statusCode;
  });
  const connecting = agent.connect(request as ClientRequest, { host, port, secureEndpoint: false });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("the proxy is silent"), { code: "ETIMEDOUT" })), timeout);
  });
  try {
    const socket = await Promise.race([connecting, late]);
    if (status === 200) return socket;
    socket.destroy();
    throw new Error(`it answered with HTTP ${status}`);
  } finally {
    clearTimeout(timer);
    connecting.catch(() => {});
  }
}
