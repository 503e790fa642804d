import { isDeepStrictEqual } from "node:util";
import type { Case } from "../corpus/index.ts";
import { isRight } from "../corpus/verdict.ts";
import type { Outcome, Reader } from "./readers.ts";

/** right; wrong without a word; wrong but said so; no answer. */
export type Verdict = "right" | "silent" | "flagged" | "none";

export interface Judged {
  readonly case: Case;
  readonly verdict: Verdict;
  readonly outcome: Outcome | undefined;
  /** What it threw, if it did. */
  readonly error?: string;
}

/** Has a reader read every case. */
export const judgeAll = (reader: Reader, cases: readonly Case[]): Judged[] => cases.map((one) => judge(reader, one));

function judge(reader: Reader, one: Case): Judged {
  let outcome: Outcome;
  try {
    outcome = reader.read(one.text, one.document.schema);
  } catch (error) {
    return { case: one, verdict: "none", outcome: undefined, error: String(error) };
  }
  return { case: one, verdict: verdictOf(reader, one, outcome), outcome };
}

function verdictOf(reader: Reader, one: Case, outcome: Outcome): Verdict {
  const right = isRight(one, outcome.value);
  if (one.cut && reader.tells && right && outcome.truncated) return "right";
  if (outcome.refused) return "none";
  if (right && !(one.cut && reader.tells)) return "right";
  return outcome.flagged ? "flagged" : "silent";
}

/** Whether a valid document came back as JSON.parse reads it, key order included, and without a repair. */
export const isUntouched = ({ case: { text }, outcome }: Judged): boolean =>
  outcome !== undefined &&
  !outcome.refused &&
  !outcome.flagged &&
  outcome.repairs.length === 0 &&
  isDeepStrictEqual(outcome.value, JSON.parse(text));

/** The share of one verdict, from 0 to 1. */
export const share = (judged: readonly Judged[], verdict: Verdict): number =>
  judged.filter((one) => one.verdict === verdict).length / Math.max(1, judged.length);

export const singlesOf = (judged: readonly Judged[]) => judged.filter(({ case: { kinds } }) => kinds.length === 1);
export const pairsOf = (judged: readonly Judged[]) => judged.filter(({ case: { kinds } }) => kinds.length === 2);
