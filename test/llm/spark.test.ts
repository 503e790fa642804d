import { createServer } from "node:http";
import { type AddressInfo, connect as dial } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { endingOf } from "../../src/either-signal.ts";
import { retrying } from "../../src/llm/call/retry.ts";
import { ProviderError } from "../../src/llm/provider.ts";
import { connectSpark, spark } from "../../src/llm/spark.ts";
import type { WireOptions } from "../../src/llm/wire/wire.ts";
import { drain, question } from "../helpers/drain.ts";
import {
  counted,
  failed,
  frame,
  type SparkGate,
  type SparkQuestion,
  type SparkScript,
  sparkKeys,
  sparkServer,
} from "../helpers/spark-server.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Settings = Record<string, unknown>;
type Answer = SparkScript | ((question: SparkQuestion, number: number) => SparkScript);

async function serve(answer: Answer, options: { gate?: SparkGate; now?: () => Date } = {}) {
  const server = await sparkServer(typeof answer === "function" ? answer : () => answer, options);
  open.push(server);
  const connect = (settings: Settings = {}, way: WireOptions = {}, now = () => new Date()) => {
    const config = { ...sparkKeys, base_url: `${server.url}/v3.5/chat`, ...settings };
    return connectSpark(spark.config.parse(config), tools(way), now);
  };
  return Object.assign(server, { connect });
}

async function answered(answer: Answer, settings?: Settings, way?: WireOptions) {
  return drain(await (await serve(answer)).connect(settings, way));
}

async function failure(answer: Answer, settings?: Settings, way?: WireOptions): Promise<ProviderError> {
  const error: unknown = await answered(answer, settings, way).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProviderError)) throw new Error(`not a failure: ${JSON.stringify(error)}`);
  return error;
}

const last = (seq: number, content = "") => frame(2, seq, content, {}, counted(5, 9));

describe("the question", () => {
  it("holds the whole conversation, signed (case 133)", async () => {
    const server = await serve("Hello.");
    const { text, usage, finish, model, structure } = await drain(await server.connect());
    expect({ text, finish, model, structure }).toEqual({
      text: "Hello.",
      finish: "stop",
      model: "generalv3.5",
      structure: undefined,
    });
    expect(usage).toEqual({ input: 9, output: 2, source: "reported" });
    expect(server.questions).toEqual([
      {
        header: { app_id: "12345678", uid: expect.stringMatching(/^[0-9a-f]{32}$/) },
        parameter: { chat: { domain: "generalv3.5", max_tokens: 1000 } },
        payload: { message: { text: question.messages } },
      },
    ]);
  });

  it.each(["/v3.5/chat", "/v3.5/chat?region=a%20b+c"])("is signed for %s on a port (case 134)", async (path) => {
    const server = await serve("Hello.");
    expect((await drain(await server.connect({ base_url: server.url + path }))).text).toBe("Hello.");
    expect(server.handshakes[0]?.searchParams.get("region") ?? "a b c").toBe("a b c");
    expect(server.handshakes[0]?.searchParams.get("host")).toBe(server.url.slice("ws://".length));
  });

  it("holds what the settings add to it", async () => {
    const server = await serve("Hello.");
    await drain(await server.connect({ extra_body: { top_k: 3 } }));
    expect(server.questions[0]?.parameter.chat).toMatchObject({ top_k: 3, max_tokens: 1000 });
  });

  it("is held to no shape, and says so (case 99)", async () => {
    const schema = { name: "Prd", schema: { type: "object" } };
    const llm = await (await serve("{}")).connect({ structured: "auto" });
    expect(await drain(llm, { schema })).toMatchObject({ text: "{}", structure: "off" });
    expect(() => spark.config.parse({ ...sparkKeys, structured: "json" })).toThrow("auto or off");
  });

  const merged = [{ role: "user", content: "You are terse.\n\nSay hello." }];
  it.each([
    ["no setting but the address", "/v1.1/chat", {}, { domain: "lite", max_tokens: 1000 }, merged],
    ["a domain", "/v3.5/chat", { domain: "generalv3.5" }, { domain: "generalv3.5", max_tokens: 1000 }, undefined],
    ["an old domain", "/v2.1/chat", { domain: "generalv2" }, { domain: "generalv2", max_tokens: 1000 }, merged],
    ["a model", "/v4.0/chat", { model: "4.0Ultra" }, { domain: "4.0Ultra", max_tokens: 1000 }, undefined],
    ["a domain nobody knows", "/v9/chat", { domain: "v9" }, { domain: "v9", max_tokens: 1000 }, undefined],
    ["temperature 0", "/v3.5/chat", { temperature: 0 }, { temperature: 0.01 }, undefined],
    ["a temperature too high", "/v3.5/chat", { temperature: 1.5 }, { temperature: 1 }, undefined],
    ["a temperature only X knows", "/v1/x1", { temperature: 1.5 }, { temperature: 1.5 }, undefined],
    ["a longer answer than it may give", "/v1.1/chat", { max_token: 9000 }, { max_tokens: 4096 }, merged],
    ["a shorter answer", "/v3.1/chat", { max_token: 100 }, { max_tokens: 100 }, merged],
  ])("with %s is legal (case 145)", async (_, path, settings, chat, text) => {
    const server = await serve("Hello.");
    const llm = await server.connect({ base_url: server.url + path, ...settings });
    await drain(llm, { maxTokens: "max_token" in settings ? 100_000 : 1000 });
    expect(server.questions[0]?.parameter.chat).toMatchObject(chat);
    expect(server.questions[0]?.payload.message.text).toEqual(text ?? question.messages);
    expect(server.questions[0]?.header.uid.length).toBeLessThanOrEqual(32);
  });

  it.each([
    [{}, "/v3.5/chat"],
    [{ model: "lite" }, "/v1.1/chat"],
    [{ domain: "x1" }, "/v1/x1"],
    [{ domain: "max-32k", model: "Spark Max" }, "/chat/max-32k"],
  ])("of %j without an address goes to %s of the vendor", async (settings, path) => {
    const urls: string[] = [];
    const socket = async (url: URL) => {
      urls.push(url.href);
      throw new ProviderError("not today", { kind: "network" });
    };
    const refuse = { ...tools(), socket };
    const llm = await connectSpark(spark.config.parse({ ...sparkKeys, ...settings }), refuse);
    await expect(drain(llm)).rejects.toMatchObject({ kind: "network" });
    expect(urls).toEqual([`wss://spark-api.xf-yun.com${path}`]);
  });

  it("of each of two calls comes from another user, since one may ask one thing at a time", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect();
    await Promise.all([drain(llm), drain(llm)]);
    expect(new Set(server.questions.map(({ header }) => header.uid)).size).toBe(2);
  });
});

