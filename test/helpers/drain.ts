import type { Delta, Finish, Llm, LlmRequest } from "../../src/llm/provider.ts";

export const question: LlmRequest = {
  messages: [
    { role: "system", content: "You are terse." },
    { role: "user", content: "Say hello." },
  ],
  maxTokens: 1000,
  about: { role: "Alice", action: "WritePRD", subject: "", attempt: 1, turn: 1 },
};

export interface Drained extends Finish {
  readonly text: string;
  readonly reasoning: string;
  readonly deltas: readonly Delta[];
}

/** Reads a whole answer. */
export async function drain(
  llm: Llm,
  request: Partial<LlmRequest> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Drained> {
  const stream = llm.stream({ ...question, ...request }, { signal });
  const deltas: Delta[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done)
      return { ...step.value, deltas, text: joined(deltas, "text"), reasoning: joined(deltas, "reasoning") };
    deltas.push(step.value);
  }
}

/** Ends a call once its first piece has come, and reads on. */
export async function endedInTheMiddle(llm: Llm): Promise<void> {
  const caller = new AbortController();
  const stream = llm.stream(question, { signal: caller.signal });
  await stream.next();
  caller.abort();
  while (!(await stream.next()).done);
}

const joined = (deltas: readonly Delta[], type: "text" | "reasoning") =>
  deltas.map((delta) => (delta.type === type ? delta.text : "")).join("");
