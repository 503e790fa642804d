import { constants, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { question } from "../helpers/drain.ts";
import { answered, bytesOf, type Format, failure, type Reply, serve } from "./format.ts";
import { eventFormats, formats, named, textFormats } from "./formats.ts";

const words = ["你", "好, ", "wor\u2028", "ld 🎈"];
const usage = { input: 9, output: 2 };
const said = { text: words, finish: "stop", usage } as const;
const whole = { text: words.join(""), finish: "stop", usage: { ...usage, source: "reported" } };
const bytes = (text: string) => [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
const mark = "data: [DONE]\n\n";

describe.each(named(eventFormats))("%s: an event stream", (_, format) => {
  const pieces = format.pieces(said);
  const all = pieces.join("");
  const streams: Record<string, Reply> = {
    "001 with LF": { pieces: [all] },
    "001 with CRLF": { pieces: [all.replaceAll("\n", "\r\n")] },
    "001 with lone CR": { pieces: [all.replaceAll("\n", "\r")] },
    "001 with all three line ends": {
      pieces: pieces.map((piece, index) => piece.replaceAll("\n", ["\n", "\r\n", "\r"][index % 3] ?? "")),
    },
    "002 without a blank after data:": { pieces: [all.replaceAll("data: ", "data:")] },
    "003 with comments before, between and inside events": {
      pieces: [
        `: OPENROUTER PROCESSING\n\n${all.replaceAll("data:", ": keep-alive\n:HTTP_STATUS/200\ndata:").replaceAll("\n\n", "\n\n: ping - 12:00\n\n")}`,
      ],
    },
    "004 with id and retry fields": { pieces: [all.replaceAll("data:", "id: 1\nretry: 100\ndata:")] },
    "005 with one object over two data lines": { pieces: [all.replaceAll(/(data: ?)\{/g, "$1{\n$1")] },
    "006 with objects parted by a single LF": { pieces: [all.replaceAll("\n\n", "\n")] },
    "007 with a byte order mark": { pieces: [`\uFEFF${all}`] },
    "008 byte by byte": { pieces: bytes(all) },
    "008 byte by byte with CRLF": { pieces: bytes(all.replaceAll("\n", "\r\n")) },
    "010 without the blank line of the last event": { pieces: [all.replace(mark, "").trimEnd()] },
    "011 without an end mark": { pieces: [all.replace(mark, "")] },
    "013 with more events after the end mark": {
      pieces: [all.replace(mark, ""), mark, ...format.pieces({ text: ["more"] })],
    },
    "013 with more events after the end mark, and no end": {
      pieces: [all.replace(mark, ""), mark, ...format.pieces({ text: ["more"] })],
      end: "stall",
    },
    "014 with empty events": {
      pieces: [`event: ping\n\ndata:\n\n${all.replaceAll("\n\n", "\n\ndata:\n\nevent: ping\n\n")}`],
    },
  };
  const rows = Object.entries(streams).map(([title, reply]) => [title.slice(0, 3), title.slice(4), reply] as const);
  it.each(rows)(`%s ${format.name}: an event stream %s is read whole`, async (_, __, reply) => {
    expect(await answered(format, reply)).toMatchObject(whole);
  });

  it(`012 ${format.name}: an end mark without a reason to end is truncated`, async () => {
    const { error, text } = await failure(format, { pieces: [...format.pieces({ text: words }), mark] });
    expect({ kind: error.kind, text }).toEqual({ kind: "truncated", text: whole.text });
  });

  it(`015 ${format.name}: a broken event is named, and what came before it kept`, async () => {
    const { error, text } = await failure(format, {
      pieces: [...format.pieces({ text: ["Hel"] }), 'data: {"choices":[{broken\n\n', ...format.pieces(said)],
    });
    expect({ kind: error.kind, text }).toEqual({ kind: "protocol", text: "Hel" });
    expect(error.message).toContain('{"choices":[{broken');
  });
});

describe.each(named(textFormats))("%s: over HTTP", (_, format) => {
  const all = format.pieces(said).join("");
  const headers = { "content-type": "application/json" };

  const body = format.body?.(said) ?? "";
  const indented = `\n\n\n${JSON.stringify(JSON.parse(body), null, 2)}\n`;
  // Lines of JSON are no lines any more when they are indented.
  const bodies = format.framing === "lines" ? [body] : [body, indented];
  it.each(bodies)(`016 ${format.name}: a JSON body is one piece: %j`, async (body) => {
    expect(await answered(format, { headers, pieces: [body] })).toMatchObject(whole);
  });

  it(`018 ${format.name}: a compressed stream is read while it comes`, async () => {
    const pieces = [gzipSync(format.pieces({ text: words }).join(""), { finishFlush: constants.Z_SYNC_FLUSH })];
    const type = format.framing === "lines" ? "application/x-ndjson" : "text/event-stream";
    const packed = { "content-type": type, "content-encoding": "gzip" };
    expect(await first(format, { headers: packed, pieces, end: "stall" })).toMatch(/^你/);
  });

  it.each([{}, { "content-type": "text/plain" }])(`019 ${format.name}: a stream under %j is one`, async (type) => {
    expect(await answered(format, { headers: type, pieces: [all] })).toMatchObject(whole);
  });

  it.each<readonly [string, string, string]>([
    [
      "an HTML page",
      "<html><head><title>x</title></head><body><h1>Log in to the hotel</h1></body></html>",
      "Log in to the hotel",
    ],
    ["plain words", "upstream is not ready\n", "upstream is not ready"],
    ...(format.framing === "lines" ? [] : [["half a JSON text", '{"choices":[', '{"choices":['] as const]),
  ])(`020 ${format.name}: %s is refused with its first words`, async (_, page, words) => {
    const { error } = await failure(format, { headers: { "content-type": "text/html" }, pieces: [page] });
    expect(error.kind).toBe("protocol");
    expect(error.message).toContain(words);
  });
});

describe.each(named(formats))("%s: pieces of every size", (_, format) => {
  it(`009 ${format.name}: an emoji escaped as two halves is one`, async () => {
    const pieces = format.pieces({ ...said, text: ["\ud83c", "\udf88"] });
    expect(pieces.join("")).toContain("\\ud83c");
    expect((await answered(format, { pieces })).text).toBe("🎈");
  });

  it(`008 ${format.name}: a piece is heard as soon as it has come`, async () => {
    expect(await first(format, { pieces: format.pieces({ text: words }), end: "stall" })).toMatch(/^你/);
  });

  it(`017 ${format.name}: an event of 200 KB that comes in parts is read`, async () => {
    const long = Array.from({ length: 20_000 }, (_, word) => `long ${word} `).join("");
    const bytes = bytesOf(format, format.pieces({ ...said, text: [long] }));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1024) }, (_, part) =>
      bytes.subarray(part * 1024, (part + 1) * 1024),
    );
    expect((await answered(format, { pieces })).text).toBe(long);
  });

  it(`021 ${format.name}: 5,000 tiny pieces are read`, async () => {
    const text = Array.from({ length: 5000 }, (_, index) => `${index % 7}`);
    const pieces = format.pieces({ ...said, text });
    const reply = format.framed ? pieces : [pieces.join("")];
    expect((await answered(format, { pieces: reply })).text).toBe(text.join(""));
  }, 60_000);
});

// The frames of Amazon say beforehand how long they are.
it.each(named(formats.filter(({ framing }) => framing !== "frames")))(
  "017 %s: an event of more than 8 MB is refused",
  async (_, format) => {
    const { error } = await failure(format, { pieces: endless(format) });
    expect(error.kind).toBe("protocol");
  },
);

/** The beginning of one piece, then far more of it than anybody holds. */
function endless(format: Format): string[] {
  if (format.framing === "messages") return [`"${"y".repeat(9 * 2 ** 20)}"`];
  const begun = format.framing === "lines" ? '{"x":"' : 'data: {"x":"';
  return [begun, ...Array.from({ length: 10 }, () => "y".repeat(2 ** 20))];
}

/** The first text of an answer that goes no further. */
async function first(format: Format, reply: Reply): Promise<string | undefined> {
  const llm = await (await serve(format, reply)).connect();
  for await (const delta of llm.stream(question, { signal: new AbortController().signal })) {
    return delta.type === "text" ? delta.text : undefined;
  }
}
