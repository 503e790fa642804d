import { isDeepStrictEqual } from "node:util";
import { ZodType } from "zod";
import type { Path, Reading } from "../../src/repair/index.ts";
import type { CaseSchema } from "./cases/case.ts";

/** What is wrong with a reading of this text, whatever the text is; nothing if all is well. */
export function violation(text: string, schema: CaseSchema, reading: Reading<unknown>): string | undefined {
  return misshapen(text, schema, reading) ?? invented(text, schema, reading.ok ? reading.value : reading.partial);
}

/** A piece of the value that stands nowhere in the text, neither as it is nor decoded; keys and choices may be the schema's. */
function invented(text: string, schema: CaseSchema, value: unknown): string | undefined {
  const known = knownTo(schema);
  let forms: string[] | undefined;
  for (const leaf of leavesOf(value)) {
    for (const word of typeof leaf === "number" ? digitsOf(leaf) : wordsOf(`${leaf}`)) {
      if (known.has(word) || writtenOtherwise(word, text)) continue;
      forms ??= formsOf(text);
      if (!forms.some((form) => form.includes(word))) return `invented ${JSON.stringify(word)}`;
    }
  }
  return undefined;
}

const knownWords = new WeakMap<object, Set<string>>();

function knownTo(schema: CaseSchema): Set<string> {
  if (!schema) return new Set();
  const known = knownWords.get(schema) ?? new Set(wordsOf(JSON.stringify(jsonSchemaOf(schema))));
  knownWords.set(schema, known);
  return known;
}

const jsonSchemaOf = (schema: object) => (schema instanceof ZodType ? schema.toJSONSchema() : schema);

/** What contradicts itself, the text or the schema in a reading. */
export function misshapen(text: string, schema: CaseSchema, reading: Reading<unknown>): string | undefined {
  if (!reading.ok) {
    if (reading.problems.length === 0) return "not ok, and no problem is named";
    for (const { path, message } of reading.problems) {
      if (!message) return "a problem without a message";
      if (!path.every(isStep)) return `a problem's path is ${JSON.stringify(path)}`;
    }
    return undefined;
  }
  if (schema instanceof ZodType) {
    const parsed = schema.safeParse(reading.value);
    if (!parsed.success) return `the schema refuses the value: ${parsed.error.message}`;
    if (!isDeepStrictEqual(parsed.data, reading.value)) return "the schema changes the value";
  }
  if (reading.lossy !== reading.repairs.some(({ lossy }) => lossy))
    return `lossy is ${reading.lossy}, its repairs differ`;
  if (reading.extras.length > 0 && !reading.lossy) return "something was left out and nothing is lossy";
  for (const { kind, path, span } of reading.repairs) {
    const [start, end] = span;
    if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= text.length))
      return `${kind} has the span ${JSON.stringify(span)} in a text of ${text.length}`;
    if (!path.every(isStep)) return `${kind} has the path ${JSON.stringify(path)}`;
    if (!reaches(reading, path)) return `${kind} has the path ${JSON.stringify(path)}, which leads nowhere`;
  }
  return undefined;
}

const isStep = (step: string | number) => typeof step === "string" || (Number.isInteger(step) && step >= 0);

/** A path leads to a value, next to one, or into something that was reported as left out or put into another form. */
function reaches(reading: Reading<unknown> & { ok: true }, path: Path): boolean {
  let value = reading.value;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (typeof value !== "object" || value === null) return leftOut(reading, path);
    if (!Object.hasOwn(value, step)) return last || leftOut(reading, path);
    value = (value as Record<string, unknown>)[step];
  }
  return true;
}

const leftOut = ({ extras, repairs }: Reading<unknown> & { ok: true }, path: Path) =>
  [...extras, ...repairs].some(
    (one) =>
      0 < one.path.length && one.path.length < path.length && one.path.every((step, depth) => step === path[depth]),
  );

/** What may be meant by a literal; in YAML a key without a value is null. */
const literals: Record<string, RegExp> = {
  true: /true|yes|是/i,
  false: /false|no|否/i,
  null: /null|none|undefined|nan|~|(?:[:\-?]|: .*#.*)\s*$/im,
};

function* leavesOf(value: unknown): Generator<string | number | boolean | null> {
  const rest = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (next === null || typeof next === "string" || typeof next === "number" || typeof next === "boolean") yield next;
    else if (Array.isArray(next)) rest.push(...next);
    else if (typeof next === "object")
      for (const [key, member] of Object.entries(next)) {
        yield key;
        rest.push(member);
      }
  }
}

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** The digits of a number as they must stand in the text. */
const digitsOf = (number: number) => [`${Math.abs(number)}`.replace(/^0+(?=.)|[.+-]/g, "")];

/** Whether the text may mean this literal or this number, although it writes them in another way. */
function writtenOtherwise(word: string, text: string): boolean {
  const plain = text.normalize("NFKC");
  if (Object.hasOwn(literals, word)) return literals[word]?.test(plain) ?? false;
  return /^\d[\de]*$/.test(word) && (word.length > 15 || /e/.test(word) || /\d\.?e[+-]?\d|0[xob]/i.test(plain));
}

/** The letters and digits of the text as it is, unescaped, escaped, without entities, and both, once and twice. */
function formsOf(text: string): string[] {
  const plain = withoutEntities(text);
  const forms = [text, text.normalize("NFKC"), plain, unescaped(text), unescaped(plain)];
  forms.push(
    JSON.stringify(text),
    JSON.stringify(forms[3]),
    unescaped(forms[3] ?? ""),
    unescaped(forms[4] ?? ""),
    withoutEntities(forms[3] ?? ""),
    decodedAnywhere(text),
  );
  return [...new Set(forms.map((form) => form.replace(/[^\p{L}\p{N}]+/gu, "")))];
}

const controls: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

const unescaped = (text: string) =>
  text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([\s\S]))/gi, (whole, long?: string, short?: string, letter = "") => {
    if (long || short) return String.fromCharCode(Number.parseInt(long ?? short ?? "", 16));
    return controls[letter] ?? (/[\p{L}\p{N}]/u.test(letter) ? whole : letter);
  });

const decodedAnywhere = (text: string) =>
  text.replace(/\\+(?:u([\da-f]{4})|x([\da-f]{2}))/gi, (_, long?: string, short?: string) =>
    String.fromCharCode(Number.parseInt(long ?? short ?? "", 16)),
  );

const named: Record<string, string> = { quot: '"', amp: "&", lt: "<", gt: ">", apos: "'", nbsp: "\u00A0" };

const withoutEntities = (text: string) =>
  text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex?: string, decimal?: string, name = "") => {
    if (!hex && !decimal) return named[name.toLowerCase()] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
