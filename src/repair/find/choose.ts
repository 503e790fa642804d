import { mergedObject } from "../coerce/object.ts";
import { validated } from "../coerce/validate.ts";
import { fences } from "../fences.ts";
import { fold } from "../fold.ts";
import { problem, problemsOf } from "../problems.ts";
import type { Extra, Problem, Reading, Repair } from "../reading.ts";
import { stripReasoning } from "../reasoning.ts";
import { jsonText, mend, type Tree } from "../syntax/tree.ts";
import { anything, type Goal, type Wanted } from "../wanted.ts";
import { around } from "./around.ts";
import { type Fit, faults, fitted, isBetter, isWhole } from "./fit.ts";
import { guessed } from "./guess.ts";
import { type Answer, otherForms } from "./other-forms.ts";
import { type Found, search } from "./search.ts";

/** The reading of the object or list in a text that fits best, of equal ones the last, or of another form of it. */
export function chosen(text: string, goal: Goal | undefined, truncated: boolean): Reading<unknown> {
  const wanted = goal?.wanted ?? anything;
  const start = text.length - stripReasoning(text).length;
  const onlyReasoning = text.slice(start).trim() === "";
  const answer: Answer = { text, start: onlyReasoning ? 0 : start, blocks: fences(text), wanted, truncated };
  const fits: Fit[] = [];
  const belongTogether = wanted.options.some(({ type }) => type === "array" || type === "any");
  let best: Fit | undefined;
  const consider = (found: Found) => {
    const one = fitted(found, wanted);
    if (fits.length < mostFits || belongTogether) fits.push(one);
    if (!best || isBetter(one, best, wanted)) best = one;
  };
  for (const found of search(text, answer.start, answer)) {
    if (found.inner && best && isWhole(best) && best.coerced.repairs.length === 0) break;
    consider(found);
  }
  const joined = joinedOf(fits, best, wanted);
  if (joined) consider(joined);
  if (!best || !holdsAnswer(best, answer))
    for (const found of otherForms(answer, !best || coversLittle(best, answer))) {
      consider(found);
      if (isWhole(best as Fit)) break;
    }
  const guess = best ? undefined : guessed(text, answer.start);
  if (guess) consider(guess);
  if (!best)
    return onlyReasoning ? nothing("reasoning", "there is only reasoning and no answer", truncated) : noJson(truncated);
  return finished(best, fits, { ...answer, onlyReasoning, goal });
}

/** So many candidates are kept to be told of, or to be put together. */
const mostFits = 2000;

/** Whether what was found in brackets is the answer, well or badly read, and not something within another form of it. */
function holdsAnswer(best: Fit, { text, start }: Answer): boolean {
  if (best.coerced.known === 0 && faults(best) > 0) return false;
  const { value } = best.coerced;
  if (Array.isArray(value) && value.length === 0) return best.end - best.start > (text.length - start) * 0.6;
  return isWhole(best) && (best.lossy === 0 || !coversLittle(best, { text, start }));
}

/** Whether something else than JSON stands before what was found, and takes up more room. */
function coversLittle(best: Fit, { text, start }: Pick<Answer, "text" | "start">): boolean {
  if (best.coerced.known === 0) return true;
  const before = text
    .slice(start, best.start)
    .search(/^[ \t]*(?:#{1,6}[ \t]|[*-]?[ \t]*\*\*|["'“]?[\p{L}_][\p{L}\p{N}_ ]{0,60}["'”]?[ \t]*[:：])/mu);
  return before >= 0 && best.end - best.start <= (text.length - start) * 0.6;
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
  const last = fits.filter((one) => !one.inner).at(-1);
  if (last && last !== best && last.start >= best.end && !last.closed)
    taken.push({
      kind: "truncated",
      path: [],
      span: [last.start, last.end],
      lossy: true,
      note: "another version was cut",
    });
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
