import { z } from "zod";
import { type Embedding, ProviderError } from "../provider.ts";

/** Reads an answer with vectors, which need not be in the order of their texts. Throws a ProviderError where it is none. */
export function embeddingOf(asked: string, raw: unknown): Embedding {
  const { data: answer } = Answer.safeParse(raw);
  if (!answer) throw new ProviderError("the server sent no vectors", { kind: "protocol" });
  const placed = answer.data.map(({ index, embedding }, place) => ({ place: index ?? place, embedding }));
  const vectors = placed.sort((one, other) => one.place - other.place).map(({ embedding }) => embedding);
  return { vectors, usage: answer.usage, model: answer.model || asked };
}

const Answer = z.object({
  model: z.string().catch(""),
  data: z.array(
    z.object({ index: z.int().nonnegative().optional().catch(undefined), embedding: z.array(z.number()).min(1) }),
  ),
  usage: z
    .object({ prompt_tokens: z.int().positive() })
    .transform(({ prompt_tokens: input }) => ({ input, output: 0, source: "reported" as const }))
    .optional()
    .catch(undefined),
});
