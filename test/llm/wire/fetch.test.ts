import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ProviderError } from "../../../src/llm/provider.ts";
import { wireTools } from "../../../src/llm/wire/tools.ts";
import type { WireOptions } from "../../../src/llm/wire/wire.ts";
import { type Answer, type Heard, httpServer } from "../../helpers/http-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(answer: Answer | ((request: Heard, number: number) => Answer)) {
  const server = await httpServer(typeof answer === "function" ? answer : () => answer);
  open.push(server);
  return server;
}

async function listening(server: Server) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

const wireFetch = (options: WireOptions = {}) => wireTools(options).fetch;

const failure = async (call: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await call.then(
    () => new Error("the call succeeded"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderError)) throw error;
  return error;
};

const events = { headers: { accept: "text/event-stream" } };
const lines = { headers: { accept: "application/x-ndjson" } };
const read = async (response: Promise<Response>) => (await response).text();

describe("the clocks", () => {
  it.each([
    ["first byte", { wait: 5000 }, { first_token_timeout: 0.05 }, "the server gave no answer in 0.05 s"],
    ["idle", { pieces: ["data: {}\n\n"], end: "stall" }, { idle_timeout: 0.06 }, "the server sent nothing in 0.06 s"],
    [
      "comments",
      { pieces: Array.from({ length: 200 }, () => ": ping\n\n"), pause: 20, end: "stall" },
      { comments: 150, idle_timeout: 1 },
      "the server sent only comments in 0.15 s",
    ],
    [
      "whole call, while the answer comes",
      { pieces: Array.from({ length: 200 }, () => "data: {}\n\n"), pause: 20, end: "stall" },
      { timeout: 0.15 },
      "the server did not finish its answer in 0.15 s",
    ],
    ["whole call, before it comes", { wait: 5000 }, { timeout: 0.05 }, "in 0.05 s"],
  ] satisfies [string, Answer, object, string][])(
    "%s: end the call (cases 62, 63, 65, 66)",
    async (_, answer, options, message) => {
      const { url } = await serve(answer);
      const error = await failure(read(wireFetch(options)(url, events)));
      expect(error.kind).toBe("timeout");
      expect(error.message).toContain(message);
    },
  );

  it.each([
    ["with nothing but comments", { pieces: Array.from({ length: 200 }, () => ": ping\n\n"), pause: 20 }, events],
    ["with nothing at all", { end: "stall" }, events],
    ["with nothing but blank lines", { pieces: Array.from({ length: 200 }, () => "\n"), pause: 20 }, lines],
  ] satisfies [string, Answer, object][])("first token: end an answer that begins %s", async (_, answer, init) => {
    const { url } = await serve(answer);
    const error = await failure(read(wireFetch({ first_token_timeout: 0.15 })(url, init)));
    expect(error).toMatchObject({ kind: "timeout", message: "the server gave no answer in 0.15 s" });
  });

  it("first token: let an answer go on that has begun, with an event, a line or a byte", async () => {
    const answers = [
      [['data: {"a":1}\n\n', "data: [DONE]\n\n"], events],
      [['{"a":1}\n', '{"b":2}\n'], lines],
      [["a", "b"], {}],
    ] as const;
    const texts = answers.map(async ([pieces, init]) => {
      const { url } = await serve({ pieces, pause: 1000 });
      return read(wireFetch({ first_token_timeout: 0.8 })(url, init));
    });
    expect(await Promise.all(texts)).toEqual(answers.map(([pieces]) => pieces.join("")));
  });

  it("connect: end the call while the connection is being made", async () => {
    const port = await listening(createServer((socket) => socket.on("error", () => {})));
    const error = await failure(wireFetch({ connect_timeout: 0.1 })(`https://127.0.0.1:${port}`));
    expect(error).toMatchObject({ kind: "timeout", message: "no connection was made in 0.1 s" });
  });

  it("let a slow stream go on as long as something comes (case 64)", async () => {
    const { url } = await serve({ pieces: ["a", "b", "c", "d", "e", "f"], pause: 200 });
    expect(await read(wireFetch({ idle_timeout: 1, first_token_timeout: 1 })(url))).toBe("abcdef");
  });
});

