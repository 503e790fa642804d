import { answerStreaming, answerWhole, chatOf } from "../answering.ts";
import type { Chat } from "../chat.ts";
import { defineRoute, type Route } from "../route.ts";
import { anthropicError } from "./errors.ts";
import { event, eventsOf, MessageShape, messageOf } from "./messages-answer.ts";
import { callOf, MessagesRequest } from "./messages-request.ts";

/** POST /v1/messages: the API of Anthropic over any model. */
export const messagesRoute = (chat: Chat): Route =>
  defineRoute({
    ...{ method: "POST", path: "/v1/messages", tag: "Anthropic", access: "callers" },
    summary: "Answers a conversation, by any model",
    body: MessagesRequest,
    answer: MessageShape,
    stream: "text/event-stream",
    errors: anthropicError,
    async handle(incoming) {
      const { body, id } = incoming;
      const wanted = chatOf(chat, callOf(body));
      const head = { id: `msg_${id}`, model: body.model };
      if (!body.stream) return answerWhole(wanted, incoming, (answer) => messageOf(head, answer));
      const events = eventsOf(head);
      return answerStreaming(wanted, incoming, {
        type: "text/event-stream; charset=utf-8",
        ...events,
        failure: (refusal) => event("error", anthropicError(refusal)),
      });
    },
  });
