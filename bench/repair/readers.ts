import { createRequire } from "node:module";
import { parse as bestEffort, disableErrorLogging } from "best-effort-json-parser";
import hjson from "hjson";
import json5 from "json5";
import { parse as jsonc, type ParseError } from "jsonc-parser";
import { jsonrepair } from "jsonrepair";
import { parse as partial } from "partial-json";
import type { z } from "zod";
import { repair } from "../../src/repair/index.ts";

/** These two come without types. */
const require = createRequire(import.meta.url);
const { loads } = require("json-repair-js") as { loads: (text: string) => unknown };
const { default: untruncate } = require("untruncate-json") as { default: (text: string) => string };

/** What a reader made of a text. */
export interface Outcome {
  readonly value: unknown;
  /** It says that something may be missing or guessed. */
  readonly flagged: boolean;
  /** It says that the text ended too early. */
  readonly truncated: boolean;
  /** The kinds of what it repaired, for readers that tell. */
  readonly repairs: readonly string[];
  /** It gave no answer, and the value is only what it could make out. */
  readonly refused: boolean;
}

/** Something that turns text into a value, or throws. */
export interface Reader {
  readonly name: string;
  readonly read: (text: string, schema?: z.ZodType) => Outcome;
  /** It can say that a text was cut, so it must. */
  readonly tells: boolean;
}

/** From the first opening bracket to the last closing one. */
function betweenBraces(text: string): string {
  const start = text.search(/[{[]/);
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]"));
  return start === -1 ? text : text.slice(start, end > start ? end + 1 : undefined);
}

/** A reader that returns a value and says nothing about it. */
const silent = (name: string, parse: (text: string) => unknown): Reader => ({
  name,
  tells: false,
  read(text) {
    const value = parse(text);
    if (value === undefined) throw new Error("no value");
    return { value, flagged: false, truncated: false, repairs: [], refused: false };
  },
});

/** The reader of this project. */
export const ours: Reader = {
  name: "this project",
  tells: true,
  read(text, schema) {
    const reading = schema ? repair<unknown>(text, schema) : repair(text);
    if (!reading.ok) {
      const repairs = reading.problems.map(({ kind, path, message }) => `${kind} ${path.join(".")}: ${message}`);
      return { value: reading.partial, flagged: true, truncated: reading.truncated, repairs, refused: true };
    }
    const { value, lossy, truncated } = reading;
    const repairs = reading.repairs.map(({ kind, path }) => `${kind} ${path.join(".")}`);
    return { value, flagged: lossy || truncated, truncated, repairs, refused: false };
  },
};

/** Readers of broken or partial JSON that npm has under a permissive licence, alone and with the usual preparation. */
export const others: readonly Reader[] = [
  silent("JSON.parse between the braces", (text) => JSON.parse(betweenBraces(text))),
  silent("jsonrepair", (text) => JSON.parse(jsonrepair(text))),
  silent("jsonrepair between the braces", (text) => JSON.parse(jsonrepair(betweenBraces(text)))),
  silent("json-repair-js", (text) => loads(text)),
  silent("best-effort-json-parser", (text) => {
    bestEffort.onExtraToken = () => {};
    disableErrorLogging();
    return bestEffort(text);
  }),
  silent("partial-json", (text) => partial(betweenBraces(text))),
  silent("untruncate-json", (text) => JSON.parse(untruncate(text.slice(Math.max(0, text.search(/[{[]/)))))),
  silent("jsonc-parser", (text) => {
    const errors: ParseError[] = [];
    return jsonc(betweenBraces(text), errors, { allowTrailingComma: true });
  }),
  silent("json5 between the braces", (text) => json5.parse(betweenBraces(text))),
  silent("hjson between the braces", (text) => hjson.parse(betweenBraces(text))),
];
