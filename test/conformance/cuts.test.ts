import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { endingOf } from "../../src/either-signal.ts";
import { attempt } from "../../src/llm/call/attempt.ts";
import { retrying } from "../../src/llm/call/retry.ts";
import type { WireOptions } from "../../src/llm/wire/wire.ts";
import { question } from "../helpers/drain.ts";
import { signal } from "../helpers/upstream.ts";
import { bytesOf, type Format, failed, failure, type Reply, serve, whole } from "./format.ts";
import { openaiFormat } from "./formats/openai.ts";
import { eventFormats, formats, httpFormats, named } from "./formats.ts";
import { operationOn } from "./operation.ts";

const usage = { input: 9, output: 2 };
const said = { text: ["Hel", "lo."], finish: "stop", usage } as const;
const never = new AbortController().signal;

describe.each(named(formats))("%s: an answer that breaks off", (_, format) => {
  const begun = format.pieces({ text: ["Hel", "lo"] });
  const last = begun.findIndex((piece) => piece.includes('"lo"'));
  const bytes = bytesOf(format, begun.slice(0, last + 1));

  it.each<[string, Reply, string]>([
    ["between two pieces", { pieces: begun }, "Hello"],
    ["within a piece", { pieces: [bytes.subarray(0, bytes.length - 5)] }, "Hel"],
    ["before it began", { pieces: [] }, ""],
  ])(`057 ${format.name}: closed %s is truncated, and what came is kept`, async (_, reply, text) => {
    const { error, text: kept } = await failure(format, reply);
    expect({ kind: error.kind, kept }).toEqual({ kind: "truncated", kept: text });
  });

  it(`058 ${format.name}: reset in the middle is truncated, and what came is kept`, async () => {
    const { error, text } = await failure(format, { pieces: begun, end: "reset", pause: 20 });
    expect({ kind: error.kind, text }).toEqual({ kind: "truncated", text: "Hello" });
  });

  it.each([
    ["060", "before any text is asked for again from the beginning", { pieces: [] }],
    ["061", "after text is asked for again as a whole", { pieces: begun }],
  ])(`%s ${format.name}: cut %s`, async (_, __, broken) => {
    const server = await serve(format, ({ number }) => (number === 1 ? broken : { pieces: format.pieces(said) }));
    const llm = await server.connect();
    const told: string[] = [];
    const { text } = await retrying(() => whole(llm), {
      ended: endingOf(never),
      sleep: async () => {},
      onRetry: (_, { kind }) => told.push(kind),
    });
    expect({ text, asked: server.asked(), told }).toEqual({ text: "Hello.", asked: 2, told: ["truncated"] });
  });

  it(`059 ${format.name}: reset before the headers is a failure of the network, and tried again`, async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.resetAndDestroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { url, connect } = await serve(format, {});
    const llm = await connect({ base_url: `${new URL(url).protocol}//127.0.0.1:${port}` });
    const call = retrying(() => whole(llm), { ended: endingOf(never), sleep: async () => {}, tries: 3 });
    await expect(call).rejects.toMatchObject({
      kind: "network",
      tries: [expect.any(String), expect.any(String), expect.any(String)],
    });
    expect(connections).toBe(3);
  });
});

it.each(named(httpFormats))("058 %s: a reset keeps its cause", async (_, format) => {
  const { error } = await failure(format, { pieces: format.pieces({ text: ["Hel"] }), end: "reset", pause: 20 });
  expect(error.cause).toBeInstanceOf(Error);
});

it.each([
  ["060", "before any text", []],
  ["061", "after text", ["Hel"]],
] as const)("%s openai: a cut %s is told as a retry, and only the whole answer is given", async (_, __, text) => {
  const server = await serve(openaiFormat, ({ number }) => ({
    pieces: openaiFormat.pieces(number === 1 ? { text } : said),
  }));
  const { ask, events, heard } = operationOn(await server.connect());
  expect(await ask()).toMatchObject({ ok: true, text: "Hello." });
  const told = events.filter(({ type }) => type !== "call-progress");
  expect(told.map(({ type }) => type)).toEqual(["call-start", "retry", "call-end"]);
  expect(told[1]).toMatchObject({ failed: 1, reason: expect.stringContaining("broke off") });
  expect(heard.map((delta) => (delta.type === "text" ? delta.text : ""))).toEqual([...text, "Hel", "lo."]);
});

