import { z } from "zod";
import { type Embedding, ProviderError } from "../provider.ts";

/** Reads an answer with vectors. Throws a ProviderError where it is none. */
export function embeddingOf(asked: string, raw: unknown): Embedding {
  const { data: answer } = Answer.safeParse(raw);
  if (!answer) throw new ProviderError("the server sent no vectors", { kind: "protocol" });
  const { embeddings: vectors, prompt_eval_count: input, model } = answer;
  return { vectors, usage: input ? { input, output: 0, source: "reported" } : undefined, model: model || asked };
}

const Answer = z.object({
  model: z.string().catch(""),
  embeddings: z.array(z.array(z.number()).min(1)),
  prompt_eval_count: z.int().nonnegative().optional().catch(undefined),
});
