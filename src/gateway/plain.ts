import { keyOf } from "../llm/about.ts";
import { final } from "../llm/never-comes.ts";
import { accountOf, type ChatAnswer, type ChatCall } from "./chat-call.ts";
import { refusalOf } from "./refusal.ts";
import { openLedger, type Turn } from "./turn.ts";

/** Lets a model answer as it does: one deployment after the other, as long as nothing of an answer has been passed on. */
export async function askPlainly(call: ChatCall, turn: Turn): Promise<ChatAnswer> {
  const ledger = openLedger(turn);
  const { messages, tools, toolChoice, sampling, maxTokens } = call;
  const [first] = turn.deployments;
  for (const [place, deployment] of turn.deployments.entries()) {
    const last = place === turn.deployments.length - 1;
    const about = { role: "caller", action: "chat", subject: turn.id, attempt: 1, turn: place + 1 };
    const answer = await ledger.ask(
      {
        ...{ ...about, messages, sampling },
        ...(tools && { tools, toolChoice }),
        ...(maxTokens !== undefined && { maxTokens }),
        ...(!last && { replaceable: true }),
        ...(deployment !== first && first && { insteadOf: first.name }),
      },
      deployment,
      keyOf(about),
    );
    if (!answer.ok) {
      if (last || ledger.passedOn || final.has(answer.failure.kind)) throw refusalOf(answer.failure);
      continue;
    }
    const { text, toolCalls = [], finish, model } = answer;
    const { reasoning, usage, attempts, cost } = ledger;
    return {
      text,
      reasoning,
      toolCalls,
      finish,
      usage,
      account: accountOf(deployment, { model, attempts, cost }),
    };
  }
  throw new Error(`the model ${call.model} has no deployment`);
}
