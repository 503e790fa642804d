import { z } from "zod";
import { answerStreaming, answerWhole } from "../answering.ts";
import type { Asking, Chat, Hear } from "../chat.ts";
import { completeRaw } from "../raw.ts";
import { defineRoute, type Route } from "../route.ts";
import { AccountShape, usageOf } from "./chat-answer.ts";
import { refused, sampling, samplingOf, streaming } from "./chat-request.ts";
import { openaiError } from "./errors.ts";

const CompletionRequest = z.looseObject({
  model: z.string().min(1).max(300),
  prompt: z.union([
    z.string(),
    z.tuple([z.string()], "only one prompt can be gone on with").transform(([text]) => text),
  ]),
  max_tokens: z.int().positive().nullish(),
  ...sampling,
  ...streaming,
  n: refused.n,
  logprobs: z.null("logprobs cannot be had").optional(),
  echo: z.literal(false, "the prompt cannot be repeated").nullish(),
  suffix: z.literal("", "nothing can be filled in before a suffix").nullish(),
});

const Completion = z.object({
  id: z.string(),
  object: z.literal("text_completion"),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({ text: z.string(), index: z.int(), logprobs: z.null(), finish_reason: z.string().nullable() }),
  ),
  usage: z.unknown().optional(),
  metagpt: AccountShape.optional(),
});

/** POST /v1/completions: goes on with a raw text, where the server of the model does that. */
export const completionsRoute = (chat: Chat): Route =>
  defineRoute({
    ...{ method: "POST", path: "/v1/completions", tag: "OpenAI", access: "callers" },
    summary: "Goes on with a text, where the model's server can",
    body: CompletionRequest,
    answer: Completion,
    stream: "text/event-stream",
    errors: openaiError,
    async handle(incoming) {
      const { body, id } = incoming;
      const { model, prompt } = body;
      const raw = { prompt, sampling: samplingOf(body), maxTokens: body.max_tokens ?? undefined };
      const wanted = (asking: Asking, hear?: Hear) => completeRaw(chat, model, raw, asking, hear);
      const head = { id: `cmpl-${id}`, object: "text_completion", created: Math.floor(Date.now() / 1000), model };
      const choice = (text: string, finish: string | null = null) => ({
        ...head,
        choices: [{ text, index: 0, logprobs: null, finish_reason: finish }],
      });
      const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
      if (!body.stream) {
        return answerWhole(wanted, incoming, ({ text, finish, usage }) => ({
          ...choice(text, finish),
          usage: usageOf(usage),
        }));
      }
      return answerStreaming(wanted, incoming, {
        type: "text/event-stream; charset=utf-8",
        delta: (delta) => (delta.type === "text" ? event(choice(delta.text)) : ""),
        end({ finish, usage, account }) {
          const counted = body.stream_options?.include_usage ? { usage: usageOf(usage) } : {};
          return `${event({ ...choice("", finish), ...counted, metagpt: account })}data: [DONE]\n\n`;
        },
        failure: (refusal) => event(openaiError(refusal)),
      });
    },
  });