describe("the clocks", () => {
  const comments = Array.from({ length: 200 }, () => ": ping\n\n");
  type Row = [name: string, Format, Reply, WireOptions, message: RegExp, text: RegExp];
  const rows = formats.flatMap((format): Row[] => {
    const words = format.pieces({ text: Array.from({ length: 500 }, (_, word) => `word ${word} `) });
    const none: Row = [
      `062 ${format.name}: no headers end the call`,
      format,
      { wait: 3000 },
      { first_token_timeout: 0.1, connect_timeout: 0.1 },
      /(gave no answer|did not open the connection) in 0\.1 s/,
      /^$/,
    ];
    const silence: Row = [
      `063 ${format.name}: silence ends the call`,
      format,
      { pieces: format.pieces({ text: ["Hel"] }), end: "stall" },
      { idle_timeout: 0.3 },
      /sent nothing in 0\.3 s/,
      /^Hel$/,
    ];
    const long: Row = [
      `066 ${format.name}: the end of the whole time ends the call`,
      format,
      { pieces: words, pause: 20, end: "stall" },
      { timeout: 1 },
      /did not finish its answer in 1 s/,
      /^word 0 word 1 /,
    ];
    const onlyComments: Row = [
      `065 ${format.name}: nothing but comments ends the call`,
      format,
      { pieces: comments, pause: 20, end: "stall" },
      { comments: 150 },
      /sent only comments in 0\.15 s/,
      /^$/,
    ];
    return format.framing === "events" ? [none, silence, onlyComments, long] : [none, silence, long];
  });
  it.concurrent.for(rows)("%s", async ([, format, reply, options, message, text], { expect, onTestFinished }) => {
    const server = await serve(format, reply, onTestFinished);
    const { error, text: kept } = await failed(await server.connect({}, options));
    expect(error.kind).toBe("timeout");
    expect(error.message).toMatch(message);
    expect(kept).toMatch(text);
    await expect.poll(server.left).toBe(true);
  });

  it.concurrent.for(named(eventFormats))("003 %s: comments are signs of life", async ([, format], context) => {
    const [first = "", ...rest] = format.pieces(said);
    const pieces = [first, ...Array.from({ length: 20 }, () => ": keep-alive\n\n"), ...rest];
    const server = await serve(format, { pieces, pause: 60 }, context.onTestFinished);
    const llm = await server.connect({}, { idle_timeout: 1 });
    context.expect((await whole(llm)).text).toBe("Hello.");
  });

  it.concurrent.for(named(formats))(
    "064 %s: a slow stream that never falls silent is read",
    async ([, format], context) => {
      const text = "Hello, you there.";
      const pieces = format.pieces({ ...said, text: [...text] });
      const server = await serve(format, { pieces, pause: 80 }, context.onTestFinished);
      const llm = await server.connect({}, { idle_timeout: 1 });
      context.expect((await whole(llm)).text).toBe(text);
    },
  );
});

describe.each(named(formats))("%s: ending a call", (_, format) => {
  const stuck: Reply = { pieces: format.pieces({ text: ["Hel"] }), end: "stall" };

  it.each<[string, Reply, string]>([
    ["067", { wait: 3000 }, ""],
    ["068", stuck, "Hel"],
  ])(`%s ${format.name}: is at once, and closes the connection`, async (_, reply, text) => {
    const server = await serve(format, reply);
    const caller = new AbortController();
    const begun = signal<void>();
    const ended = failed(await server.connect(), {}, caller.signal, begun.give);
    await expect.poll(server.asked).toBe(1);
    if (text) await begun.came;
    const before = performance.now();
    caller.abort();
    const { error, text: kept } = await ended;
    expect(performance.now() - before).toBeLessThan(500);
    expect({ kind: error.kind, kept }).toEqual({ kind: "aborted", kept: text });
    await expect.poll(server.left).toBe(true);
  });

  it(`070 ${format.name}: by reading no further closes the connection`, async () => {
    const server = await serve(format, stuck);
    for await (const delta of (await server.connect()).stream(question, { signal: never })) {
      expect(delta).toEqual({ type: "text", text: "Hel" });
      break;
    }
    await expect.poll(server.left).toBe(true);
  });

  it(`072 ${format.name}: one of fifty leaves the others whole`, async () => {
    const textOf = (call: string) => Array.from({ length: 20 }, (_, word) => `${call}, ${word}; `);
    const server = await serve(format, ({ text }) => ({
      pieces: format.pieces({ ...said, text: textOf(text) }),
      pause: 2,
    }));
    const llm = await server.connect();
    const caller = new AbortController();
    const ask = (call: number, signal: AbortSignal) =>
      attempt(
        llm,
        { ...question, messages: [{ role: "user", content: `call ${call}` }] },
        {
          signal,
          model: "m",
          progress: () => {},
          heard: () => call === 7 && caller.abort(),
        },
      );
    const calls = Array.from({ length: 50 }, (_, call) =>
      ask(call, AbortSignal.any([call === 7 ? caller.signal : never])),
    );
    const answers = await Promise.all(
      calls.map((call) =>
        call.then(
          ({ text }) => text,
          ({ cause }) => cause,
        ),
      ),
    );
    const [ended] = answers.splice(7, 1);
    expect(ended).toMatchObject({ kind: "aborted" });
    const expected = Array.from({ length: 50 }, (_, call) => textOf(`call ${call}`).join("")).toSpliced(7, 1);
    expect(answers).toEqual(expected);
  });
});

it("069 openai: the end of a run between two tries is at once, and asks nobody again", async () => {
  const server = await serve(openaiFormat, { status: 429, headers: { "retry-after": "50" }, pieces: ["slow down"] });
  const { ask, events, stop } = operationOn(await server.connect());
  const ended = ask();
  await expect.poll(() => events.some(({ type }) => type === "retry")).toBe(true);
  const before = performance.now();
  stop.abort();
  expect(await ended).toMatchObject({ ok: false, failure: { kind: "aborted" } });
  expect(performance.now() - before).toBeLessThan(500);
  expect(server.asked()).toBe(1);
});

it("071 all: after the last answer nothing keeps the process alive", async () => {
  const servers = await Promise.all(formats.map((format) => serve(format, { pieces: format.pieces(said) })));
  const calls = servers.map(({ settings }, index) => ({ provider: formats[index]?.name, settings }));
  const script = fileURLToPath(new URL("ask-and-end.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "jiti/register", script, JSON.stringify(calls)]);
  let heard = "";
  let answered = 0;
  child.stdout.on("data", (piece) => {
    heard += piece;
    answered = performance.now();
  });
  const [code] = await once(child, "exit");
  expect({ code, heard }).toEqual({ code: 0, heard: "Hello.\n".repeat(formats.length) });
  expect(performance.now() - answered).toBeLessThan(2000);
});
