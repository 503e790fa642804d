import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { gateway } from "../helpers/gateway.ts";
import { listening } from "../helpers/listening.ts";
import { chunk } from "../helpers/openai-server.ts";
import { signal, upstream } from "../helpers/upstream.ts";

const messages = [{ role: "user", content: "Hi" }];
const question = { model: "one", messages, max_tokens: 9 };
const text = expect.any(String);
const maybe = expect.toSatisfy((value: unknown) => value === null || typeof value === "string");

/** How errors look on each surface, and nothing besides. */
const surfaces = [
  ["/v1/chat/completions", { error: { message: text, type: text, param: maybe, code: maybe } }],
  ["/v1/messages", { type: "error", error: { type: text, message: text } }],
  ["/api/chat", { error: text }],
  ["/openai/chat", { ret: "error", message: text }],
] as const;

/** The beginning of a request with a body. */
const post = (path: string, headers: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`;

/** A whole request. */
const asked = (path: string, body: string | Buffer, headers = "") =>
  Buffer.concat([Buffer.from(post(path, `${headers}Content-Length: ${Buffer.byteLength(body)}`)), Buffer.from(body)]);

const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;

/** A connection that keeps to no rules; it sends this first. One that stays does not end when the server does. */
function connection(url: string, first: string | Buffer, { stays = false } = {}) {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), allowHalfOpen: true });
  let said = "";
  let looks = () => {};
  socket.on("data", (bytes) => {
    said += bytes;
    looks();
  });
  socket.on("error", () => {});
  if (!stays) socket.on("end", () => socket.end());
  socket.write(first);
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    /** All that was said until the server closed the connection. */
    closed: new Promise<string>((resolve) => socket.once("close", () => resolve(said))),
    /** What was said when it first looked like this. */
    heard: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        looks = () => {
          if (pattern.test(said)) resolve(said);
        };
        looks();
      }),
  };
}

/** The answer to some bytes: the status, and the body where it is JSON. */
async function answerTo(url: string, bytes: string | Buffer) {
  const { heard, closed, socket } = connection(url, bytes);
  const said = await Promise.race([heard(/\r\n\r\n[{[].*[}\]]$/s), closed]);
  socket.destroy();
  return answerIn(said);
}

function answerIn(all: string) {
  const said = all.replace("HTTP/1.1 100 Continue\r\n\r\n", "");
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(said) ?? [];
  const body = said.slice(said.indexOf("\r\n\r\n") + 4);
  return { status: Number(status), body: JSON.parse(body) as unknown };
}

/** A server of a model that sends pieces without end, as fast as they are taken. */
async function endless(piece: (number: number) => string) {
  const left = signal<void>();
  let sent = 0;
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    outgoing.once("close", () => left.give());
    const more = () => {
      for (let full = false; !full && !outgoing.destroyed; ) {
        const next = piece(sent);
        sent += next.length;
        full = !outgoing.write(next);
      }
    };
    outgoing.on("drain", () => setImmediate(more));
    more();
  });
  const port = await listening(server);
  return {
    at: (settings: object) => ({
      ...{ api_type: "openai", model: "endless", base_url: `http://127.0.0.1:${port}`, api_key: "k", ...settings },
    }),
    /** Characters so far. */
    sent: () => sent,
    left: left.came,
  };
}