describe("abort", () => {
  it("before the headers rejects with the caller's reason and closes the connection", async () => {
    const server = await serve({ wait: 3000 });
    const caller = new AbortController();
    const call = wireFetch()(server.url, { signal: caller.signal });
    const reason = new Error("enough");
    const ended = expect(call).rejects.toBe(reason);
    await expect.poll(() => server.requests.length).toBe(1);
    caller.abort(reason);
    await ended;
    await expect.poll(server.left).toBe(1);
  });

  it("in the middle of the answer does the same", async () => {
    const server = await serve({ pieces: ["data: {}\n\n"], end: "stall" });
    const caller = new AbortController();
    const response = await wireFetch()(server.url, { ...events, signal: caller.signal });
    const reason = new Error("enough");
    setTimeout(() => caller.abort(reason), 20);
    await expect(response.text()).rejects.toBe(reason);
    await expect.poll(server.left).toBe(1);
  });
});

describe("a broken connection", () => {
  it.each([
    [
      "before the headers is a network failure (case 59)",
      async (socket: Server) => `http://127.0.0.1:${await listening(socket)}`,
    ],
  ])("%s", async (_, address) => {
    const url = await address(createServer((socket) => socket.resetAndDestroy()));
    expect(await failure(wireFetch()(url))).toMatchObject({ kind: "network" });
  });

  it("in the middle of the answer is a truncated one, and keeps its cause (case 58)", async () => {
    const { url } = await serve({ pieces: ["data: {}\n\n"], end: "reset" });
    const error = await failure(read(wireFetch()(url, events)));
    expect(error.kind).toBe("truncated");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("that was refused says so", async () => {
    const port = await listening(createServer());
    await open.pop()?.close();
    const error = await failure(wireFetch()(`http://127.0.0.1:${port}`));
    expect(error).toMatchObject({ kind: "network", message: "the connection was refused" });
  });

  it("to a name that does not exist says so", async () => {
    const error = await failure(wireFetch()("http://no-such-host.invalid"));
    expect(error).toMatchObject({ kind: "network", message: "the host name was not found" });
  });
});

describe("redirects", () => {
  const onward = { status: 307, headers: { location: "/hangs" }, pieces: ["over there"] };

  it("are followed by the clocks of their call", async () => {
    const { url } = await serve(({ url }) => (url === "/hangs" ? { wait: 400 } : onward));
    const error = await failure(wireFetch({ timeout: 0.1 })(`${url}/first`));
    expect(error).toMatchObject({ kind: "timeout", message: "the server did not finish its answer in 0.1 s" });
  });

  it("are followed by the end of their call", async () => {
    const caller = new AbortController();
    const { url } = await serve(({ url }) => {
      if (url === "/hangs") caller.abort(new Error("enough"));
      return url === "/hangs" ? { wait: 400 } : onward;
    });
    await expect(wireFetch()(`${url}/first`, { signal: caller.signal })).rejects.toThrow("enough");
  });

  const post = { method: "POST", body: "the prompt", headers: { authorization: "Bearer secret" } };

  it.each([307, 308])("%i within the origin is followed with the body (case 96)", async (status) => {
    const server = await serve(({ url }) =>
      url === "/old" ? { status, headers: { location: "/new" } } : { pieces: ["found"] },
    );
    expect(await read(wireFetch()(`${server.url}/old`, post))).toBe("found");
    expect(server.requests.map(({ url, text }) => `${url} ${text}`)).toEqual(["/old the prompt", "/new the prompt"]);
  });

  it.each([301, 302, 303])("%i is refused (case 96)", async (status) => {
    const server = await serve({ status, headers: { location: "/new" } });
    expect(await failure(wireFetch()(server.url, post))).toMatchObject({ kind: "protocol", status });
    expect(server.requests).toHaveLength(1);
  });

  it("to another origin is refused, and that one sees neither key nor prompt (case 97)", async () => {
    const trap = await serve({ pieces: ["mine"] });
    const server = await serve({ status: 307, headers: { location: `${trap.url}/v1?token=x` } });
    const error = await failure(wireFetch()(server.url, post));
    expect(error.message).toBe(`the server redirects to ${trap.url}/v1, which is not followed`);
    expect(trap.requests).toEqual([]);
  });

  it("to nowhere are refused", async () => {
    const server = await serve({ status: 307, headers: { location: "http://[bad" } });
    expect(await failure(wireFetch()(server.url, post))).toMatchObject({
      kind: "protocol",
      message: "the server redirects to nowhere, which is not followed",
    });
  });

  it("in circles end", async () => {
    const server = await serve({ status: 307, headers: { location: "/again" } });
    expect(await failure(wireFetch()(server.url, post))).toMatchObject({ kind: "protocol" });
    expect(server.requests.length).toBeLessThan(10);
  });
});

it("gives a refusal the one shape SDKs keep, with its headers", async () => {
  const { url } = await serve({
    status: 429,
    headers: { "content-type": "text/html", "retry-after": "3" },
    pieces: ['{"object":"error","message":"slow down","code":42901}'],
  });
  const response = await wireFetch()(url);
  expect(response.status).toBe(429);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("retry-after")).toBe("3");
  expect(await response.json()).toEqual({ error: { message: "slow down", type: "error", code: "42901" } });
});

describe("newline-separated JSON", () => {
  it.each([
    ["blank lines and CRLF", '{"a":1}\r\n\r\n\n{"b":2}\r\n', '{"a":1}\n{"b":2}\n'],
    ["a last line without its end", '{"a":1}\n{"b":2}', '{"a":1}\n{"b":2}\n'],
    ["a last line that is cut off", '{"a":1}\n{"b":', '{"a":1}\n'],
  ])("with %s is put right", async (_, sent, expected) => {
    const { url } = await serve({ pieces: [sent] });
    expect(await read(wireFetch()(url, lines))).toBe(expected);
  });

  it("with a broken line is refused", async () => {
    const { url } = await serve({ pieces: ['{"a":1}\n{broken\n{"b":2}\n'] });
    expect(await failure(read(wireFetch()(url, lines)))).toMatchObject({
      kind: "protocol",
      message: "the server sent a line that is no JSON object: {broken",
    });
  });
});

describe("the proxy", () => {
  it("stands between us and remote names, not before loopback ones", async () => {
    const heard: string[] = [];
    const proxy = await listening(
      createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", (data) => {
          heard.push(String(data).split("\r\n")[0] ?? "");
          socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
        });
      }),
    );
    const send = wireFetch({ proxy: `http://127.0.0.1:${proxy}` });
    const near = await serve({ pieces: ["near"] });
    expect(await read(send(near.url))).toBe("near");
    expect(heard).toEqual([]);
    expect(await failure(send("https://llm.example.com/v1/x"))).toMatchObject({
      kind: "network",
      message: "the proxy failed: it answered with HTTP 502",
    });
    expect(heard).toEqual(["CONNECT llm.example.com:443 HTTP/1.1"]);
  });

  it.each(["0.0.0.0", "[::]"])("does not stand before the addresses on which servers here listen: %s", async (host) => {
    const heard: string[] = [];
    const proxy = await listening(
      createServer((socket) => {
        heard.push("asked");
        socket.destroy();
      }),
    );
    const port = await listening(createServer((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n")));
    await wireFetch({ proxy: `http://127.0.0.1:${proxy}` })(`http://${host}:${port}`).catch(() => {});
    expect(heard).toEqual([]);
  });
});

it("refuses a certificate it does not know, once (case 171)", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "certificate-"));
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"];
  execFileSync("openssl", [...args, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, (_, answer) => answer.end());
  const error = await failure(wireFetch()(`https://127.0.0.1:${await listening(server)}`));
  expect(error).toMatchObject({ kind: "network", shouldRetry: false });
  expect(error.message).toContain("certificate of the server is not trusted");
  expect(error.hint).toContain("ca_file");
  await rm(folder, { recursive: true });
});

describe("a status", () => {
  /** A server that says this line instead of one that Node would let through. */
  async function saying(line: string) {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(`HTTP/1.1 ${line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`));
    });
    return `http://127.0.0.1:${await listening(server)}`;
  }

  it.each(["204 No Content", "205 Reset Content", "304 Not Modified", "600 Odd", "999 Odder"])(
    "%s is no answer",
    async (line) => {
      expect(await failure(wireFetch()(await saying(line)))).toMatchObject({
        kind: "protocol",
        message: `the server answered with the status ${line.slice(0, 3)}, which is no answer`,
      });
    },
  );

  it.each(["401 未授权", "500 \u0001\u0002"])(
    "with a reason no header may hold is read all the same: %s",
    async (line) => {
      const response = await wireFetch()(await saying(line));
      expect(response.status).toBe(Number(line.slice(0, 3)));
    },
  );
});
