import { answerStreaming, answerWhole, chatOf } from "../answering.ts";
import type { Chat } from "../chat.ts";
import { defineRoute, type Route } from "../route.ts";
import { ChatCompletion, chunksOf, completionOf } from "./chat-answer.ts";
import { ChatRequest, callOf } from "./chat-request.ts";
import { openaiError } from "./errors.ts";

/** POST /v1/chat/completions, streaming and not. */
export const chatRoute = (chat: Chat): Route =>
  defineRoute({
    ...{ method: "POST", path: "/v1/chat/completions", tag: "OpenAI", access: "callers" },
    summary: "Answers a conversation, by any model",
    body: ChatRequest,
    answer: ChatCompletion,
    stream: "text/event-stream",
    errors: openaiError,
    async handle(incoming) {
      const { body, id } = incoming;
      const wanted = chatOf(chat, callOf(body));
      const head = { id: `chatcmpl-${id}`, created: Math.floor(Date.now() / 1000), model: body.model };
      if (!body.stream) return answerWhole(wanted, incoming, (answer) => completionOf(head, answer));
      const chunks = chunksOf(head);
      const withUsage = body.stream_options?.include_usage ?? false;
      return answerStreaming(wanted, incoming, {
        type: "text/event-stream; charset=utf-8",
        delta: chunks.delta,
        end: (answer) => chunks.end(answer, { withUsage }),
        failure: (refusal) => `data: ${JSON.stringify(openaiError(refusal))}\n\n`,
      });
    },
  });
