import type { buildConnector } from "undici";

/** Connects requests through a SOCKS5 proxy, which looks up the names itself. */
export async function socksConnector(
  proxy: string,
  options: buildConnector.BuildOptions,
): Promise<buildConnector.connector> {
  const { SocksClient } = await import("socks");
  const { buildConnector: build } = await import("undici");
  const { hostname: host, port, username, password } = new URL(proxy);
  const login = username ? { userId: decodeURIComponent(username), password: decodeURIComponent(password) } : {};
  const secure = build(options);
  return (target, done) => {
    const isSecure = target.protocol === "https:";
    const destination = { host: target.hostname, port: Number(target.port) || (isSecure ? 443 : 80) };
    const through = { host: host.replace(/^\[|\]$/g, ""), port: Number(port) || 1080, type: 5 as const, ...login };
    const timeout = { timeout: options.timeout ?? 10_000 };
    SocksClient.createConnection({ proxy: through, command: "connect", destination, ...timeout }).then(
      ({ socket }) => (isSecure ? secure({ ...target, httpSocket: socket }, done) : done(null, socket.setNoDelay())),
      (error: Error) => done(error, null),
    );
  };
}
