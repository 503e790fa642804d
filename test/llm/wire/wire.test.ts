import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createPlainServer, type Socket } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { ConfigError } from "../../../src/errors.ts";
import { openai } from "../../../src/llm/openai.ts";
import { wireTools } from "../../../src/llm/wire/tools.ts";
import type { WireOptions } from "../../../src/llm/wire/wire.ts";
import { question } from "../../helpers/drain.ts";
import { httpProxy, socksServer } from "../../helpers/proxy-server.ts";
import { tempFolder } from "../../helpers/temp.ts";

const open: { close(): Promise<void> }[] = [];
const proxyVariables = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [
  name,
  name.toUpperCase(),
]);
beforeEach(() => {
  for (const name of proxyVariables) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of open.splice(0)) await server.close();
});

async function opened<T extends { close(): Promise<void> }>(server: Promise<T>): Promise<T> {
  open.push(await server);
  return server;
}

/** A server that says hello to every request and every socket; gives its port. */
async function hello(server: Server = createServer()): Promise<number> {
  server.on("request", (_, answer) => answer.end("hello"));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.send("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

/** A certificate that nobody has signed, for llm.example.com and this machine. */
function selfSigned() {
  const folder = tempFolder();
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const names = "subjectAltName=DNS:llm.example.com,IP:127.0.0.1";
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  execFileSync("openssl", [...args, "-subj", "/CN=test", "-addext", names, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  return { cert, options: { key: readFileSync(key), cert: readFileSync(cert) } };
}

const get = async (url: string, options: WireOptions = {}) => (await wireTools(options).fetch(url)).text();

/** The first word that comes from a socket opened with what the wire gives for it. */
async function firstWord(url: string, options: WireOptions): Promise<string> {
  const { agent, ca } = await wireTools(options).socket(new URL(url));
  const socket = new WebSocket(url, { ...(agent && { agent }), ...(ca && { ca: [...ca] }) });
  try {
    return await new Promise((resolve, reject) => {
      socket.on("message", (data) => resolve(String(data)));
      socket.on("error", reject);
    });
  } finally {
    socket.terminate();
  }
}

describe("the proxy of the environment (case 167)", () => {
  it.each([
    ["HTTP_PROXY", "http://llm.example.com/v1", "llm.example.com:80"],
    ["http_proxy", "http://llm.example.com:8080/v1", "llm.example.com:8080"],
    ["ALL_PROXY", "http://llm.example.com/v1", "llm.example.com:80"],
  ])("%s leads to remote names: %s", async (variable, url, name) => {
    const proxy = await opened(httpProxy(await hello()));
    vi.stubEnv(variable, `http://127.0.0.1:${proxy.port}`);
    expect(await get(url)).toBe("hello");
    expect(proxy.asked).toEqual([name]);
  });

  it("HTTPS_PROXY leads to those with a certificate, not to the others", async () => {
    const { cert, options } = selfSigned();
    const proxy = await opened(httpProxy(await hello(createTlsServer(options))));
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    expect(await get("https://llm.example.com/v1", { ca_file: cert })).toBe("hello");
    await expect(get("http://no-such-host.invalid")).rejects.toThrow("the host name was not found");
    expect(proxy.asked).toEqual(["llm.example.com:443"]);
  });

  it.each(["127.0.0.1", "localhost"])("leads not to this machine: %s", async (host) => {
    const port = await hello();
    const proxy = await opened(httpProxy(port));
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${proxy.port}`);
    expect(await get(`http://${host}:${port}`)).toBe("hello");
    expect(proxy.asked).toEqual([]);
  });

  it.each(["inside.invalid", ".invalid", "other.example.com, inside.invalid", "*", "inside.invalid:80"])(
    "leads not to the names of NO_PROXY: %s",
    async (names) => {
      const proxy = await opened(httpProxy(await hello()));
      vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${proxy.port}`);
      vi.stubEnv("NO_PROXY", names);
      await expect(get("http://inside.invalid")).rejects.toThrow("the host name was not found");
      expect(proxy.asked).toEqual([]);
    },
  );

  it.each(["", "*"])("gives way to the one of the configuration, with NO_PROXY=%s", async (names) => {
    const wrong = await opened(httpProxy(await hello()));
    const right = await opened(httpProxy(await hello()));
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${wrong.port}`);
    vi.stubEnv("NO_PROXY", names);
    expect(await get("http://llm.example.com/v1", { proxy: `http://127.0.0.1:${right.port}` })).toBe("hello");
    expect([wrong.asked, right.asked]).toEqual([[], ["llm.example.com:80"]]);
  });

  it("may be a SOCKS server that looks names up", async () => {
    const proxy = await opened(socksServer(await hello()));
    vi.stubEnv("ALL_PROXY", `socks5h://127.0.0.1:${proxy.port}`);
    expect(await get("http://llm.example.com/v1")).toBe("hello");
    expect(proxy.asked).toEqual(["llm.example.com:80"]);
  });

  it("of a kind nobody speaks is an error of the configuration", async () => {
    vi.stubEnv("ALL_PROXY", "gopher://127.0.0.1:9");
    const error: unknown = await get("http://llm.example.com/v1").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ message: "a proxy of the kind gopher cannot be used" });
  });
});

describe("a proxy that does not connect", () => {
  /** A proxy that treats each connection so, and how many came. */
  async function broken(treat: (socket: Socket) => void) {
    let connections = 0;
    const server = createPlainServer((socket) => {
      connections += 1;
      treat(socket.on("error", () => {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => sockets.add(socket));
    open.push({
      async close() {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    });
    const { port } = server.address() as AddressInfo;
    return { port, connections: () => connections };
  }
  const answered = (text: string) => (socket: Socket) => void socket.once("data", () => socket.end(text));

  it.each([
    ["http", "http://llm.invalid/v1", "hangs up", (socket: Socket) => void socket.once("data", () => socket.destroy())],
    [
      "http",
      "https://llm.invalid/v1",
      "hangs up",
      (socket: Socket) => void socket.once("data", () => socket.destroy()),
    ],
    ["http", "https://llm.invalid/v1", "refuses", answered("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")],
    ["http", "https://llm.invalid/v1", "talks nonsense", answered("hello?")],
    ["socks5", "https://llm.invalid/v1", "hangs up", (socket: Socket) => void socket.destroy()],
  ])("is asked once, then the call fails: %s, %s, %s", async (scheme, url, _, treat) => {
    const proxy = await broken(treat);
    await expect(get(url, { proxy: `${scheme}://127.0.0.1:${proxy.port}` })).rejects.toMatchObject({ kind: "network" });
    expect(proxy.connections()).toBe(1);
  });

  it.each(["http", "socks5"])("and says nothing is not waited for without end: %s", async (scheme) => {
    const proxy = await broken(() => {});
    const call = get("https://llm.invalid/v1", { proxy: `${scheme}://127.0.0.1:${proxy.port}`, connect_timeout: 0.1 });
    await expect(call).rejects.toMatchObject({ kind: "timeout", message: "no connection was made in 0.1 s" });
  });
});

describe("a SOCKS5 proxy", () => {
  it.each(["socks5", "socks"])("leads to a server by its name: %s", async (scheme) => {
    const proxy = await opened(socksServer(await hello()));
    expect(await get("http://llm.example.com:8000/v1", { proxy: `${scheme}://127.0.0.1:${proxy.port}` })).toBe("hello");
    expect(proxy.asked).toEqual(["llm.example.com:8000"]);
  });

  it("leads to a server with a certificate", async () => {
    const { cert, options } = selfSigned();
    const proxy = await opened(socksServer(await hello(createTlsServer(options))));
    const through = { proxy: `socks5://127.0.0.1:${proxy.port}` };
    expect(await get("https://llm.example.com/v1", { ...through, ca_file: cert })).toBe("hello");
    await expect(get("https://llm.example.com/v1", through)).rejects.toThrow(
      "certificate of the server is not trusted",
    );
  });

  it("is given the user and the password of its address", async () => {
    const proxy = await opened(socksServer(await hello(), { user: "ann", password: "p@ss" }));
    const at = `127.0.0.1:${proxy.port}`;
    expect(await get("http://llm.example.com", { proxy: `socks5://ann:p%40ss@${at}` })).toBe("hello");
    const error: unknown = await get("http://llm.example.com", { proxy: `socks5://ann:wr0ng@${at}` }).catch((e) => e);
    expect(error).toMatchObject({ name: "ProviderError", kind: "network" });
    expect(String(error)).not.toContain("wr0ng");
  });
});

describe("certificates (case 171)", () => {
  it("of ca_file are trusted besides the usual ones", async () => {
    const { cert, options } = selfSigned();
    const url = `https://127.0.0.1:${await hello(createTlsServer(options))}`;
    await expect(get(url)).rejects.toThrow("the certificate of the server is not trusted");
    expect(await get(url, { ca_file: cert })).toBe("hello");
    const { ca = [] } = await wireTools({ ca_file: cert }).socket(new URL(url));
    expect(ca.length).toBeGreaterThan(100);
    expect(ca.at(-1)).toBe(readFileSync(cert, "utf8"));
  });

  it("for another name are not", async () => {
    const { cert, options } = selfSigned();
    const url = `https://localhost:${await hello(createTlsServer(options))}`;
    await expect(get(url, { ca_file: cert })).rejects.toThrow("the certificate of the server is not trusted");
  });

  it("of ca_file are trusted of a proxy, too", async () => {
    const { cert, options } = selfSigned();
    const proxy = await opened(httpProxy(await hello(), options));
    const through = { proxy: `https://127.0.0.1:${proxy.port}` };
    await expect(get("http://llm.example.com", through)).rejects.toThrow("is not trusted");
    expect(await get("http://llm.example.com", { ...through, ca_file: cert })).toBe("hello");
    expect(await firstWord("ws://llm.example.com", { ...through, ca_file: cert })).toBe("hello");
    expect(proxy.asked).toEqual(["llm.example.com:80", "llm.example.com:80"]);
  });

  it("are the usual ones where none are named", async () => {
    expect((await wireTools().socket(new URL("wss://llm.example.com"))).ca).toBeUndefined();
  });

  const unreadable = { message: "the certificates in /no/such.pem cannot be read", hint: "Mend ca_file." };
  it("that cannot be read are an error of the configuration", async () => {
    const wire = wireTools({ ca_file: "/no/such.pem" });
    const errors = [
      await wire.fetch("https://llm.example.com").catch((error: unknown) => error),
      await wire.socket(new URL("wss://llm.example.com")).catch((error: unknown) => error),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(error).toMatchObject(unreadable);
    }
  });

  it("that cannot be read are one also behind an SDK", async () => {
    const settings = openai.config.parse({ base_url: "https://llm.example.com/v1", model: "m" });
    const llm = await openai.connect(settings, { ...wireTools({ ca_file: "/no/such.pem" }), notify: () => {} });
    const error: unknown = await llm
      .stream(question, { signal: new AbortController().signal })
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject(unreadable);
  });

  it("in a file that holds none leave the others trusted", async () => {
    const file = path.join(tempFolder(), "empty.pem");
    writeFileSync(file, "no certificate\n");
    expect(await get(`http://127.0.0.1:${await hello()}`, { ca_file: file })).toBe("hello");
  });
});

describe("a socket of one's own", () => {
  it.each(["http", "socks5"] as const)("goes through the proxy by its name: %s", async (scheme) => {
    const target = await hello();
    const proxy = await opened(scheme === "http" ? httpProxy(target) : socksServer(target));
    const options = { proxy: `${scheme}://127.0.0.1:${proxy.port}` };
    expect(await firstWord("ws://llm.example.com/v1", options)).toBe("hello");
    expect(proxy.asked).toEqual(["llm.example.com:80"]);
  });

  it.each(["http", "socks5"] as const)("trusts the certificates of ca_file behind it: %s", async (scheme) => {
    const { cert, options: tls } = selfSigned();
    const target = await hello(createTlsServer(tls));
    const proxy = await opened(scheme === "http" ? httpProxy(target) : socksServer(target));
    const options = { proxy: `${scheme}://127.0.0.1:${proxy.port}` };
    expect(await firstWord("wss://llm.example.com/v1", { ...options, ca_file: cert })).toBe("hello");
    await expect(firstWord("wss://llm.example.com/v1", options)).rejects.toThrow("self-signed certificate");
    expect(proxy.asked).toEqual(["llm.example.com:443", "llm.example.com:443"]);
  });

  it("goes through the proxy of the environment, which is that of http", async () => {
    const proxy = await opened(httpProxy(await hello()));
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${proxy.port}`);
    expect(await firstWord("ws://llm.example.com/v1", {})).toBe("hello");
    expect(proxy.asked).toEqual(["llm.example.com:80"]);
  });

  it("goes straight to this machine", async () => {
    const port = await hello();
    const options = { proxy: "http://127.0.0.1:9" };
    expect((await wireTools(options).socket(new URL(`ws://127.0.0.1:${port}`))).agent).toBeUndefined();
    expect(await firstWord(`ws://127.0.0.1:${port}`, options)).toBe("hello");
  });
});
