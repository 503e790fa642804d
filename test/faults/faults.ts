import { Random } from "../../bench/corpus/random.ts";
import { chunk, done, event } from "../helpers/openai-server.ts";
import type { Said } from "./model.ts";

/** What goes over the wire in place of a proper answer. */
export interface Wire {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Written one after the other, each on its own. */
  readonly pieces?: readonly (string | Uint8Array)[];
  /** Milliseconds between two pieces. */
  readonly pause?: number;
  /** Not even the status line is sent. */
  readonly mute?: boolean;
  /** How it ends: properly, with the connection reset, or never. */
  readonly end?: "close" | "reset" | "stall";
  /** Milliseconds for which the port is closed, so that the next connections are refused. */
  readonly shut?: number;
  /** Milliseconds for which everybody is refused in the same way. */
  readonly storm?: number;
  /** The text of an answer that has come whole, be it good or useless. Absent where none has. */
  readonly answer?: string;
}

/** A proper answer. */
export const proper = (said: Said): Wire => ({ headers: stream, pieces: eventsOf(said), answer: said.text });

/** Everything that goes wrong between a company and a model, by its name. */
const faults = {
  "refused connections": () => ({ mute: true, end: "reset", shut: 700 }),
  reset: () => ({ mute: true, end: "reset" }),
  "no answer": () => ({ mute: true, end: "stall" }),
  stall: () => ({ headers: stream, pieces: [], end: "stall" }),
  "stall in the middle": (said, random) => ({ headers: stream, pieces: partOf(said, random), end: "stall" }),
  "slow-loris": (said) => {
    const [first = "", ...rest] = eventsOf(said);
    return { headers: stream, pieces: [first, ...bytesOf(rest)], pause: 100, end: "stall" };
  },
  "429 with Retry-After": () => ({
    ...refusal(429, rateLimited),
    headers: { ...json, "retry-after": "1" },
    storm: 300,
  }),
  "429 with milliseconds": () => ({
    ...refusal(429, rateLimited),
    headers: { ...json, "retry-after-ms": "350", "x-ratelimit-remaining-requests": "0" },
  }),
  "429 without headers": () => ({ ...refusal(429, rateLimited), storm: 300 }),
  "500": () => refusal(500, { message: "The server had an error", type: "server_error" }),
  "502": () => refusal(502, { message: "bad gateway" }),
  "503": () => ({ ...refusal(503, { message: "overloaded" }), headers: { ...json, "retry-after": "1" } }),
  "529": () => refusal(529, { type: "overloaded_error", message: "Overloaded" }),
  "HTML page with 502": () => ({ status: 502, headers: html, pieces: [page("502 Bad Gateway")] }),
  "HTML page with 200": () => ({ headers: html, pieces: [page("Please sign in to this network")] }),
  "cut stream": (said, random) => ({ headers: stream, pieces: partOf(said, random) }),
  "reset in the middle": (said, random) => ({ headers: stream, pieces: partOf(said, random), end: "reset" }),
  "half a character": (said, random) => {
    const [character] = event({ choices: [{ index: 0, delta: { content: "é" } }] }).split("é");
    return { headers: stream, pieces: [...partOf(said, random), Buffer.from(`${character}é`).subarray(0, -1)] };
  },
  "characters in halves": (said) => ({
    headers: stream,
    pieces: halvesOf(eventsOf(said).join("")),
    answer: said.text,
  }),
  "answer called HTML": (said) => ({ ...proper(said), headers: html }),
  "answer called JSON": (said) => ({ ...proper(said), headers: json }),
  "answer called nothing": (said) => ({ ...proper(said), headers: {} }),
  "empty body": () => ({ headers: stream, pieces: [] }),
  "empty answer": (said) => ({ headers: stream, pieces: eventsOf({ ...said, text: "" }) }),
  "a megabyte of thoughts": (said) => {
    const [first = "", ...rest] = eventsOf(said);
    const thoughts = cutUp(words(megabyte), 16_384).map((text) => chunk({ reasoning_content: text }));
    return { headers: stream, pieces: [first, ...thoughts, ...rest], answer: said.text };
  },
  "more than was allowed": () => ({
    headers: stream,
    pieces: cutUp(words(2.5 * megabyte), 16_384).map((text) => chunk({ content: text })),
  }),
  garbage: (said, random) => {
    const text = `I am sorry, there is ${words(80, random.integer(0, 1000))} in the way, and I cannot go on.`;
    return { headers: stream, pieces: eventsOf({ ...said, text }), answer: text };
  },
  "output limit": (said, random) => {
    const characters = [...said.text];
    const text = characters.slice(0, random.integer(1, Math.max(1, characters.length - 1))).join("");
    return { headers: stream, pieces: eventsOf({ ...said, text }, "length"), answer: text };
  },
} satisfies Record<string, (said: Said, random: Random) => Wire>;

