import { createHash } from "node:crypto";
import type { Answered, Applied, JournalRecord } from "./journal.ts";
import type { Call, Json, Traits } from "./steps.ts";

/** What a journal knows, ready to be asked. */
export interface Recall {
  /** The answer to this call, which asks that request, if it was given before. Each answer is given out once. */
  answerTo(call: Call, request: string): Json | undefined;
  /** Whether the effect with this key was made true before with this content. */
  isDone(key: string, request: string): boolean;
}

/** What was asked, as a hash: all of the input where an operation does not say otherwise. */
export const requestOf = (input: Json, { request = (whole) => whole }: Traits = {}): string => hash(request(input));

/** The request with everything that it is sent with, as a hash. */
export const sentOf = ({ input, lane }: Call): string => hash([input, lane]);

const hash = (value: Json) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);

/**
 * Recalls by key and request. An answer that was given to the same request in another turn of the same question counts
 * too: another deployment may have given it then. A failure is recalled only where it was followed by an answer, and was
 * met under the same circumstances: what nobody has answered is to be asked again. Answers that were of no use, with none
 * after them that was, count for who gave them.
 */
export function recallFrom(records: readonly JournalRecord[], traits: Readonly<Record<string, Traits>>): Recall {
  const answers = new Map<string, Answered[]>();
  const failures = new Map<string, Answered>();
  const effects = new Set<string>();
  const answeredLater = new Set<string>();
  const rejected = new Set<string>();
  const usedLater = new Set<string>();
  const useless = new Set<Answered>();
  const given = new Set<Answered>();

  for (const record of records.toReversed()) {
    if ("effect" in record) {
      effects.add(nameOf(record));
      const key = traits[record.effect]?.rejects?.(record.key);
      if (key !== undefined) rejected.add(key);
      continue;
    }
    const question = questionOf(record.key);
    if (record.settled) {
      answeredLater.add(question);
      if (!rejected.has(record.key)) usedLater.add(question);
      else if (!usedLater.has(question)) useless.add(record);
      const same = `${question}\n${record.request}`;
      answers.set(same, [record, ...(answers.get(same) ?? [])]);
    } else if (answeredLater.has(question)) failures.set(`${record.key}\n${record.sent}`, record);
  }

  return {
    answerTo(call, request) {
      const settled = (answers.get(`${questionOf(call.key)}\n${request}`) ?? []).filter(
        (record) => !given.has(record) && (!useless.has(record) || record.lane === call.lane),
      );
      const found = settled.find(({ key }) => key === call.key) ?? failureOf(call) ?? settled[0];
      if (found) given.add(found);
      return found?.answer;
    },
    isDone: (key, request) => effects.has(nameOf({ key, request })),
  };

  /** The hash of a whole request is only worth making where something failed. */
  function failureOf(call: Call): Answered | undefined {
    return failures.size === 0 ? undefined : failures.get(`${call.key}\n${sentOf(call)}`);
  }
}

const nameOf = ({ key, request }: Pick<Applied, "key" | "request">) => `${key}\n${request}`;

/** `Action/subject/attempt` of a key, which ends in the turn. */
const questionOf = (key: string) => key.slice(0, key.lastIndexOf("."));