describe("the answer", () => {
  it.each<[string, SparkScript]>([
    ["in frames 0, 1, 1, 2", { frames: [frame(0, 0, "你"), frame(1, 1, "好, "), frame(1, 2, "wor"), last(3, "ld")] }],
    ["in a single frame", { frames: [last(0, "你好, world")] }],
    ["out of order", { frames: [frame(0, 0, "你"), frame(1, 2, "wor"), frame(1, 1, "好, "), last(3, "ld")] }],
    ["out of order at the end", { frames: [frame(0, 0, "你好, "), last(2, "ld"), frame(1, 1, "wor")], end: "stall" }],
    ["with a number left out", { frames: [frame(0, 0, "你好, "), frame(1, 2, "wor"), last(3, "ld")] }],
    ["with every number 0", { frames: [frame(0, 0, "你好, "), frame(1, 0, "wor"), last(0, "ld")], end: "stall" }],
    ["counted from 1", { frames: [frame(0, 1, "你好, "), last(2, "world")], end: "stall" }],
  ])("%s is read whole (case 136)", async (_, script) => {
    const { text, finish, usage } = await answered(script);
    expect(text).toBe("你好, world");
    expect({ finish, usage }).toEqual({ finish: "stop", usage: { input: 5, output: 9, source: "reported" } });
  });

  it("holds no reasoning (case 137)", async () => {
    const thought = (status: number, seq: number, reasoning: string) => {
      const { header, payload } = frame(status, seq, "");
      const text = [{ reasoning_content: reasoning, role: "assistant", index: 0 }];
      return { header, payload: { choices: { ...payload.choices, text } } };
    };
    const frames = [thought(0, 0, "Let me "), thought(1, 1, "see."), frame(1, 2, "42"), last(3)];
    expect(await answered({ frames })).toMatchObject({ text: "42", reasoning: "Let me see." });
  });

  it.each<[string, SparkScript]>([
    [
      "binary frames",
      {
        play: (socket) => [frame(0, 0, "你好"), last(1)].map((said) => socket.send(Buffer.from(JSON.stringify(said)))),
      },
    ],
    [
      "fragments that cut a character",
      {
        play(socket) {
          const bytes = Buffer.from(JSON.stringify(last(0, "你好")));
          const cut = bytes.indexOf(Buffer.from("好")) + 1;
          socket.send(bytes.subarray(0, cut), { fin: false, binary: false });
          socket.send(bytes.subarray(cut), { fin: true, binary: false });
        },
      },
    ],
    [
      "a ping between frames",
      {
        play(socket) {
          socket.send(JSON.stringify(frame(0, 0, "你")));
          socket.ping();
          socket.once("pong", () => socket.send(JSON.stringify(last(1, "好"))));
        },
      },
    ],
    ["several frames at once", { frames: [frame(0, 0, "你"), last(1, "好")], end: "stall" }],
  ])("in %s is read whole (case 138)", async (_, script) => {
    expect((await answered(script)).text).toBe("你好");
  });

  it.each([1000, 1011, "cut"] as const)(
    "that ends with %s before its last frame is truncated (case 139)",
    async (end) => {
      expect(await failure({ frames: [frame(0, 0, "Hel")], end })).toMatchObject({ kind: "truncated" });
      expect(await failure({ frames: [], end })).toMatchObject({ kind: "truncated" });
    },
  );

  it("is over with its last frame, though the server does not close (case 140)", async () => {
    const server = await serve({ frames: [last(0, "Hello.")], end: "stall" });
    expect((await drain(await server.connect())).text).toBe("Hello.");
    await expect.poll(server.open).toBe(0);
  });

  it("without usage is left to be estimated (case 146)", async () => {
    expect((await answered({ frames: [frame(0, 0, "Hello."), frame(2, 1, "")] })).usage).toBeUndefined();
    expect((await answered({ frames: [frame(2, 0, "Hi", {}, counted(0, 0))] })).usage).toBeUndefined();
  });

  it("that used up its tokens was cut by them", async () => {
    const { finish } = await answered({ frames: [frame(2, 0, "Hel", {}, counted(5, 50))] }, { max_token: 50 });
    expect(finish).toBe("length");
  });

  it.each<[string, SparkScript, string]>([
    ["says nothing", { frames: [last(0)] }, "empty"],
    ["is no JSON", { frames: ["<html>"] }, "protocol"],
    ["is no frame", { frames: ['{"code":10013,"message":"no"}'] }, "policy"],
    ["is longer than 8 MB", { play: (socket) => socket.send("x".repeat(9 * 2 ** 20)) }, "protocol"],
  ])("that %s is a failure", async (_, script, kind) => {
    expect(await failure(script)).toMatchObject({ kind });
  });

  it.each<[number, string, string, string]>([
    [10013, "input is illegal", "policy", "Word the request differently"],
    [10907, "too many tokens", "overflow", "larger context"],
    [11200, "no authority", "quota", "Check that generalv3.5 belongs to the path of base_url"],
    [11202, "too many in a second", "rate", "Try again later"],
    [10007, "the last one is not answered", "rate", "Try again later"],
    [10110, "busy", "server", ""],
    [10003, "wrong format", "request", ""],
    [10404, "no such domain", "request", "Check that generalv3.5 belongs"],
    [10015, "barred", "auth", "Check app_id, api_key and api_secret"],
  ])("%i is a failure of its kind (case 142)", async (code, message, kind, hint) => {
    const error = await failure({ frames: [failed(code, message)] });
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(`${message} (code ${code}, sid cht000)`);
    expect(error.message).toMatch(/^generalv3\.5 at ws:\/\/127\.0\.0\.1:\d+\/v3\.5\/chat: /);
    expect(error.hint ?? "").toContain(hint);
  });

  it("that is refused after text is withdrawn (case 143)", async () => {
    const error = await failure({ frames: [frame(0, 0, "Once"), failed(10014, "output is illegal")] });
    expect(error.kind).toBe("policy");
    expect(error.message).toContain(
      "output is illegal (code 10014, sid cht000); what it had already said is withdrawn",
    );
  });
});

