import { ProviderError } from "../provider.ts";
import type { Body } from "./body.ts";
import type { Limit } from "./clock.ts";
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
 * and the mark. Throws a ProviderError at what is neither. `parse` stands for JSON.parse where somebody knows the data.
 */
export function eventReader(parse: Parse = JSON.parse): Reader<ServerEvent> {
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
    const read = field === "data" ? objectIn(data, parse) : undefined;
    if (read) {
      const event: ServerEvent = { name, data: read.data, text: read.text };
      begun = true;
      name = "";
      data = "";
      return event;
    }
    if (line === "" && data !== "") throw unreadable("an event that is no JSON object", data);
    if (line === "") name = "";
    return undefined;
  };

  const takeAll = (cut: readonly string[], into: ServerEvent[]) => {
    for (const line of cut) {
      if (marked) return;
      const event = take(line);
      if (event) into.push(event);
    }
  };

  return {
    push: (bytes, into) => takeAll(lines.push(bytes), into),
    end(into) {
      takeAll(lines.end(), into);
      if (marked) return;
      if (body !== "") {
        const read = objectIn(body);
        if (!read) throw unreadable("something that is no event stream", body);
        into.push({ name: "", ...read });
        marked = true;
      } else if (!begun && data === "" && heard.trim() !== "") {
        throw unreadable("something that is no event stream", heard);
      }
    },
    marked: () => marked,
  };
}

/** Makes a value of a JSON text, or throws. */
export type Parse = (json: string) => unknown;

/** Reads bytes into something, piece by piece; what was read before an error is there all the same. */
export interface Reader<T> {
  push(bytes: Uint8Array, into: T[]): void;
  /** What is left, once no more comes. */
  end(into: T[]): void;
  /** The end has been marked: what still comes says nothing. */
  readonly marked: () => boolean;
}

/** Reads newline-separated JSON without its blank lines; a broken line is an error, unless it is the last one, cut off. */
export function jsonLineReader(): Reader<string> {
  const lines = lineCutter();
  let broken = "";

  const takeAll = (cut: readonly string[], into: string[]) => {
    for (const line of cut) {
      if (line.trim() === "") continue;
      if (broken !== "") throw unreadable("a line that is no JSON object", broken);
      const read = objectIn(line);
      if (read) into.push(read.text);
      else broken = line;
    }
  };

  return {
    push: (bytes, into) => takeAll(lines.push(bytes), into),
    end(into) {
      takeAll(lines.end(), into);
      if (broken !== "" && !broken.startsWith("{")) throw unreadable("a line that is no JSON object", broken);
    },
    marked: () => false,
  };
}

/**
 * Gives what a body holds, together as it came together, and undefined at the end. What was read before an error comes
 * before it. `waits` counts while something is waited for.
 */
export function batchesOf<T>(body: Body, reader: Reader<T>, waits: Limit): () => Promise<readonly T[] | undefined> {
  let over = false;
  let fault: { readonly error: unknown } | undefined;
  const read = (bytes: Uint8Array | undefined): readonly T[] => {
    const batch: T[] = [];
    try {
      if (bytes) reader.push(bytes, batch);
      else reader.end(batch);
    } catch (error) {
      fault = { error };
    }
    over = !bytes || reader.marked();
    if (reader.marked()) body.leave();
    return batch;
  };
  return async () => {
    waits.restart();
    for (;;) {
      if (fault) throw fault.error;
      if (over) return undefined;
      const batch = read(await body.next());
      if (batch.length === 0) continue;
      waits.stop();
      return batch;
    }
  };
}

/** The fields that an event may have; what else stands there is none. */
function fieldOf(line: string): { readonly field?: string; readonly value: string } {
  // nearly every line
  if (line.startsWith("data: ")) return { field: "data", value: line.slice("data: ".length) };
  const colon = line.indexOf(":");
  const field = colon === -1 ? line : line.slice(0, colon);
  if (!fields.has(field)) return { value: "" };
  const from = line[colon + 1] === " " ? colon + 2 : colon + 1;
  return { field, value: colon === -1 ? "" : line.slice(from) };
}

const fields = new Set(["data", "event", "id", "retry"]);

/** The object that a text is; a few servers put it into a list. Undefined where it is none. */
function objectIn(text: string, parse: Parse = JSON.parse): Pick<ServerEvent, "data" | "text"> | undefined {
  const last = text.trimEnd().at(-1);
  if (last !== "}" && last !== "]") return undefined;
  try {
    const value = parse(text);
    const data: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
    return { data, text: data === value ? text : JSON.stringify(data) };
  } catch {
    return undefined;
  }
}

const unreadable = (what: string, text: string) =>
  new ProviderError(`the server sent ${what}: ${firstWords(text)}`, { kind: "protocol" });
