import type { ZodType } from "zod";
import { type Candidate, candidates } from "./candidates.ts";
import { coerce } from "./coerce.ts";
import { fold } from "./fold.ts";
import { problemsOf } from "./problems.ts";
import type { Reading, Repair } from "./reading.ts";
import { stripReasoning } from "./reasoning.ts";
import { hasType, keysOf, type SchemaNode, schemaNode } from "./schema-node.ts";
import { parseJson } from "./syntax.ts";

const longest = 16_000_000;

/**
 * The document a model wrote, wherever in its answer it stands and however it spelled it. Of several the one that fits
 * best wins, then the one with least lost, the least repaired, the last. Nothing is invented: what is missing is a problem.
 */
export function readJson<T>(
  text: string,
  schema: ZodType<T>,
  { truncated = false }: { readonly truncated?: boolean } = {},
): Reading<T> {
  const failed = (problem: string): Reading<T> => ({ ok: false, problems: [problem], truncated });
  if (text.length > longest) return failed(`the answer is longer than ${longest} characters`);
  if (text.trim() === "") return failed("the answer is empty");
  const answer = stripReasoning(text);
  if (answer.trim() === "") return failed("there is only reasoning and no answer");

  const root = schemaNode(schema);
  const known = new Set([...keysOf(root)].map(fold));
  let best: Fitted<T> | undefined;
  for (const candidate of candidates(answer)) {
    const reasoning: Repair[] = answer === text ? [] : [{ kind: "reasoning", path: "", lossy: false }];
    const fitted = fitCandidate(candidate, { schema, root, known, truncated });
    if (fitted && (!best || compare(fitted, best) <= 0)) best = withRepairs(fitted, reasoning);
    if (best?.result.ok && best.result.repairs.length === 0) break;
  }
  return best?.result ?? failed(truncated ? "the JSON is cut off" : "there is no JSON in the answer");
}

interface Goal<T> {
  readonly schema: ZodType<T>;
  readonly root: SchemaNode;
  readonly known: ReadonlySet<string>;
  readonly truncated: boolean;
}

interface Fitted<T> {
  readonly result: Reading<T>;
  /** In order of weight: a wrong kind of value, problems, texts that only echo the question, losses, repairs. */
  readonly rank: readonly number[];
}

/** The best reading of one candidate; less sure ones are tried only where the surer have problems. */
function fitCandidate<T>(candidate: Candidate, goal: Goal<T>): Fitted<T> | undefined {
  const taken = candidate.kinds.map((kind): Repair => ({ kind, path: "", lossy: false }));
  let best: Fitted<T> | undefined;
  for (const { value, repairs } of parseJson(candidate.text, goal)) {
    for (const { inner, wrappers } of unwrapped(value)) {
      const fitted = fitValue(inner, [...taken, ...repairs, ...wrappers], goal);
      if (!best || compare(fitted, best) < 0) best = fitted;
    }
    if (best?.result.ok) break;
  }
  return best;
}

/** The value itself, and what is inside where it is a list of one or an object with one member. */
function* unwrapped(value: unknown): Generator<{ inner: unknown; wrappers: Repair[] }> {
  const wrappers: Repair[] = [];
  for (let inner = value; ; ) {
    yield { inner, wrappers };
    const members: unknown[] = typeof inner === "object" && inner !== null ? Object.values(inner) : [];
    if (members.length !== 1 || typeof members[0] !== "object" || wrappers.length === 3) return;
    inner = members[0];
    wrappers.push({ kind: "wrapper", path: "", lossy: false });
  }
}

function fitValue<T>(value: unknown, taken: readonly Repair[], { schema, root, truncated }: Goal<T>): Fitted<T> {
  const coerced = coerce(value, root);
  const parsed = schema.safeParse(coerced.value);
  const repairs = [...taken, ...coerced.repairs];
  const cut = truncated || repairs.some(({ kind }) => kind === "truncated");
  const issues = parsed.error?.issues ?? [];
  return {
    result: parsed.success
      ? { ok: true, value: parsed.data, repairs }
      : { ok: false, problems: problemsOf(issues, { value: coerced.value, root, truncated: cut }), truncated: cut },
    rank: [
      hasType(coerced.value, root) ? 0 : 1,
      issues.length,
      coerced.echoes,
      repairs.filter(({ lossy }) => lossy).length,
      repairs.length,
    ],
  };
}

function compare(a: Fitted<unknown>, b: Fitted<unknown>): number {
  const at = a.rank.findIndex((weight, index) => weight !== b.rank[index]);
  return at < 0 ? 0 : (a.rank[at] ?? 0) - (b.rank[at] ?? 0);
}

const withRepairs = <T>({ result, rank }: Fitted<T>, more: readonly Repair[]): Fitted<T> => ({
  result: result.ok ? { ...result, repairs: [...more, ...result.repairs] } : result,
  rank,
});
