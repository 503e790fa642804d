import { keyOf } from "../llm/about.ts";
import type { Sampling } from "../llm/provider.ts";
import type { Asking, Chat, Hear } from "./chat.ts";
import { accountOf, type ChatAnswer } from "./chat-call.ts";
import { refusalOf } from "./refusal.ts";
import { openLedger } from "./turn.ts";

interface Raw {
  readonly prompt: string;
  readonly maxTokens?: number | undefined;
  readonly sampling: Sampling;
}

/** Has a model go on with a text as it stands. Its first deployment answers: who takes its place has another voice. */
export const completeRaw = (
  chat: Chat,
  model: string,
  request: Raw,
  asking: Asking,
  hear?: Hear,
): Promise<ChatAnswer> =>
  chat.under(model, asking, async (turn, deployment) => {
    const about = { role: "caller", action: "complete", subject: turn.id, attempt: 1, turn: 1 };
    const ledger = openLedger(turn, hear);
    const answer = await ledger.by(deployment, keyOf(about), (each) => turn.llms.complete(request, deployment, each));
    if (!answer.ok) throw refusalOf(answer.failure);
    const { text, finish, model: named } = answer;
    const { usage, attempts, cost } = ledger.sums;
    const account = accountOf(deployment, { model: named, attempts, cost });
    return { text, reasoning: "", toolCalls: [], finish, usage, account };
  });
