import { constants, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { wireFetch } from "../../src/llm/fetch.ts";
import { openai } from "../../src/llm/openai.ts";
import { drain, question } from "../helpers/drain.ts";
import { type HttpServer, httpServer } from "../helpers/http-server.ts";
import { chunk, done, openaiServer, type Script } from "../helpers/openai-server.ts";

let open: Pick<HttpServer, "url" | "close"> | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function answered(script: Script) {
  open = await openaiServer(() => script);
  return drain(await connect(open.url));
}

const connect = (url: string) =>
  openai.connect(openai.config.parse({ base_url: `${url}/v1`, api_key: "test-key-0001", model: "test-model" }), {
    fetch: wireFetch(),
    notify: () => {},
  });

const hello = ["你", "好, ", "wor", "ld 🎈"].map((content) => chunk({ content }));
const end = chunk({}, {}, { finish_reason: "stop" });
const whole = "你好, world 🎈";
const bytes = (text: string) => [...Buffer.from(text)].map((byte) => Buffer.from([byte]));

describe("an event stream", () => {
  const all = [...hello, end, done].join("");
  const streams: Record<string, Script> = {
    "with LF": { raw: all },
    "with CRLF": { raw: all.replaceAll("\n", "\r\n") },
    "with lone CR": { raw: all.replaceAll("\n", "\r") },
    "with all three line ends": {
      raw: [...hello.map((text, index) => text.replaceAll("\n", ["\n", "\r\n", "\r"][index % 3] ?? "")), end, done],
    },
    "without a space after data:": { raw: all.replaceAll("data: ", "data:") },
    "with comments before, between and inside events": {
      raw: `: OPENROUTER PROCESSING\n\n${all.replaceAll("data: ", ": keep-alive\n:HTTP_STATUS/200\ndata: ").replaceAll("\n\n", "\n\n: ping - 12:00\n\n")}`,
    },
    "with id, event and retry fields": { raw: all.replaceAll("data: ", "id: 1\nevent: message\nretry: 100\ndata: ") },
    "with one object over two data lines": {
      raw: all.replaceAll('"choices"', '\ndata: "choices"'),
    },
    "with objects parted by a single LF": { raw: all.replaceAll("\n\n", "\n") },
    "with a byte order mark": { raw: `\uFEFF${all}` },
    "byte by byte": { raw: bytes(all) },
    "byte by byte with CRLF": { raw: bytes(all.replaceAll("\n", "\r\n")) },
    "without the blank line of the last event": { raw: [...hello, end.trimEnd()] },
    "without [DONE]": { raw: [...hello, end] },
    "with more events after [DONE]": { raw: `${all}${chunk({ content: "more" })}` },
    "with more events after [DONE] and no end": { raw: `${all}${chunk({ content: "more" })}`, end: "stall" },
    "with empty events": { raw: `event: ping\n\ndata:\n\n${all.replaceAll("\n\n", "\n\ndata:\n\nevent: ping\n\n")}` },
    "without a content type": { raw: all, type: "" },
    "as text/plain": { raw: all, type: "text/plain" },
    "with U+2028 inside a string": { raw: `${all.replace("wor", "wor\u2028")}` },
  };
  it.each(Object.entries(streams))("%s is read whole", async (_, script) => {
    const { text, finish } = await answered(script);
    expect(text.replace("\u2028", "")).toBe(whole);
    expect(finish).toBe("stop");
  });

  it("joins an emoji that was escaped as two halves", async () => {
    const halves = [`{"content":"\\ud83c"}`, `{"content":"\\udf88"}`];
    const raw = [...halves.map((delta) => `data: {"choices":[{"index":0,"delta":${delta}}]}\n\n`), end, done];
    expect((await answered({ raw })).text).toBe("🎈");
  });

  it("of 20,000 tiny chunks is read in linear time", async () => {
    const raw = [chunk({ content: "x" }).repeat(20_000), end, done];
    expect((await answered({ raw })).text).toBe("x".repeat(20_000));
  });

  it("holds an event of 200 KB that comes in pieces", async () => {
    const content = "long ".repeat(40_000);
    const pieces = chunk({ content }).match(/.{1,1024}/gsu) ?? [];
    expect((await answered({ raw: [...pieces, end, done] })).text).toBe(content);
  });

  it("is refused where one event is longer than 8 MB", async () => {
    const raw = ['data: {"x":"', ...Array.from({ length: 10 }, () => "y".repeat(2 ** 20))];
    await expect(answered({ raw })).rejects.toMatchObject({
      kind: "protocol",
      message: expect.stringContaining("8 MB"),
    });
  });

  it("with a broken event among good ones is refused, naming the event", async () => {
    const raw = [...hello, 'data: {"choices":[{broken\n\n', end, done];
    await expect(answered({ raw })).rejects.toMatchObject({
      kind: "protocol",
      message: expect.stringContaining('{"choices":[{broken'),
    });
  });

  it.each([
    ["[DONE] without a finish reason", [...hello, done]],
    ["nothing at all", [""]],
    ["an event cut in the middle", [...hello, '\ndata: {"choices":[{"index"']],
  ])("that ends with %s is truncated", async (_, raw) => {
    await expect(answered({ raw })).rejects.toMatchObject({ kind: "truncated" });
  });
});

describe("an answer that is no event stream", () => {
  const message = {
    object: "chat.completion",
    model: "test-model",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 2 },
  };
  it.each([
    ["JSON", JSON.stringify(message)],
    ["indented JSON after blank lines", `\n\n\n${JSON.stringify(message, null, 2)}\n`],
  ])("but %s is taken as one chunk", async (_, raw) => {
    const { text, usage } = await answered({ raw, type: "application/json" });
    expect(text).toBe("Hi");
    expect(usage).toEqual({ input: 9, output: 2, source: "reported" });
  });

  it.each([
    [
      "an HTML page",
      "<html><head><title>x</title></head><body><h1>Log in to the hotel</h1></body></html>",
      "Log in to the hotel",
    ],
    ["plain words", "upstream is not ready\n", "upstream is not ready"],
    ["half a JSON text", '{"choices":[', '{"choices":['],
  ])("but %s is refused with its first words", async (_, raw, words) => {
    await expect(answered({ raw, type: "text/html" })).rejects.toMatchObject({
      kind: "protocol",
      message: expect.stringContaining(words),
    });
  });
});

it("unpacks a gzip stream while it comes", async () => {
  const first = gzipSync(hello.join(""), { finishFlush: constants.Z_SYNC_FLUSH });
  const headers = { "content-type": "text/event-stream", "content-encoding": "gzip" };
  open = await httpServer(() => ({ headers, pieces: [first], end: "stall" }));
  const stream = (await connect(open.url)).stream(question, { signal: new AbortController().signal });
  expect(await stream.next()).toEqual({ done: false, value: { type: "text", text: "你" } });
  await stream.return({ finish: "stop", usage: undefined, model: "" });
});

it("delivers each event as soon as it has come", async () => {
  open = await openaiServer(() => ({ raw: hello[0] ?? "", end: "stall" }));
  const stream = (await connect(open.url)).stream(question, { signal: new AbortController().signal });
  expect(await stream.next()).toEqual({ done: false, value: { type: "text", text: "你" } });
  await stream.return({ finish: "stop", usage: undefined, model: "" });
});