/** The name of a fault. */
export type Fault = keyof typeof faults;

/** All of them. */
export const faultNames = Object.keys(faults) as Fault[];

/** Those after which a call is given up at once: the server is no server, or cannot be stopped. */
const final: readonly Fault[] = ["HTML page with 200", "more than was allowed"];

/** Of each of these lists a call survives one, and is given up after the second. */
const serious: readonly (readonly Fault[])[] = [
  ["no answer", "stall", "stall in the middle", "slow-loris"],
  ["cut stream", "reset in the middle", "half a character", "empty body"],
];

/** What a call survives of these faults, should it meet them one after the other. */
export const survived = (met: readonly Fault[]): Fault[] =>
  met.filter((fault, at) => {
    const list = serious.find((kinds) => kinds.includes(fault)) ?? [];
    return !final.includes(fault) && !met.slice(0, at).some((other) => list.includes(other));
  });

/** What one fault puts on the wire. */
export const faulty = (fault: Fault, said: Said, random: Random): Wire => faults[fault](said, random);

const stream = { "content-type": "text/event-stream; charset=utf-8" };
const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=utf-8" };
const megabyte = 1_000_000;

const rateLimited = { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" };

const refusal = (status: number, error: object) => ({
  status,
  headers: json,
  pieces: [JSON.stringify({ error })],
});

const page = (title: string) => `<!doctype html><html><head><title>${title}</title></head><body>${title}</body></html>`;

/** The events of a proper answer, its finish and its count among them. */
function eventsOf({ text, usage }: Pick<Said, "text" | "usage">, finish = "stop"): string[] {
  return [
    chunk({ role: "assistant", content: "" }),
    ...cutUp(text, 400).map((content) => chunk({ content })),
    chunk({}, {}, { finish_reason: finish }),
    chunk({}, { choices: [], usage }),
    done,
  ];
}

/** The beginning of an answer, without its finish. */
function partOf(said: Said, random: Random): string[] {
  const events = eventsOf(said).slice(0, -3);
  return events.slice(0, random.integer(1, events.length));
}

const cutUp = (text: string, length: number) => text.match(new RegExp(`[^]{1,${length}}`, "gu")) ?? [];

const bytesOf = (texts: readonly string[]) => [...Buffer.from(texts.join(""))].map((byte) => Uint8Array.of(byte));

/** Pieces whose borders lie within characters, where a character has more than one byte. */
function halvesOf(text: string): Uint8Array[] {
  const bytes = Buffer.from(text);
  const borders = [...bytes.keys()].filter((at) => ((bytes[at] ?? 0) & 0xc0) === 0x80).filter((_, n) => n % 40 === 0);
  return [0, ...borders].map((from, number) => bytes.subarray(from, borders[number]));
}

/** So many characters that repeat nothing. */
function words(length: number, seed = 1): string {
  const random = new Random("words", seed);
  let text = "";
  while (text.length <= length) text += ` ${random.pick(vocabulary)}`;
  return text.slice(1, length + 1);
}

const vocabulary = (
  "some river stone without paper window seven morning between garden bridge silver under the of and to but not " +
  "where hardly ever another table simple question almost quiet enough letter winter number people round"
).split(" ");
