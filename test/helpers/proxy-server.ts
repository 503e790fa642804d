import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

export interface ProxyServer {
  /** The port it listens on, at 127.0.0.1. */
  readonly port: number;
  /** `name:port` of every connection it was asked for, as it was asked. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/**
 * A SOCKS5 server (RFC 1928, 1929) that looks up no name: whatever it is asked for, it connects to that port of this
 * machine. What it does not understand is thrown by `close`.
 */
export const socksServer = (leadsTo: number, login?: { user: string; password: string }): Promise<ProxyServer> =>
  proxyServer(async (socket, ask) => {
    const [version, methods] = await take(socket, 2);
    const offered = await take(socket, methods ?? 0);
    const method = login ? 2 : 0;
    if (version !== 5 || !offered.includes(method)) throw new Error(`version ${version}, methods ${offered.join()}`);
    socket.write(Buffer.of(5, method));
    if (login) {
      await take(socket, 1);
      const given = { user: await word(socket), password: await word(socket) };
      if (given.user !== login.user || given.password !== login.password) return void socket.end(Buffer.of(1, 1));
      socket.write(Buffer.of(1, 0));
    }
    const [, command, , kind] = await take(socket, 4);
    if (command !== 1 || (kind !== 1 && kind !== 3)) throw new Error(`command ${command}, kind of address ${kind}`);
    const host = kind === 3 ? await word(socket) : (await take(socket, 4)).join(".");
    ask(`${host}:${(await take(socket, 2)).readUInt16BE()}`);
    const target = await through(leadsTo);
    socket.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    join(socket, target);
  });

/** An HTTP proxy that knows CONNECT only; whatever it is asked for, it connects to that port of this machine. */
export const httpProxy = (leadsTo: number, certificate?: TlsOptions): Promise<ProxyServer> =>
  proxyServer(async (socket, ask) => {
    let head = "";
    while (!head.endsWith("\r\n\r\n")) head += (await take(socket, 1)).toString("latin1");
    const name = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1];
    if (name === undefined) throw new Error(`no CONNECT: ${head}`);
    ask(name);
    const target = await through(leadsTo);
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    join(socket, target);
  }, certificate);

async function proxyServer(
  serve: (socket: Socket, ask: (name: string) => void) => Promise<void>,
  certificate?: TlsOptions,
): Promise<ProxyServer> {
  const asked: string[] = [];
  const faults: unknown[] = [];
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket.on("error", () => {}));
    serve(socket, (name) => asked.push(name)).catch((fault: unknown) => {
      faults.push(fault);
      socket.destroy();
    });
  };
  const server = certificate ? createTlsServer(certificate, accept) : createServer(accept);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      if (faults.length > 0) throw faults[0];
    },
  };
}

/** Exactly so many bytes. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = socket.read(count);
    if (bytes?.length === count) return bytes;
    if (bytes) throw new Error("the connection ended in the middle of a word");
    await once(socket, "readable");
  }
}

/** A text behind a byte with its length. */
async function word(socket: Socket): Promise<string> {
  const [length = 0] = await take(socket, 1);
  return (await take(socket, length)).toString();
}

async function through(port: number): Promise<Socket> {
  const target = connect(port, "127.0.0.1").on("error", () => {});
  await once(target, "connect");
  return target;
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.on("close", () => other.destroy());
  other.on("close", () => one.destroy());
}
