import type { Delta } from "../llm/provider.ts";
import { headersOf } from "./account-headers.ts";
import type { Asking, Chat, Hear } from "./chat.ts";
import type { ChatAnswer, ChatCall } from "./chat-call.ts";
import { openPieces } from "./pieces.ts";
import { Refusal } from "./refusal.ts";
import type { Incoming } from "./route.ts";

/** How one surface writes a stream. */
export interface Wording {
  readonly type: string;
  /** Pieces of the answer; empty where a delta has no words here. */
  delta(delta: Delta): string;
  end(answer: ChatAnswer): string;
  /** A failure once the stream has begun. */
  failure(refusal: Refusal): string;
}

/** Gives the answer that a request wants. */
export type Wanted = (asking: Asking, hear?: Hear) => Promise<ChatAnswer>;

/** A question to a chat model. */
export const chatOf =
  (chat: Chat, call: ChatCall): Wanted =>
  (asking, hear) =>
    chat.answer(call, asking, hear);

/** Answers with the whole, in these words; what it took stands in the headers. */
export async function answerWhole(
  ask: Wanted,
  incoming: Incoming,
  words: (answer: ChatAnswer) => unknown,
): Promise<unknown> {
  const answer = await ask(incoming);
  incoming.reply.headers(headersOf(answer.account));
  return words(answer);
}

/** Answers piece by piece. Until the first piece a failure is an error like any other, then it ends the stream. */
export async function answerStreaming(ask: Wanted, incoming: Incoming, wording: Wording): Promise<void> {
  const { reply } = incoming;
  const pieces = openPieces(reply.raw, () => ({ "content-type": wording.type, "x-request-id": incoming.id }));
  const hear = (delta: Delta) => {
    const text = wording.delta(delta);
    if (text === "") return;
    if (!pieces.begun()) reply.hijack();
    return pieces.write(text);
  };
  try {
    const answer = await ask(incoming, hear);
    if (!pieces.begun()) reply.hijack();
    pieces.end(wording.end(answer));
  } catch (error) {
    if (!pieces.begun()) throw error;
    const refusal =
      error instanceof Refusal ? error : new Refusal("bug", "something went wrong here", { cause: error });
    incoming.note({ error: refusal.code ?? refusal.kind });
    pieces.end(wording.failure(refusal));
    if (refusal.kind === "bug") throw error;
  }
}
