import type { JournalRecord } from "../engine/journal.ts";
import type { Json, Traits } from "../engine/steps.ts";
import type { Emit, NewEvent } from "../events.ts";
import { aboutOf, keyOf } from "./about.ts";
import type { KeptAnswer, LlmCall } from "./call.ts";
import { neverComes } from "./never-comes.ts";
import type { About } from "./provider.ts";
import type { RecordedAnswer } from "./recordings.ts";

interface Listeners {
  readonly emit: Emit;
  readonly record?: ((call: LlmCall, answer: RecordedAnswer) => Promise<void>) | undefined;
}

/**
 * How answers of LLMs are remembered: by what was said to the model, whichever one it was. A model that fell into saying
 * the same without end has answered, and so has one that does not go on; every other failure may pass.
 */
export const rememberedCalls = ({ emit, record }: Listeners): Traits => ({
  independent: true,
  request: (input) => (input as unknown as LlmCall).messages as Json,
  about: (input) => ({ ...aboutOf(input as unknown as LlmCall) }),
  settles(answer, input) {
    const kept = answer as unknown as KeptAnswer;
    if (kept.ok || kept.failure.kind === "loop") return true;
    return (input as unknown as LlmCall).continues === true && neverComes.has(kept.failure.kind);
  },
  async recalled({ input }, answer) {
    const call = input as unknown as LlmCall;
    const kept = answer as unknown as KeptAnswer;
    const about = aboutOf(call);
    if (kept.told) emit({ type: "replayed", key: keyOf(about), ...about, llm: kept.told.llm, model: kept.told.model });
    if (!kept.ok || kept.told?.type !== "call-end") return;
    const { text, finish, model, usd } = kept;
    await record?.(call, { text, finish, model, usage: kept.told.usage, usd });
  },
});

/** What a journal's calls told when they ended, from which the sums of the run so far can be made. */
export const toldBy = (records: readonly JournalRecord[]): NewEvent[] =>
  records.flatMap((record) => {
    if ("effect" in record || record.operation !== "llm") return [];
    const { told } = record.answer as unknown as KeptAnswer;
    return told ? [{ ...told, key: record.key, ...(record.about as unknown as About) }] : [];
  });