describe("bytes that are no request", () => {
  const floods: readonly (readonly [name: string, bytes: string, status: number])[] = [
    ["another protocol", "hello\r\n\r\n", 400],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["an unknown method", "BREW /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
    ["a length and chunks", post("/v1/messages", "Content-Length: 3\r\nTransfer-Encoding: chunked"), 400],
    ["two lengths", post("/v1/messages", "Content-Length: 3\r\nContent-Length: 4"), 400],
    ["chunks that are not the last coding", post("/v1/messages", "Transfer-Encoding: chunked, identity"), 400],
    ["a chunk without a size", `${post("/v1/messages", "Transfer-Encoding: chunked")}zz\r\n`, 400],
    ["a header with a NUL", get("/v1/models", "X-A: a\0b\r\n"), 400],
    ["a path with backslashes", get("\\v1\\models"), 400],
    ["no host", "GET /v1/models HTTP/1.1\r\n\r\n", 400],
    ["a tunnel to elsewhere", "CONNECT example.com:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405],
    ["a huge header", get("/v1/models", `X-A: ${"a".repeat(20_000)}\r\n`), 431],
    ["too many headers", get("/v1/models", "X-A: a\r\n".repeat(100)), 431],
    ["a huge path", get(`/v1/${"a".repeat(20_000)}`), 431],
    ["a long name in a path", get(`/v1/deployments/${"a".repeat(5000)}`), 414],
  ];

  it("are refused in OpenAI's shape, and the next request is answered", async () => {
    const { url, ask } = await gateway({});
    const answers = await Promise.all(floods.map(async ([name, bytes]) => ({ name, ...(await answerTo(url, bytes)) })));
    expect(answers).toMatchObject(
      floods.map(([name, , status]) => ({ name, status, body: { error: { message: text, type: text } } })),
    );
    expect(JSON.stringify(answers).length).toBeLessThan(5000);
    expect((await answerTo(url, get("/v1/models", "X-A: a\r\n".repeat(99)))).status).toBe(200);
    expect((await ask("GET", "/health")).status).toBe(200);
  });

  const broken: readonly (readonly [name: string, status: number, bytes: (path: string) => string])[] = [
    ["a huge header", 431, (path) => post(path, `X-A: ${"a".repeat(20_000)}`)],
    ["too many headers", 431, (path) => post(path, "X-A: a\r\n".repeat(100))],
    ["a path that goes on and on", 431, (path) => get(`${path}?${"a".repeat(20_000)}`)],
    ["two lengths", 400, (path) => post(path, "Content-Length: 3\r\nContent-Length: 4")],
    ["a chunk without a size", 400, (path) => `${post(path, "Transfer-Encoding: chunked")}zz\r\n`],
    ["no host", 400, (path) => `POST ${path} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`],
  ];

  it.each(broken)("are refused in the words of the API that they were meant for: %s", async (_name, status, bytes) => {
    const { url } = await gateway({});
    for (const [path, shape] of surfaces) expect(await answerTo(url, bytes(path))).toEqual({ status, body: shape });
  });

  it("have a line of the log and a figure each, without anything of what they said", async () => {
    const { url, ask, logged } = await gateway({});
    const sent: readonly (readonly [bytes: string, line: object])[] = [
      ["hidden\r\n\r\n", { status: 400, kind: "protocol", error: expect.stringMatching(/^HPE_/) }],
      [
        get("/v1/models", "X-Key: hidden\0\r\n"),
        { status: 400, kind: "protocol", error: expect.stringMatching(/^HPE_/) },
      ],
      [get(`/v1/${"hidden".repeat(5000)}`), { status: 431, kind: "protocol", error: "HPE_HEADER_OVERFLOW" }],
      ["CONNECT hidden:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", { status: 405, kind: "protocol", error: "CONNECT" }],
      [
        `${post("/v1/messages", "Transfer-Encoding: chunked")}hidden\r\n`,
        { status: 400, kind: "protocol", error: "request", route: "/v1/messages" },
      ],
      ["GET /health HTTP/1.1\r\nX-Key: hidden\r\n\r\n", { status: 400, error: "request", route: "/health" }],
      [get("/v1/models/%zz?hidden"), { status: 400, error: "request", route: "unknown" }],
      [get(`/v1/deployments/${"hidden".repeat(100)}`), { status: 414, error: "request", route: "unknown" }],
    ];
    for (const [count, [bytes, line]] of sent.entries()) {
      await answerTo(url, bytes);
      while (logged().length <= count) await new Promise(setImmediate);
      expect(logged()[count]).toMatchObject({ msg: "request", ...line });
    }
    expect(JSON.stringify(logged())).not.toContain("hidden");
    const { text } = await ask("GET", "/metrics");
    expect(text.match(/^metagpt_requests_total.*$/gm)?.toSorted()).toEqual([
      'metagpt_requests_total{route="GET /health",status="400"} 1',
      'metagpt_requests_total{route="GET unknown",status="400"} 1',
      'metagpt_requests_total{route="GET unknown",status="414"} 1',
      'metagpt_requests_total{route="POST /v1/messages",status="400"} 1',
      'metagpt_requests_total{route="protocol",status="400"} 2',
      'metagpt_requests_total{route="protocol",status="405"} 1',
      'metagpt_requests_total{route="protocol",status="431"} 1',
    ]);
  });

  it("are refused and counted however many come", async () => {
    const { url, ask, logged } = await gateway({});
    const answers = await Promise.all(Array.from({ length: 200 }, () => answerTo(url, "hello\r\n\r\n")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    expect(logged()).toHaveLength(200);
    const { text } = await ask("GET", "/metrics");
    expect(text).toContain('metagpt_requests_total{route="protocol",status="400"} 200\n');
  });

  it("are no reason to refuse what is expected besides", async () => {
    const { url } = await gateway({});
    expect(await answerTo(url, get("/health", "Expect: the best\r\n"))).toEqual({
      status: 200,
      body: { status: "ok" },
    });
  });

  it("do not get into an answer that has begun", async () => {
    const { at, left } = await upstream({ text: ["Once upon"], ends: "stall" });
    const { url, logged } = await gateway({ one: at("openai") });
    const { socket, heard, closed } = connection(url, asked("/api/chat", JSON.stringify(question)));
    await heard(/Once upon/);
    socket.write("garbage\r\n\r\n");
    expect((await closed).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
    await left();
    while (logged().length === 0) await new Promise(setImmediate);
    expect(logged()).toMatchObject([{ route: "/api/chat", status: 200, gone: true, kind: "protocol" }]);
  });
});

describe("paths", () => {
  const tricks: readonly (readonly [path: string, status: number])[] = [
    ["/v1/%2e%2e/health", 404],
    ["/v1/../health", 404],
    ["//health", 404],
    ["/health%00", 404],
    ["/v1/models/%00", 404],
    ["/v1/models/%2e%2e%2f%2e%2e%2fhealth", 404],
    ["/v1/models/%zz", 400],
    ["/v1/models/__proto__", 404],
    ["/v1/deployments/constructor", 404],
    ["/v1/messages/%zz", 400],
    ["/api/%zz", 400],
    ["/api/../v1/models", 404],
  ];

  it.each(tricks)("%s leads nowhere, in the words of its API", async (path, status) => {
    const { url } = await gateway({});
    const [, shape] = surfaces.find(([prefix]) => path.startsWith(prefix.replace(/chat$/, ""))) ?? surfaces[0];
    expect(await answerTo(url, get(path))).toEqual({ status, body: shape });
  });

  it.each(["PUT", "TRACE", "OPTIONS", "PROPFIND"])("%s is no method of any of them", async (method) => {
    const { url } = await gateway({});
    for (const [path, shape] of surfaces.slice(0, 3)) {
      const answer = await answerTo(url, `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      expect(answer).toMatchObject({ status: 404, body: shape });
    }
  });

  it("are counted under one name where there is no route", async () => {
    const { ask } = await gateway({});
    for (const path of ["/a", "/b", '/c"} 1']) await ask("GET", path);
    const { text } = await ask("GET", "/metrics");
    expect(text.match(/^metagpt_requests_total.*$/gm)).toEqual([
      'metagpt_requests_total{route="GET unknown",status="404"} 3',
    ]);
  });
});

describe("bodies", () => {
  const chunks = (size: number) => `Transfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n${"a".repeat(size)}\r\n`;
  const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`;
  const cases: readonly (readonly [name: string, status: number, bytes: (path: string) => string | Buffer])[] = [
    ["a body that says it is too large", 413, (path) => post(path, "Content-Length: 20000")],
    ["a body that turns out too large", 413, (path) => post(path, chunks(20_000)).slice(0, -4)],
    ["a body that is asked about", 413, (path) => post(path, "Content-Length: 20000\r\nExpect: 100-continue")],
    ["a body that is no UTF-8", 400, (path) => asked(path, Buffer.from([0x22, 0xc3, 0x28, 0x22]))],
    ["a body of half a character", 400, (path) => asked(path, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))],
    ["a body nested too deep", 400, (path) => asked(path, nested(102))],
    ["a body nested much too deep", 400, (path) => asked(path, nested(2000))],
    ["no body", 400, (path) => asked(path, "")],
    ["a packed body", 400, (path) => asked(path, Buffer.from("1f8b0800", "hex"), "Content-Encoding: gzip\r\n")],
  ];

  it.each(cases)("%s is refused with %i on every surface", async (_name, status, bytes) => {
    const { at, asked } = await upstream({});
    const { url } = await gateway({ one: at("openai") }, { maxBody: 10_000 });
    for (const [path, shape] of surfaces) expect(await answerTo(url, bytes(path))).toEqual({ status, body: shape });
    expect(asked).toEqual([]);
  });

  it("may be as large and as deep as they may be, and no more", async () => {
    const { at } = await upstream({ text: "Hello" });
    const { url } = await gateway({ one: at("openai") }, { maxBody: 10_000 });
    const said = { ...question, stream: false, a: "" };
    const sized = (size: number) => JSON.stringify({ ...said, a: "a".repeat(size - JSON.stringify(said).length) });
    const deep = (depth: number) => JSON.stringify({ ...said, a: JSON.parse(nested(depth)) });
    const statuses = [sized(10_000), sized(10_001), deep(98), deep(100)].map((body) =>
      answerTo(url, asked("/v1/chat/completions", body)).then(({ status }) => status),
    );
    expect(await Promise.all(statuses)).toEqual([200, 413, 200, 400]);
  });

  it("a client that asks first is told to go on", async () => {
    const { at } = await upstream({ text: "Hello" });
    const { url } = await gateway({ one: at("openai") }, { maxBody: 10_000 });
    const body = JSON.stringify({ ...question, stream: false });
    const { socket, heard } = connection(
      url,
      post("/api/chat", `Expect: 100-continue\r\nContent-Length: ${body.length}`),
    );
    await heard(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    socket.write(body);
    expect(await heard(/\}$/)).toMatch(/HTTP\/1\.1 200 OK.*"content":"Hello"/s);
  });

  it.each(["__proto__", "\\u005f_proto__", "__\\u0070roto__"])("the name %s changes nothing", async (name) => {
    const { at, asked: came } = await upstream({ text: "Hello" });
    const { url } = await gateway({ one: at("openai") });
    const more = `"${name}":{"model":"two","stream":true,"temperature":1}`;
    const tools = `"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{${more}}}}}]`;
    const said = `{"model":"one",${more},${tools},"messages":[{"role":"user","content":"Hi",${more}}]}`;
    const { status } = await answerTo(url, asked("/v1/chat/completions", said));
    expect([status, came[0]?.body.temperature, "temperature" in {}]).toEqual([200, undefined, false]);
    expect(came[0]?.body.tools).toMatchObject([{ function: { name: "f" } }]);
    expect(JSON.stringify(came)).not.toContain("__proto__");
  });
});

describe("clients that take their time", () => {
  const patience = { headers: 200, request: 400, unread: 200 };

  it.each([
    ["headers that never end", () => "GET /v1/models HTTP/1.1\r\nX: ", "a"],
    ["headers that stop", () => "GET /v1/models HTTP/1.1\r\nX: ", ""],
    ["a body that never comes", (path: string) => post(path, "Content-Length: 100"), ""],
    ["a body that trickles", (path: string) => post(path, "Content-Length: 100"), " "],
    ["chunks that trickle", (path: string) => post(path, "Transfer-Encoding: chunked"), "1\r\n \r\n"],
  ])("are cut off on every surface: %s", async (_name, first, drop) => {
    const { url, ask, logged } = await gateway({}, { patience });
    const cutOff = async (path: string) => {
      const { socket, closed } = connection(url, first(path));
      const dropping = setInterval(() => drop !== "" && socket.write(drop), 20);
      const said = await closed;
      clearInterval(dropping);
      return answerIn(said);
    };
    const answers = await Promise.all(surfaces.map(([path]) => cutOff(path)));
    // until the headers are there, nobody knows whose words to use
    const shapes = surfaces.map(([, shape]) => (first("") === first("/") ? surfaces[0][1] : shape));
    expect(answers).toEqual(shapes.map((shape) => ({ status: 408, body: shape })));
    while (logged().length < surfaces.length) await new Promise(setImmediate);
    const line = { msg: "request", status: 408, kind: "protocol" };
    expect(logged()).toMatchObject(surfaces.map(() => line));
    expect((await ask("GET", "/health")).status).toBe(200);
  });

  it("are cut off even when they go on", async () => {
    const { url } = await gateway({}, { patience });
    const { socket, closed } = connection(url, "GET /v1/models HTTP/1.1\r\nX: ", { stays: true });
    const dropping = setInterval(() => socket.write("a"), 20);
    expect(answerIn(await closed).status).toBe(408);
    clearInterval(dropping);
  });

  it("wait for a model as long as it takes", async () => {
    const answer = signal<void>();
    const { at, reached } = await upstream({ text: "Hello", until: answer.came });
    const { openai } = await gateway({ one: at("openai") }, { patience: { headers: 20, request: 20, unread: 20 } });
    const asking = openai.chat.completions.create({ model: "one", messages: [{ role: "user", content: "Hi" }] });
    await reached(1);
    setTimeout(answer.give, 150);
    expect((await asking).choices[0]?.message.content).toBe("Hello");
  });

  it.each(surfaces)("leave a request half sent at %s, and are told so if they listen", async (path, shape) => {
    const { at, asked: came } = await upstream({});
    const { url, ask, logged } = await gateway({ one: at("openai") });
    const leave = async (how: "end" | "destroy") => {
      const { socket, closed } = connection(url, `${post(path, "Content-Length: 100")}{"model":`);
      await new Promise((resolve) => socket.once("connect", resolve));
      await ask("GET", "/health");
      socket[how]();
      return closed;
    };
    expect(answerIn(await leave("end"))).toEqual({ status: 400, body: shape });
    expect(await leave("destroy")).toBe("");
    const lines = () => logged().filter(({ method }) => method === "POST");
    while (lines().length < 2) await new Promise(setImmediate);
    expect(lines()).toMatchObject([
      { status: 400, kind: "protocol" },
      { status: 400, kind: "protocol" },
    ]);
    expect(came).toEqual([]);
  });

  it("have gone when they end their side, and so does the question", async () => {
    const { at, reached, left } = await upstream("silence");
    const { url } = await gateway({ one: at("openai") });
    const { socket, closed } = connection(url, asked("/v1/messages", JSON.stringify(question)));
    await reached(1);
    socket.end();
    await left();
    expect(await closed).toBe("");
  });
});

describe("keys that are guessed", () => {
  it.each(surfaces)("are refused at %s, after twenty with a wait, and a right one is not", async (path, shape) => {
    const keyHash = `sha256:${createHash("sha256").update("right").digest("hex")}`;
    const { at } = await upstream({ text: "Hello" });
    const { ask } = await gateway({ one: at("openai") }, { callers: [{ name: "alice", keyHash }] });
    const asking = { ...question, stream: false, chat_name: "one", content: "Hi" };
    const guess = (key: string) => ask("POST", path, asking, { authorization: `Bearer ${key}` });
    const guesses = await Promise.all(Array.from({ length: 20 }, (_, number) => guess(`wrong-${number}`)));
    for (const { status, text } of guesses) expect([status, JSON.parse(text)]).toEqual([401, shape]);
    const { status, headers, text } = await guess("wrong");
    expect([status, JSON.parse(text)]).toEqual([429, shape]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(50);
    expect((await guess("right")).status).toBe(200);
    expect((await guess("wrong")).status).toBe(429);
  });
});

describe("a client that does not read", () => {
  // no passage comes twice, and every word is one token
  const vocabulary = ["the ", "of ", "and ", "to ", "in ", "is ", "that ", "for "];
  const word = () => vocabulary[Math.floor(Math.random() * vocabulary.length)];
  const passages = Array.from({ length: 20 }, () => Array.from({ length: 16_000 }, word).join(""));
  const patience = { headers: 200, request: 400, unread: 200 };

  it.each(surfaces.slice(0, 3))("slows the model's server down at %s, and is cut off with it", async (path) => {
    let number = 0;
    const { at, sent, left } = await endless(() => {
      number += 1;
      return chunk({ content: `${number} ${passages[number % passages.length]}` });
    });
    const { url, logged } = await gateway({ one: at({ max_token: 100_000_000 }) }, { patience });
    const { socket, heard } = connection(
      url,
      asked(path, JSON.stringify({ model: "one", messages, max_tokens: 100_000_000, stream: true })),
    );
    await heard(/200 OK/);
    socket.pause();
    await left;
    expect(sent()).toBeLessThan(30_000_000);
    while (logged().length === 0) await new Promise(setImmediate);
    expect(logged()).toMatchObject([{ route: path, status: 200, gone: true }]);
  });

  it("is cut off from whole answers, too", async () => {
    const { url, logged } = await gateway({}, { patience });
    const { socket } = connection(url, get("/openapi.json").repeat(500));
    socket.pause();
    const isGone = () => logged().some(({ gone }) => gone === true);
    while (!isGone()) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(logged().filter(({ gone }) => !gone).length).toBeLessThan(400);
  });
});

describe("a model's server without an end", () => {
  const quick = { first_token_timeout: 0.1, idle_timeout: 0.1, timeout: 0.3 };
  const pieces: readonly (readonly [name: string, piece: (number: number) => string, kind: string])[] = [
    ["tokens beyond the caller's limit", (number) => chunk({ content: `${number} ` }), "protocol"],
    ["an endless line", (number) => `data: ${number}${"a".repeat(100_000)}`, "protocol"],
    [
      "endless calls of tools",
      (n) => chunk({ tool_calls: [{ index: n, id: `${n}`, function: { name: "f", arguments: `${n}` } }] }),
      "protocol",
    ],
  ];

  it.each(pieces)("is left: %s", async (_name, piece, kind) => {
    const { at, left } = await endless(piece);
    const { ask } = await gateway({ one: at({}) });
    for (const stream of [false, true]) {
      const { status, text } = await ask("POST", "/v1/chat/completions", { ...question, stream });
      const [, last = text] = /data: ([^\n]*)\n\n$/.exec(text) ?? [];
      expect([200, 502]).toContain(status);
      expect(JSON.parse(last)).toMatchObject({ error: { type: "upstream_error", code: kind } });
    }
    await left;
  });

  it.each(surfaces)("is left in the words of every API: %s", async (path, shape) => {
    const { at, left } = await endless((number) => chunk({ content: `${number} ` }));
    const { ask } = await gateway({ one: at({ max_token: 9 }) });
    const { status, text } = await ask("POST", path, { ...question, stream: false, chat_name: "one", content: "Hi" });
    expect([status, JSON.parse(text)]).toEqual([502, shape]);
    await left;
  });

  it.each(["stall", "silence"] as const)("is left when it falls silent: %s", async (ends) => {
    const { at, left } = await upstream(ends === "silence" ? ends : { ends });
    const { ask } = await gateway({ one: at("openai", quick) });
    const { status, text } = await ask("POST", "/v1/chat/completions", question);
    expect([status, JSON.parse(text)]).toMatchObject([504, { error: { type: "timeout_error" } }]);
    await left();
  });

  it("is left when it only says that it is alive", async () => {
    const { at, left } = await endless(() => ":\n\n");
    const { ask } = await gateway({ one: at(quick) });
    const { status, text } = await ask("POST", "/v1/messages", question);
    expect([status, JSON.parse(text)]).toMatchObject([504, surfaces[1][1]]);
    await left;
  });
});

describe("a schema of a caller", () => {
  const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
  const doubled = (wrap: (inner: object) => object) => {
    const levels = Array.from({ length: 30 }, (_, n) => [`a${n}`, wrap({ $ref: `#/$defs/a${n + 1}` })]);
    return { $ref: "#/$defs/a0", $defs: { ...Object.fromEntries(levels), a30: { type: "string" } } };
  };
  const self = { $ref: "#/$defs/a" };
  const deep = JSON.stringify(Array.from({ length: 35 }).reduce((inner) => ({ x: inner }), {}));
  const hostile: readonly (readonly [name: string, schema: object, answer: string])[] = [
    [
      "a pattern that takes for ever",
      object({ x: { type: "string", pattern: "^(a+)+$" } }),
      `{"x":"${"a".repeat(50)}!"}`,
    ],
    ["names that take for ever", object({}, { patternProperties: { "^(a+)+$": {} } }), `{"${"a".repeat(50)}!":1}`],
    ["itself", { $ref: "#/$defs/a", $defs: { a: self } }, "{}"],
    ["itself within itself", object({ x: { $ref: "#" } }), deep],
    ["members that double", doubled((inner) => object({ x: inner, y: inner }, { description: "d".repeat(500) })), deep],
    ["choices that double", doubled((inner) => ({ anyOf: [inner, inner] })), "5"],
    [
      "choices of itself",
      {
        $ref: "#/$defs/a",
        $defs: { a: { anyOf: [object({ x: self }), object({ x: self, y: self }), { type: "number" }] } },
      },
      deep,
    ],
    ["thousands of members", object(Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`m${n}`, {}]))), "{}"],
  ];

  it.each(hostile)("does not hang the server: %s", async (_name, schema, text) => {
    const { at } = await upstream({ text });
    const { ask } = await gateway({ one: at("openai") });
    const began = performance.now();
    const { status } = await ask("POST", "/v1/chat/completions", {
      ...{ model: "one", messages },
      response_format: { type: "json_schema", json_schema: { name: "a", schema } },
    });
    expect(status).toBe(200);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  const wrong: readonly (readonly [schema: object, status: number])[] = [
    [{ $ref: "#/%" }, 400],
    [{ $ref: "#/$defs/nothing" }, 400],
    [{ $ref: "https://example.com/schema.json" }, 400],
    [{ $ref: { toString: 1 } }, 400],
    [{ type: "thing" }, 400],
    [{ type: "object", required: [{ toString: 1 }] }, 400],
    [{ anyOf: {} }, 400],
    [{ type: "object", properties: { a: 5 } }, 400],
    [{ description: "a".repeat(100_001) }, 413],
  ];

  it.each(wrong)("is refused where it is none: %j", async (schema, status) => {
    const { at, asked } = await upstream({ text: "{}" });
    const { ask } = await gateway({ one: at("openai") });
    const answers = [
      await ask("POST", "/v1/chat/completions", {
        ...{ model: "one", messages },
        response_format: { type: "json_schema", json_schema: { name: "a", schema } },
      }),
      await ask("POST", "/api/chat", { model: "one", messages, format: schema }),
    ];
    expect(answers.map((answer) => [answer.status, JSON.parse(answer.text)])).toMatchObject([
      [status, { error: { type: "invalid_request_error", message: expect.stringContaining("the JSON Schema") } }],
      [status, { error: expect.stringContaining("the JSON Schema") }],
    ]);
    expect(asked).toEqual([]);
  });

  it("is still held to in what can be checked", async () => {
    const schema = {
      ...object({ kind: { enum: ["a", "b"] }, next: { anyOf: [{ $ref: "#" }, { type: "null" }] } }),
      required: ["kind", "next"],
    };
    const { at, asked } = await upstream(
      { text: '{"kind":"a","next":{"kind":"c"}}' },
      { text: '{"kind":"a","next":null}' },
    );
    const { openai } = await gateway({ one: at("openai") });
    const { choices } = await openai.chat.completions.create({
      ...{ model: "one", messages: [{ role: "user", content: "Hi" }] },
      response_format: { type: "json_schema", json_schema: { name: "a", schema } },
    });
    expect(choices[0]?.message.content).toBe('{"kind":"a","next":null}');
    expect(asked).toHaveLength(2);
  });
});

describe("names", () => {
  const hostile = ["a\r\nx-evil: 1", "a\u2028b", "\ud800", '"} 1\nevil 2', "n".repeat(300)];

  it.each(hostile)("of models that nobody has stay out of headers, figures and lines: %j", async (model) => {
    const { ask, logged } = await gateway({});
    const { status, headers, text } = await ask("POST", "/v1/chat/completions", { model, messages });
    expect([status, JSON.parse(text).error.code, headers.get("x-evil")]).toEqual([404, "model_not_found", null]);
    const figures = await ask("GET", "/metrics");
    expect(figures.text).not.toContain("evil");
    expect(figures.text).not.toContain("nnn");
    expect(logged()).toHaveLength(2);
  });

  it.each(hostile)("that a model's server gives itself are a header like any other: %j", async (model) => {
    const { at } = await upstream({
      ...{ status: 200, headers: { "content-type": "application/json" } },
      body: { model, choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }] },
    });
    const { ask } = await gateway({ one: at("openai") });
    const { status, headers } = await ask("POST", "/v1/chat/completions", { ...question });
    expect([status, headers.get("x-evil")]).toEqual([200, null]);
    expect(headers.get("x-metagpt-model")).toMatch(/^[\x20-\x7e]{1,1000}$/);
  });

  it("of tools are passed on as they are, and counted nowhere", async () => {
    const { at, asked } = await upstream({ text: "Hello" });
    const { ask } = await gateway({ one: at("openai") });
    const tools = [{ type: "function", function: { name: "f\r\nx-evil: 1", parameters: {} } }];
    const { status, headers } = await ask("POST", "/v1/chat/completions", { ...question, tools });
    expect([status, headers.get("x-evil")]).toEqual([200, null]);
    expect(asked[0]?.body.tools).toEqual(tools);
    expect((await ask("GET", "/metrics")).text).not.toContain("evil");
  });
});