describe("the handshake", () => {
  it.each([
    [{ api_key: "another-key-0001" }, 401, "fail to retrieve credential", "Check app_id"],
    [{ api_secret: "another-secret-0001" }, 401, "HMAC signature does not match", "Check app_id"],
  ])("with %j is refused in the server's words (case 135)", async (settings, status, words, hint) => {
    const server = await serve("Hello.");
    const error: unknown = await drain(await server.connect(settings)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "auth", status, message: expect.stringContaining(words) });
    expect(error).toMatchObject({ hint: expect.stringContaining(hint) });
    expect(server.handshakes.length).toBe(1);
    expect(server.questions).toEqual([]);
  });

  it("at the wrong time says to set the clock (case 135)", async () => {
    const server = await serve("Hello.");
    const yesterday = () => new Date(Date.now() - 86_400_000);
    await expect(drain(await server.connect({}, {}, yesterday))).rejects.toMatchObject({
      kind: "auth",
      status: 403,
      hint: "Set the clock of this computer: Spark allows 5 minutes.",
    });
  });

  it.each([
    [404, '{"message":"no Route matched"}', "request", "Check that generalv3.5 belongs"],
    [503, "upstream", "server", undefined],
    [429, '{"message":"slow down"}', "rate", "Try again later"],
  ])("answered with %i is a failure of its kind", async (status, body, kind, hint) => {
    const server = await serve("Hello.", { gate: () => ({ status, body }) });
    const error: unknown = await drain(await server.connect()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind, status });
    expect(error).toMatchObject({ hint: hint === undefined ? undefined : expect.stringContaining(hint) });
  });

  it("with nobody there is a failure of the network", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect();
    await open.pop()?.close();
    await expect(drain(llm)).rejects.toMatchObject({
      kind: "network",
      message: expect.stringContaining("the connection was refused"),
    });
  });

  it("of a second try is new, and so are its date and signature (case 144)", async () => {
    let seconds = 0;
    const server = await serve((_, number) => (number === 1 ? { frames: [failed(11202, "slow down")] } : "Hello."));
    const llm = await server.connect({}, {}, () => new Date(Date.now() - 1000 * seconds++));
    const signal = new AbortController().signal;
    const { text } = await retrying(() => drain(llm), { ended: endingOf(signal), sleep: async () => {} });
    expect(text).toBe("Hello.");
    const [first, second, ...more] = server.handshakes.map(({ searchParams }) => searchParams);
    expect(more).toEqual([]);
    expect(first?.get("date")).not.toBe(second?.get("date"));
    expect(first?.get("authorization")).not.toBe(second?.get("authorization"));
  });
});

