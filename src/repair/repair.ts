import type { ZodType } from "zod";
import { around } from "./around.ts";
import { cleanReading } from "./clean.ts";
import { mergedObject } from "./coerce-object.ts";
import { type Fence, fences } from "./fences.ts";
import { type Fit, faults, fitted, isBetter, isWhole } from "./fit.ts";
import { fold } from "./fold.ts";
import { guessed } from "./guess.ts";
import { problem, problemsOf } from "./problems.ts";
import type { Extra, Problem, Reading, Repair, RepairKind, Span } from "./reading.ts";
import { stripReasoning } from "./reasoning.ts";
import { type Found, search } from "./search.ts";
import { readSections } from "./sections.ts";
import { quotedSource, sourceOf } from "./source.ts";
import { tolerantTree } from "./tolerant.ts";
import { jsonText, mend, type Tree } from "./tree.ts";
import { validated } from "./validate.ts";
import { type AnySchema, anything, type Goal, goalOf, type Wanted } from "./wanted.ts";
import { readYaml } from "./yaml.ts";

export interface RepairOptions {
  /** How the model ended; `length` where the output limit stopped it. */
  readonly finishReason?: string;
  /** Which answers are accepted: any that can be read, only those that lost nothing, or only clean JSON. */
  readonly accept?: "any" | "lossless" | "clean";
  /** A longer text is a problem and not read. */
  readonly maxChars?: number;
}

/**
 * Reads the answer of a model: the value it stands for and what was repaired to see it, or exactly what is wrong. Of
 * several candidates the one that fits the schema best wins, of equal ones the last. Nothing is invented: what is missing
 * is a problem. Pure, never throws, and takes time linear in the length of the text.
 *
 * @param schema zod's or a JSON Schema; without one the largest JSON value is the answer. A member's `aliases` and a
 *   choice's `synonyms` (`.meta({ aliases: ["产品目标"] })`) are accepted for the names themselves.
 */
export function repair<T>(text: string, schema: ZodType<T>, options?: RepairOptions): Reading<T>;
export function repair(text: string, schema?: AnySchema, options?: RepairOptions): Reading<unknown>;
export function repair(text: string, schema?: AnySchema, options: RepairOptions = {}): Reading<unknown> {
  const { finishReason, accept = "any", maxChars = 16_000_000 } = options;
  const truncated = finishReason === "length";
  const refused = (one: Problem): Reading<unknown> => ({ ok: false, problems: [one], partial: undefined, truncated });
  if (text.length > maxChars) return refused(problem("too-long", `the answer is longer than ${maxChars} characters`));
  if (text.trim() === "") return refused(problem("empty", "the answer is empty"));
  const goal = schema && goalOf(schema);
  const clean = cleanReading(text, goal);
  if (clean) return clean;
  if (accept === "clean") return unclean(text, goal, truncated);
  const reading = unwrapped(text, goal, truncated);
  if (!reading.ok || accept === "any" || !reading.lossy) return reading;
  const lost = reading.repairs.filter(({ lossy }) => lossy);
  return { ok: false, problems: lost.map(asProblem), partial: reading.value, truncated: reading.truncated };
}

/** Says what keeps an answer from being clean JSON. */
function unclean(text: string, goal: Goal | undefined, truncated: boolean): Reading<unknown> {
  const reading = unwrapped(text, goal, truncated);
  if (!reading.ok || reading.repairs.length === 0) return reading;
  return { ok: false, problems: reading.repairs.map(asProblem), partial: reading.value, truncated: reading.truncated };
}

function asProblem({ kind, path, lossy, note, candidates }: Repair): Problem {
  const how = note === undefined ? "" : `: ${note}`;
  const found = candidates === undefined ? {} : { candidates };
  return {
    ...problem(lossy ? (candidates ? "ambiguous" : "lossy") : "unclean", `not clean (${kind}${how})`, path),
    ...found,
  };
}

