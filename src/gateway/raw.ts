import { keyOf } from "../llm/about.ts";
import type { Sampling } from "../llm/provider.ts";
import type { Asking, Chat, Hear } from "./chat.ts";
import { accountOf, type ChatAnswer } from "./chat-call.ts";
import { refusalOf } from "./refusal.ts";
import { unconnected } from "./turn.ts";

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
  chat.under(model, asking, async ({ id, llms, budget, signal, stop, note }, deployment) => {
    const about = { role: "caller", action: "complete", subject: id, attempt: 1, turn: 1 };
    let attempts = 1;
    let passedOn = false;
    const answer = await llms
      .complete(request, deployment, {
        ...{ key: keyOf(about), signal, stop, budget },
        again() {
          attempts += 1;
        },
        heard(delta) {
          passedOn = hear !== undefined;
          return hear?.(delta);
        },
        passedOn: () => passedOn,
      })
      .catch(unconnected(deployment));
    if (!answer.ok) {
      note({ llm: deployment.name, attempts, usd: answer.usd });
      throw refusalOf(answer.failure);
    }
    const { text, finish, model: named, usd, told } = answer;
    const usage = told?.usage ?? { input: 0, output: 0, source: "estimated" };
    const account = accountOf(deployment, { model: named, attempts, cost: usd });
    return { text, reasoning: "", toolCalls: [], finish, usage, account };
  });
