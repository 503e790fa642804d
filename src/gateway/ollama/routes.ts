import { z } from "zod";
import { answerStreaming, answerWhole, chatOf } from "../answering.ts";
import type { Chat } from "../chat.ts";
import type { Models } from "../models.ts";
import { defineRoute, type Route } from "../route.ts";
import { ChatLine, lineOf, linesOf } from "./chat-answer.ts";
import { callOf, OllamaRequest } from "./chat-request.ts";
import { ollamaError } from "./errors.ts";

/** /api/chat, /api/tags and /api/version: enough for every program that talks to an Ollama. */
export function ollamaRoutes(chat: Chat, models: Models, { version }: { readonly version: string }): readonly Route[] {
  const common = { tag: "Ollama", errors: ollamaError } as const;
  return [
    defineRoute({
      ...{ ...common, method: "POST", path: "/api/chat", access: "callers" },
      summary: "Answers a conversation, by any model",
      body: OllamaRequest,
      answer: ChatLine,
      stream: "application/x-ndjson",
      async handle(incoming) {
        const { body } = incoming;
        const wanted = chatOf(chat, callOf(body));
        const began = performance.now();
        const about = { model: body.model, nanoseconds: () => Math.round((performance.now() - began) * 1e6) };
        if (body.stream === false) return answerWhole(wanted, incoming, (answer) => lineOf(about, answer));
        return answerStreaming(wanted, incoming, {
          ...{ type: "application/x-ndjson", ...linesOf(about) },
          failure: (refusal) => `${JSON.stringify(ollamaError(refusal))}\n`,
        });
      },
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: "/api/tags", access: "callers" },
      summary: "The models that there are for this key",
      answer: z.object({ models: z.array(z.looseObject({ name: z.string(), model: z.string() })) }),
      handle: async ({ caller }) => ({
        models: models
          .list()
          .filter(({ name }) => caller.may(name))
          .map(({ name, kind, deployments: [first] }) => ({
            ...{ name, model: name, modified_at: new Date(0).toISOString(), size: 0, digest: "" },
            details: { family: kind, format: first?.apiType ?? "", parameter_size: "", quantization_level: "" },
          })),
      }),
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: "/api/version", access: "everybody" },
      summary: "The version of this server",
      answer: z.object({ version: z.string() }),
      handle: async () => ({ version }),
    }),
  ];
}
