import { keyOf } from "../llm/about.ts";
import { final } from "../llm/never-comes.ts";
import type { Hear } from "./chat.ts";
import { accountOf, type ChatAnswer, type ChatCall } from "./chat-call.ts";
import { refusalOf } from "./refusal.ts";
import { openLedger, type Turn } from "./turn.ts";

/** Lets a model answer as it does: one deployment after the other, as long as nothing of an answer has been passed on. */
export async function askPlainly(call: ChatCall, turn: Turn, hear?: Hear): Promise<ChatAnswer> {
  const ledger = openLedger(turn, hear);
  const { messages, tools, toolChoice, sampling, maxTokens } = call;
  const [first] = turn.deployments;
  for (const [place, deployment] of turn.deployments.entries()) {
    const last = place === turn.deployments.length - 1;
    const insteadOf = deployment === first ? undefined : first?.name;
    const question = {
      role: "caller",
      action: "chat",
      subject: turn.id,
      attempt: 1,
      turn: place + 1,
      messages,
      sampling,
      tools,
      toolChoice,
      maxTokens,
      whole: hear === undefined,
      replaceable: !last,
      insteadOf,
    };
    const answer = await ledger.ask(question, deployment, keyOf(question));
    if (!answer.ok) {
      if (last || ledger.sums.passedOn || final.has(answer.failure.kind)) throw refusalOf(answer.failure);
      continue;
    }
    const { text, toolCalls = [], finish, model } = answer;
    const { reasoning, usage, attempts, cost } = ledger.sums;
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