/** The reading of an answer that was written as a JSON string, or of one as it stands. */
function unwrapped(text: string, goal: Goal | undefined, truncated: boolean, depth = 0): Reading<unknown> {
  const quotation = depth === 0 ? quotedSource(text) : undefined;
  if (quotation) {
    const reading = unwrapped(quotation.text, goal, truncated, 1);
    if (!reading.ok) return reading;
    const repairs = reading.repairs.map((one): Repair => {
      return { ...one, span: [quotation.place(one.span[0]), quotation.place(one.span[1])] };
    });
    return {
      ...reading,
      repairs: [{ kind: "block-quote", path: [], span: [0, text.length], lossy: false }, ...repairs],
    };
  }
  const inner = depth < 3 ? textWithin(text) : undefined;
  if (inner === undefined) return chosen(text, goal, truncated);
  const reading = cleanReading(inner.text, goal) ?? unwrapped(inner.text, goal, truncated, depth + 1);
  if (!reading.ok) return reading;
  // Within a text of its own nothing has another place.
  const { kinds, span } = inner;
  const repairs = reading.repairs.map((one) => ({ ...one, span }));
  const taken = kinds.map((kind): Repair => ({ kind, path: [], span, lossy: false }));
  return { ...reading, repairs: [...taken, ...repairs] };
}

interface TextWithin {
  readonly text: string;
  readonly kinds: readonly RepairKind[];
  readonly span: Span;
}

/** The text that a JSON string holds, if the answer is one, behind reasoning and in a fence or not. */
function textWithin(text: string): TextWithin | undefined {
  const whole = { start: 0, end: text.length, kinds: [] as const };
  const start = text.length - stripReasoning(text).length;
  const behind = { start, end: text.length, kinds: ["reasoning"] as const };
  const block = fences(text).findLast(({ from }) => from >= start);
  const fenced = block && { start: block.from, end: block.to, kinds: ["fence"] as const };
  for (const { start: from, end, kinds } of [whole, behind, ...(fenced ? [fenced] : [])]) {
    const first = text.slice(from, from + 100).search(/\S/);
    if (text[from + first] !== '"') continue;
    const value = stringIn(text.slice(from, end));
    if (value !== undefined) return { text: value, kinds: [...kinds, "stringified"], span: [from, end] };
  }
  return undefined;
}

