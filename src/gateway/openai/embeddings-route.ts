import { z } from "zod";
import { keyOf } from "../../llm/about.ts";
import { headersOf } from "../account-headers.ts";
import type { Chat } from "../chat.ts";
import { accountOf } from "../chat-call.ts";
import { refusalOf } from "../refusal.ts";
import { defineRoute, type Route } from "../route.ts";
import { openLedger } from "../turn.ts";
import { openaiError } from "./errors.ts";

const EmbeddingRequest = z.looseObject({
  model: z.string().min(1).max(300),
  input: z.union([z.string().transform((text) => [text]), z.array(z.string(), "has to be text").min(1).max(2048)]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().positive().nullish(),
});

const Embeddings = z.object({
  object: z.literal("list"),
  data: z.array(
    z.object({ object: z.literal("embedding"), index: z.int(), embedding: z.union([z.array(z.number()), z.string()]) }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

/** POST /v1/embeddings, where the server of the model has them. */
export const embeddingsRoute = (chat: Chat): Route =>
  defineRoute({
    ...{ method: "POST", path: "/v1/embeddings", tag: "OpenAI", access: "callers" },
    summary: "Vectors of texts, where the model's server has them",
    body: EmbeddingRequest,
    answer: Embeddings,
    errors: openaiError,
    async handle(incoming) {
      const { model, input, dimensions, encoding_format: format } = incoming.body;
      const { vectors, usage, account } = await chat.under(model, incoming, async (turn, deployment) => {
        const key = keyOf({ role: "caller", action: "embed", subject: turn.id, attempt: 1, turn: 1 });
        const ledger = openLedger(turn);
        const answer = await ledger.by(deployment, key, (asking) =>
          turn.llms.embed(input, deployment, { ...asking, dimensions: dimensions ?? undefined }),
        );
        if (!answer.ok) throw refusalOf(answer.failure);
        const { attempts, cost } = ledger.sums;
        return { ...answer, account: accountOf(deployment, { model: answer.model, attempts, cost }) };
      });
      incoming.reply.headers(headersOf(account));
      return {
        object: "list" as const,
        data: vectors.map((vector, index) => ({
          ...{ object: "embedding" as const, index },
          embedding: format === "base64" ? base64Of(vector) : vector,
        })),
        model,
        usage: { prompt_tokens: usage.input, total_tokens: usage.input },
      };
    },
  });

/** A vector as 32-bit floats, the first byte the least. The official clients ask for it this way. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, number] of vector.entries()) bytes.writeFloatLE(number, index * 4);
  return bytes.toString("base64");
}
