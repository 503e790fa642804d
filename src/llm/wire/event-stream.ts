import { ProviderError } from "../provider.ts";
import { firstWords } from "./error-body.ts";
import { bounded, lineCutter } from "./lines.ts";

/** One event of a stream, whose data is JSON; `name` is empty where the server gave none. */
export interface ServerEvent {
  readonly name: string;
  readonly data: object;
  /** The data as it came. */
  readonly text: string;
}

/**
 * Reads a stream of server-sent events whose data is JSON, up to `[DONE]`: each event is there as soon as its JSON is
 * complete, with or without its blank line; comments and empty events are dropped. A whole JSON body counts as one event
 * and the mark. Throws a ProviderError at what is neither.
 */
export function eventReader(): Reader<ServerEvent> & { readonly marked: () => boolean } {
  const lines = lineCutter();
  let name = "";
  let data = "";
  let body = "";
  let heard = "";
  let begun = false;
  let marked = false;

  const take = (line: string): ServerEvent | undefined => {
    if (body !== "" || (!begun && /^\s*[[{<]/.test(line))) {
      body = bounded(`${body}${line}\n`);
      return undefined;
    }
    const { field, value } = fieldOf(line);
    if (field === "event") name = value;
    if (field === "data") data = bounded(data === "" ? value : `${data}\n${value}`);
    if (field === undefined && !line.startsWith(":") && heard.length < 1000) heard += `${line}\n`;
    if (data.trim() === "[DONE]") {
      marked = true;
      return undefined;
    }
    const read = field === "data" ? objectIn(data) : undefined;
    if (read) {
      const event = { name, ...read };
      begun = true;
      name = "";
      data = "";
      return event;
    }
    if (line === "" && data !== "") throw unreadable("an event that is no JSON object", data);
    if (line === "") name = "";
    return undefined;
  };

  function* takeAll(cut: Iterable<string>): Generator<ServerEvent> {
    for (const line of cut) {
      if (marked) return;
      const event = take(line);
      if (event) yield event;
    }
  }

  return {
    push: (bytes) => takeAll(lines.push(bytes)),
    *end() {
      yield* takeAll(lines.end());
      if (marked) return;
      if (body !== "") {
        const read = objectIn(body);
        if (!read) throw unreadable("something that is no event stream", body);
        yield { name: "", ...read };
        marked = true;
      } else if (!begun && data === "" && heard.trim() !== "") {
        throw unreadable("something that is no event stream", heard);
      }
    },
    marked: () => marked,
  };
}

/** Reads bytes into something, piece by piece. What `push` and `end` give has to be read to its end. */
export interface Reader<T> {
  push(bytes: Uint8Array): Iterable<T>;
  /** What is left, once no more comes. */
  end(): Iterable<T>;
}

/** Reads newline-separated JSON without its blank lines; a broken line is an error, unless it is the last one, cut off. */
export function jsonLineReader(): Reader<string> {
  const lines = lineCutter();
  let broken = "";

  function* takeAll(cut: Iterable<string>): Generator<string> {
    for (const line of cut) {
      if (line.trim() === "") continue;
      if (broken !== "") throw unreadable("a line that is no JSON object", broken);
      const read = objectIn(line);
      if (read) yield read.text;
      else broken = line;
    }
  }

  return {
    push: (bytes) => takeAll(lines.push(bytes)),
    *end() {
      yield* takeAll(lines.end());
      if (broken !== "" && !broken.startsWith("{")) throw unreadable("a line that is no JSON object", broken);
    },
  };
}

/**
 * What the pieces hold, together as it came together. What was read before an error comes before it. Ends early, and lets
 * go of the source, where `over` says so.
 */
export async function* batchesOf<T>(
  source: AsyncIterable<Uint8Array>,
  reader: Reader<T>,
  over: () => boolean = () => false,
): AsyncGenerator<readonly T[]> {
  for await (const bytes of source) {
    yield* batchOf(reader.push(bytes));
    if (over()) return;
  }
  yield* batchOf(reader.end());
}

/** For those who take what came together one after the other. */
export async function* oneByOne<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

function* batchOf<T>(items: Iterable<T>): Generator<readonly T[]> {
  const batch: T[] = [];
  try {
    for (const item of items) batch.push(item);
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

/** The fields that an event may have; what else stands there is none. */
function fieldOf(line: string): { readonly field?: string; readonly value: string } {
  const colon = line.indexOf(":");
  const field = colon === -1 ? line : line.slice(0, colon);
  if (!fields.has(field)) return { value: "" };
  const from = line[colon + 1] === " " ? colon + 2 : colon + 1;
  return { field, value: colon === -1 ? "" : line.slice(from) };
}

const fields = new Set(["data", "event", "id", "retry"]);

/** The object that a text is; a few servers put it into a list. Undefined where it is none. */
function objectIn(text: string): Pick<ServerEvent, "data" | "text"> | undefined {
  const last = text.trimEnd().at(-1);
  if (last !== "}" && last !== "]") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const data: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
    return { data, text: data === value ? text : JSON.stringify(data) };
  } catch {
    return undefined;
  }
}

const unreadable = (what: string, text: string) =>
  new ProviderError(`the server sent ${what}: ${firstWords(text)}`, { kind: "protocol" });
