import { z } from "zod";
import { recordOf } from "../engine/journal.ts";
import { linesOf } from "./files.ts";

/** What the calls of one action to one model have cost. */
export interface Spending {
  readonly action: string;
  readonly model: string;
  /** Calls that were answered. */
  readonly calls: number;
  /** Calls that failed for good. */
  readonly failed: number;
  readonly input: number;
  readonly output: number;
  /** Whether nobody counted some of these tokens. */
  readonly estimated: boolean;
  readonly usd: number;
  readonly seconds: number;
}

/** What a journal says was paid, in the order of the first calls; a damaged record counts for nothing. */
export async function spendingIn(journal: string): Promise<Spending[]> {
  const rows = new Map<string, Spending>();
  for await (const line of linesOf(journal)) {
    const call = callIn(line);
    if (!call) continue;
    const name = `${call.action}\n${call.model}`;
    const before = rows.get(name);
    rows.set(name, before ? sumOf(before, call) : call);
  }
  return [...rows.values()];
}

const count = z.number().nonnegative().catch(0);
const Told = z.object({
  model: z.string().catch(""),
  usage: z
    .object({ input: count, output: count, source: z.string().catch("") })
    .catch({ input: 0, output: 0, source: "" }),
  seconds: count,
});

const Answered = z.object({
  key: z.string(),
  operation: z.literal("llm"),
  /** A call that was refused beforehand has told nothing, and cost nothing. */
  answer: z.object({ ok: z.boolean(), usd: count, told: Told.optional().catch(undefined) }),
});

/** The record as it was written, if it is of a call to an LLM. */
function callIn(line: string): Spending | undefined {
  const record = Answered.safeParse(recordOf(line)).data;
  if (!record) return undefined;
  const { ok, usd, told } = record.answer;
  return {
    action: record.key.split("/", 1)[0] ?? "",
    model: told?.model ?? "",
    calls: Number(ok),
    failed: Number(!ok && told !== undefined),
    input: told?.usage.input ?? 0,
    output: told?.usage.output ?? 0,
    estimated: told?.usage.source === "estimated",
    usd,
    seconds: told?.seconds ?? 0,
  };
}

const sumOf = ({ action, model, ...a }: Spending, b: Spending): Spending => ({
  action,
  model,
  calls: a.calls + b.calls,
  failed: a.failed + b.failed,
  input: a.input + b.input,
  output: a.output + b.output,
  estimated: a.estimated || b.estimated,
  usd: dollars(a.usd + b.usd),
  seconds: a.seconds + b.seconds,
});

/** A sum exact to a billionth of a dollar: sums of floats would drift. */
export const dollars = (usd: number): number => Math.round(usd * 1e9) / 1e9;