describe("time", () => {
  const silent = { play: () => {} };
  const begun: SparkScript = { frames: [frame(0, 0, "Hel")], end: "stall" };
  it.each<[string, Settings & WireOptions, Answer, string]>([
    ["after the upgrade", { first_token_timeout: 0.1 }, silent, "gave no answer in 0.1 s"],
    ["between two frames", { idle_timeout: 0.1 }, begun, "sent nothing in 0.1 s"],
    ["beyond the whole call", { timeout: 0.1 }, begun, "did not finish its answer in 0.1 s"],
  ])("%s ends the call and closes the socket (case 141)", async (_, way, answer, words) => {
    const server = await serve(answer);
    await expect(drain(await server.connect({}, way))).rejects.toMatchObject({
      kind: "timeout",
      message: expect.stringContaining(words),
    });
    await expect.poll(server.open).toBe(0);
  });

  it("until the upgrade ends the call", async () => {
    const server = await serve("Hello.", { gate: () => "stall" });
    await expect(drain(await server.connect({}, { connect_timeout: 0.1 }))).rejects.toMatchObject({
      kind: "timeout",
      message: expect.stringContaining("did not open the connection in 0.1 s"),
    });
    await expect.poll(server.open).toBe(0);
  });

  it("does not run out while the server pings", async () => {
    const play: Answer = {
      play(socket) {
        socket.send(JSON.stringify(frame(0, 0, "Hel")));
        const pings = setInterval(() => socket.ping(), 50);
        setTimeout(() => {
          clearInterval(pings);
          socket.send(JSON.stringify(last(1, "lo.")));
        }, 1300);
      },
    };
    expect((await answered(play, {}, { idle_timeout: 1 })).text).toBe("Hello.");
  });
});

