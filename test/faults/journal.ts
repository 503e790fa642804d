import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const usage = z.looseObject({ input: z.number(), output: z.number() });

const Answer = z.discriminatedUnion("ok", [
  z.looseObject({ ok: z.literal(true), text: z.string(), usd: z.number(), told: z.looseObject({ usage }) }),
  z.looseObject({ ok: z.literal(false), usd: z.number().optional() }),
]);

const Call = z.looseObject({
  key: z.string(),
  operation: z.string(),
  request: z.string(),
  settled: z.boolean(),
  answer: z.unknown(),
});

const Effect = z.looseObject({ key: z.string(), effect: z.string() });

/** A question to a model that has its record, be the answer good or a failure. */
export interface Recorded {
  readonly key: string;
  readonly request: string;
  /** It need not be asked again. */
  readonly settled: boolean;
  readonly answer: z.infer<typeof Answer>;
}

/** What the journal of a run holds. Read here anew, without the code that is to be tested. */
export interface JournalRead {
  readonly lines: number;
  readonly recorded: readonly Recorded[];
  /** Whether the last line was broken off, as a kill in the middle of a write leaves it. */
  readonly torn: boolean;
  /** What is wrong with it: any other line that is not as it was written. */
  readonly problems: readonly string[];
}

/** Reads a journal and checks every line of it. One that is not there holds nothing. */
export function readJournal(file: string): JournalRead {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [""];
  const torn = lines.pop() !== "";
  const recorded: Recorded[] = [];
  const problems: string[] = [];
  for (const [number, line] of lines.entries()) {
    const [, sum, rest = ""] = /^\{"sum":"([0-9a-f]{16})",(.*)$/s.exec(line) ?? [];
    const whole = sum === createHash("sha256").update(`{${rest}`).digest("hex").slice(0, 16);
    const record = whole ? z.union([Call, Effect]).safeParse(JSON.parse(line)) : undefined;
    if (!record?.success) problems.push(`line ${number + 1} of the journal is broken: ${line.slice(0, 120)}`);
    else if ("operation" in record.data && record.data.operation === "llm") {
      const { key, request, settled, answer } = Call.parse(record.data);
      recorded.push({ key, request, settled, answer: Answer.parse(answer) });
    }
  }
  return { lines: lines.length, recorded, torn, problems };
}