function stringIn(json: string): string | undefined {
  if (!/[{[｛［:：]/.test(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly text: string;
  /** Behind the reasoning. */
  readonly start: number;
  readonly blocks: readonly Fence[];
  readonly wanted: Wanted;
  readonly truncated: boolean;
}

function chosen(text: string, goal: Goal | undefined, truncated: boolean): Reading<unknown> {
  const wanted = goal?.wanted ?? anything;
  const start = text.length - stripReasoning(text).length;
  const onlyReasoning = text.slice(start).trim() === "";
  const answer: Answer = { text, start: onlyReasoning ? 0 : start, blocks: fences(text), wanted, truncated };
  const fits: Fit[] = [];
  let best: Fit | undefined;
  const consider = (found: Found) => {
    const one = fitted(found, wanted);
    fits.push(one);
    if (!best || isBetter(one, best, wanted)) best = one;
  };
  for (const found of search(text, answer.start, answer)) {
    if (found.inner && best && isWhole(best) && best.coerced.repairs.length === 0) break;
    consider(found);
  }
  const joined = joinedOf(fits, best, wanted);
  if (joined) consider(joined);
  if (!best || !holdsAnswer(best, answer))
    for (const found of otherForms(answer)) {
      consider(found);
      if (isWhole(best as Fit)) break;
    }
  if (!best)
    return onlyReasoning ? nothing("reasoning", "there is only reasoning and no answer", truncated) : noJson(truncated);
  return finished(best, fits, { ...answer, onlyReasoning, goal });
}

/** Whether what was found in brackets is the answer, well or badly read, and not something within another form of it. */
function holdsAnswer(best: Fit, { text, start }: Answer): boolean {
  if (best.coerced.known === 0 && faults(best) > 0) return false;
  const { value } = best.coerced;
  if (Array.isArray(value) && value.length === 0) return best.end - best.start > (text.length - start) * 0.6;
  if (isWhole(best) && best.lossy === 0) return true;
  const before = text
    .slice(start, best.start)
    .search(/^[ \t]*(?:#{1,6}[ \t]|[*-]?[ \t]*\*\*|["'“]?[\p{L}_][\p{L}\p{N}_ ]{0,60}["'”]?[ \t]*[:：])/mu);
  return before < 0 || best.end - best.start > (text.length - start) * 0.6;
}

const nothing = (kind: Problem["kind"], message: string, truncated: boolean): Reading<unknown> => ({
  ok: false,
  problems: [problem(kind, message)],
  partial: undefined,
  truncated,
});

const noJson = (truncated: boolean) =>
  nothing(
    truncated ? "cut" : "no-json",
    truncated ? "the JSON is cut off" : "there is no JSON in the answer",
    truncated,
  );

/** Several objects as one, where they belong together: parts of the object that is wanted, or items of the list. */
function joinedOf(fits: readonly Fit[], best: Fit | undefined, wanted: Wanted): Found | undefined {
  const parts = fits.filter((one) => !one.inner && one.tree.type === "object" && one.source.decoded === undefined);
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last || parts.length < 2) return undefined;
  const { source } = first;
  const span = { source, start: first.start, end: last.end, closed: last.closed, strict: false };
  const list = wanted.options.some(({ type }) => type === "array") || (wanted.type === "any" && areLines(parts));
  if (list && !(best && wanted.type !== "any" && isWhole(best) && best.tree.type === "list")) {
    const tree: Tree = { type: "list", items: parts.map(({ tree: item }) => item), start: first.start, end: last.end };
    mend(tree, "merged", first.start, last.end);
    return { tree, ...span };
  }
  if (best && isWhole(best)) return undefined;
  const known = parts.filter(
    ({ tree }) => tree.type === "object" && tree.members.some(({ key }) => wanted.names.has(fold(key))),
  );
  const merged = mergedObject(
    known.map(({ tree }) => tree),
    wanted,
  );
  if (!merged) return undefined;
  mend(merged, "merged", merged.start, merged.end);
  return { tree: merged, ...span };
}

/** Whether nothing but blanks and commas stands between the objects. */
const areLines = (parts: readonly Fit[]): boolean =>
  parts.every((part, index) => {
    const next = parts[index + 1];
    return !next || /^[\s,]*$/.test(part.source.text.slice(part.end, next.start));
  });

/** Readings of an answer that holds no whole object in brackets. */
function* otherForms(answer: Answer): Generator<Found> {
  const { text, blocks, wanted, truncated } = answer;
  const block = blocks.find(({ from, start }) => start >= answer.start && from < text.length);
  const regions = block
    ? [[block.from, block.to] as const, [answer.start, text.length] as const]
    : [[answer.start, text.length] as const];
  for (const [start, end] of regions) {
    const source = sourceOf(text, start, end);
    const as = (tree: Tree, kind?: RepairKind): Found => {
      if (kind) mend(tree, kind, tree.start, tree.end);
      return { tree, source, start: tree.start, end: tree.end, closed: tree.cut !== true, strict: false };
    };
    const named = block !== undefined && block.from === start && /^ya?ml\b/i.test(block.info);
    const yaml = readYaml(text, start, end, wanted, named);
    const commas = /,[ \t]*$/m.test(text.slice(start, end));
    if (yaml && !commas) yield as(yaml, "yaml");
    const members = bareMembers(text, start, end, wanted);
    if (members !== undefined) {
      const read = tolerantTree(text, members, end, { wanted, truncated, bare: true });
      if (read) yield { ...as(read.tree), end: read.end, closed: !truncated };
    }
    if (yaml && commas) yield as(yaml, "yaml");
    const sections = readSections(text, start, end, wanted);
    if (sections) {
      if (truncated) markCut(sections.tree);
      yield as(sections.tree, sections.kind);
    }
    const list = listText(text, start, end, wanted);
    if (list) yield as(list);
  }
  const guess = guessed(text, answer.start);
  if (guess) yield guess;
}

function markCut(tree: Tree): void {
  tree.cut = true;
  const last = tree.type === "object" ? tree.members.at(-1)?.value : undefined;
  if (last) last.cut = true;
}

const firstKey = /^[ \t]*(?:["“']([^"”'\n]{1,100})["”']|([\p{L}_$][\p{L}\p{N}_$]{0,60}))[ \t]*[:：][ \t]*["“'[{\d]/gmu;

/** Where members begin that have no bracket around them. */
function bareMembers(text: string, start: number, end: number, { names }: Wanted): number | undefined {
  for (const match of text.slice(start, end).matchAll(firstKey))
    if (names.has(fold(match[1] ?? match[2] ?? ""))) return start + match.index;
  return undefined;
}

/** A list of texts that was written as bullets and nothing else. */
function listText(text: string, start: number, end: number, wanted: Wanted): Tree | undefined {
  if (
    wanted.type === "string" ||
    (wanted.type === "array" && /^\s*(?:[-*+]|\d+[.)])\s/.test(text.slice(start, start + 200)))
  )
    return { type: "text", text: text.slice(start, end).trim(), start, end, bare: true };
  const scalar = ["number", "integer", "boolean"].includes(wanted.type);
  return scalar && end - start < 100
    ? { type: "text", text: text.slice(start, end).trim(), start, end, bare: true }
    : undefined;
}

interface Ending extends Answer {
  readonly onlyReasoning: boolean;
  readonly goal: Goal | undefined;
}

/** The reading of the answer that was chosen, with what was left out around it. */
function finished(
  best: Fit,
  fits: readonly Fit[],
  { text, start, blocks, wanted, truncated, onlyReasoning, goal }: Ending,
): Reading<unknown> {
  const others = fits.filter((one) => !one.inner && (one.end <= best.start || one.start >= best.end));
  const taken: Repair[] = [...around(text, best, { answerStart: start, blocks, others })];
  if (onlyReasoning)
    taken.push({ kind: "reasoning", path: [], span: [0, best.start], lossy: true, note: "the answer stood within it" });
  const { decoded } = best.source;
  if (decoded && decoded !== "quoted")
    taken.push({ kind: decoded, path: [], span: [best.start, best.end], lossy: false });
  taken.push(...rivals(best, others, wanted));
  const { coerced } = best;
  const repairs = [...taken, ...coerced.repairs];
  const cut = truncated || !best.closed || repairs.some(({ kind }) => kind === "truncated");
  if (!goal) return success(coerced.value, repairs, coerced.extras, cut);
  const checked = validated(goal, coerced.value);
  if (checked.ok) return success(checked.value, [...repairs, ...checked.defaults], coerced.extras, cut);
  const problems = problemsOf(checked.issues, { value: coerced.value, root: wanted.node, truncated: cut });
  return { ok: false, problems, partial: coerced.value, truncated: cut };
}

/** What else in the text could have been the answer: versions of it, or echoes of the question. */
function rivals(best: Fit, others: readonly Fit[], wanted: Wanted): Repair[] {
  return others.slice(-20).map((other): Repair => {
    const span = [other.start, other.end] as const;
    if (other.coerced.echoes > best.coerced.echoes || isSchema(other.tree))
      return { kind: "echo", path: [], span, lossy: false };
    const related =
      wanted.type === "any"
        ? sharesKeys(best.tree, other.tree)
        : other.coerced.known > 0 && other.tree.type === best.tree.type;
    if (!related) return { kind: "prose", path: [], span, lossy: false };
    if (same(other.coerced.value, best.coerced.value))
      return { kind: "version", path: [], span, lossy: false, note: "the same once more" };
    const candidates =
      faults(other) === faults(best) ? { candidates: [other.coerced.value, best.coerced.value] as const } : {};
    return { kind: "version", path: [], span, lossy: true, note: "another version was left out", ...candidates };
  });
}

const isSchema = (tree: Tree): boolean =>
  tree.type === "object" && tree.members.some(({ key }) => key === "$schema" || key === "properties");

function sharesKeys(a: Tree, b: Tree): boolean {
  if (a.type !== "object" || b.type !== "object") return false;
  const keys = new Set(a.members.map(({ key }) => fold(key)));
  const shared = b.members.filter(({ key }) => keys.has(fold(key))).length;
  return shared > 0 && shared * 2 >= b.members.length;
}

const same = (a: unknown, b: unknown): boolean => {
  const text = jsonText(a);
  return text !== undefined && text === jsonText(b);
};

function success(
  value: unknown,
  repairs: readonly Repair[],
  extras: readonly Extra[],
  truncated: boolean,
): Reading<unknown> {
  const sorted = [...repairs].sort((a, b) => a.span[0] - b.span[0]);
  return { ok: true, value, repairs: sorted, lossy: sorted.some(({ lossy }) => lossy), truncated, extras };
}
