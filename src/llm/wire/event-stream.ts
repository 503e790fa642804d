import { ProviderError } from "../provider.ts";
import { firstWords } from "./error-body.ts";

/** The longest line or event that is held in memory, in characters. */
const limit = 8 * 1024 * 1024;

/** Cuts bytes into lines ended by LF, CRLF or CR; characters cut between two chunks stay whole. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    rest = bounded(rest + text);
    if (!/[\r\n]/.test(text)) continue;
    // A CR at the very end may be half of a CRLF and waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?=[^\n])/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield* rest.split(/\r\n|\n|\r/);
}

/**
 * Repairs a stream of server-sent events whose data is JSON, up to `[DONE]`: each event leaves as soon as its JSON is
 * complete, with its blank line; comments and empty events are dropped. A whole JSON body becomes one event.
 */
export async function* repairEvents(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let name = "";
  let data = "";
  let body = "";
  let heard = "";
  let begun = false;
  for await (const line of lines) {
    if (body !== "" || (!begun && /^\s*[[{<]/.test(line))) {
      body = bounded(`${body}${line}\n`);
      continue;
    }
    const [, field, value = ""] = /^(data|event|id|retry)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "event") name = value;
    if (field === "data") data = bounded(data === "" ? value : `${data}\n${value}`);
    if (field === undefined && !line.startsWith(":") && heard.length < 1000) heard += `${line}\n`;
    if (data.trim() === "[DONE]") {
      yield "data: [DONE]\n\n";
      return;
    }
    if (field === "data" && isJson(data)) {
      yield eventOf(name, data);
      begun = true;
      [name, data] = ["", ""];
    }
    if (line === "" && data !== "") throw unreadable("an event that is not JSON", data);
    if (line === "") name = "";
  }
  if (body !== "") return yield* wholeBody(body);
  if (!begun && data === "" && heard.trim() !== "") throw unreadable("something that is no event stream", heard);
}

/** Drops blank lines from newline-separated JSON; a broken line is an error, unless it is the last one, cut off. */
export async function* repairJsonLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let broken = "";
  for await (const line of lines) {
    if (line.trim() === "") continue;
    if (broken !== "") throw unreadable("a line that is not JSON", broken);
    if (isJson(line)) yield `${line}\n`;
    else broken = line;
  }
  if (broken !== "" && !broken.startsWith("{")) throw unreadable("a line that is not JSON", broken);
}

function* wholeBody(body: string): Generator<string> {
  if (!isJson(body)) throw unreadable("something that is no event stream", body);
  const value: unknown = JSON.parse(body);
  yield eventOf("", JSON.stringify(Array.isArray(value) ? value[0] : value));
  yield "data: [DONE]\n\n";
}

const eventOf = (name: string, data: string) =>
  `${name && `event: ${name}\n`}data: ${data.replaceAll("\n", "\ndata: ")}\n\n`;

function isJson(text: string): boolean {
  if (!/[}\]]\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function bounded(text: string): string {
  if (text.length > limit) throw new ProviderError("the server sent an event of more than 8 MB", { kind: "protocol" });
  return text;
}

const unreadable = (what: string, text: string) =>
  new ProviderError(`the server sent ${what}: ${firstWords(text)}`, { kind: "protocol" });