describe("ending a call", () => {
  it.each<[string, Answer, SparkGate]>([
    ["before the upgrade", "Hello.", () => "stall"],
    ["before the answer", { play: () => {} }, () => undefined],
    ["in the middle of it", { frames: [frame(0, 0, "Hel")], end: "stall" }, () => undefined],
  ])("%s is at once", async (_, answer, gate) => {
    const server = await serve(answer, { gate });
    const caller = new AbortController();
    const ended = drain(await server.connect(), {}, caller.signal).catch((error: unknown) => error);
    await expect.poll(() => server.handshakes.length).toBe(1);
    const before = performance.now();
    caller.abort();
    expect(await ended).toMatchObject({ kind: "aborted" });
    expect(performance.now() - before).toBeLessThan(1000);
    await expect.poll(server.open).toBe(0);
  });

  it("before it began asks nobody", async () => {
    const server = await serve("Hello.");
    await expect(drain(await server.connect(), {}, AbortSignal.abort())).rejects.toMatchObject({ kind: "aborted" });
    expect(server.questions).toEqual([]);
  });

  it("by reading no further closes the socket", async () => {
    const server = await serve({ frames: [frame(0, 0, "Hel")], end: "stall" });
    for await (const delta of (await server.connect()).stream(question, { signal: new AbortController().signal })) {
      expect(delta).toEqual({ type: "text", text: "Hel" });
      break;
    }
    await expect.poll(server.open).toBe(0);
  });

  it("leaves the others whole", async () => {
    const text = "word ".repeat(800);
    const llm = await (await serve(text)).connect();
    const caller = new AbortController();
    const ended = drain(llm, {}, caller.signal).catch((error: unknown) => error);
    const others = Array.from({ length: 10 }, () => drain(llm));
    caller.abort();
    expect((await Promise.all(others)).every((answer) => answer.text === text)).toBe(true);
    expect(await ended).toMatchObject({ kind: "aborted" });
  });
});

it("goes through the proxy to a remote name", async () => {
  const server = await serve("Hello.");
  const heard: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    heard.push(request.url ?? "");
    // The server signs the name it was asked for, wherever it is.
    const there = dial(Number(new URL(server.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(there).pipe(socket);
    });
    there.on("error", () => socket.destroy());
    socket.on("error", () => there.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  const llm = await server.connect(
    { base_url: "ws://spark.example.com/v3.5/chat" },
    { proxy: `http://127.0.0.1:${port}` },
  );
  expect((await drain(llm)).text).toBe("Hello.");
  expect(heard).toEqual(["spark.example.com:80"]);
  await new Promise((resolve) => proxy.close(resolve));
});

it("shows no key, no secret and no signature in a failure (case 168)", async () => {
  const echo: SparkGate = ({ url = "" }) => {
    const { searchParams, search } = new URL(url, "ws://x");
    const said = [searchParams.get("authorization"), search, sparkKeys.api_key, sparkKeys.api_secret].join(" ");
    return { status: 401, body: JSON.stringify({ message: `refused ${said}` }) };
  };
  const refused = await serve("Hello.", { gate: echo });
  const gone = await serve("Hello.");
  await open.pop()?.close();
  for (const url of [refused.url, gone.url]) {
    const base_url = `${url}/v3.5/chat`;
    const error: unknown = await drain(await refused.connect({ base_url })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderError);
    const shown = JSON.stringify([error, String(error)]) + inspected(error);
    const [signed] = refused.handshakes;
    const authorization = signed?.searchParams.get("authorization") ?? "none";
    for (const secret of [authorization, encodeURIComponent(authorization), sparkKeys.api_key, sparkKeys.api_secret]) {
      expect(shown).not.toContain(secret);
    }
  }
});

const inspected = (error: unknown): string =>
  error instanceof Error ? `${error.stack}${JSON.stringify(error)}${inspected(error.cause)}` : "";

it.each([
  [{ base_url: "https://spark-api.xf-yun.com/v3.5/chat" }, "ws or wss"],
  [{ base_url: "wss://me:secret@spark-api.xf-yun.com/v3.5/chat" }, "user name"],
  [{ api_secret: "YOUR_API_KEY" }, "placeholder"],
  [{ app_id: undefined }, "app_id"],
  [{ top_k: 3 }, "top_k"],
])("refuses the setting %j", (settings, words) => {
  expect(() => spark.config.parse({ ...sparkKeys, ...settings })).toThrow(words);
});
