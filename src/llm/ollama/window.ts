import type { Ollama } from "ollama";
import { z } from "zod";
import { type LlmRequest, ProviderError } from "../provider.ts";
import { estimateMessages, estimateTokens } from "../tokens.ts";

/** The settings that a window follows from. */
interface Measures {
  readonly model: string;
  /** Tokens of context at least. */
  readonly num_ctx?: number | undefined;
  readonly max_token?: number | undefined;
}

/** What a window has to hold. */
export type Contents = Pick<LlmRequest, "messages" | "tools" | "maxTokens">;

/**
 * Ollama silently forgets the oldest messages when the window is too small, so each request names one that holds the
 * prompt and the answer. It never shrinks within a connection: another size makes the server load the model again.
 */
export function contextWindow({ model, num_ctx, max_token }: Measures, client: (signal: AbortSignal) => Ollama) {
  let asked: Promise<number> | undefined;
  let largest = 4096;

  return async ({ messages, tools = [], maxTokens }: Contents, signal: AbortSignal) => {
    const answer = Math.min(maxTokens, max_token ?? maxTokens);
    if (num_ctx !== undefined) return { num_ctx, num_predict: answer };
    asked ??= contextLength(model, client(signal));
    const most = await asked.catch((error: unknown) => {
      asked = undefined;
      if (error instanceof ProviderError) throw error;
      // Another call asked, and was ended before it knew.
      return contextLength(model, client(signal));
    });
    const prompt = estimateMessages(messages) + (tools.length > 0 ? estimateTokens(JSON.stringify(tools)) : 0);
    const room = most - prompt;
    // A long answer can be continued, so one that has to be shorter is better than none.
    if (room < Math.min(answer, 1024)) {
      const message = `the prompt of about ${prompt} tokens leaves no room for an answer in a context of ${most}`;
      throw new ProviderError(message, { kind: "overflow" });
    }
    const needed = prompt + Math.min(answer, room);
    while (largest < needed) largest *= 2;
    return { num_ctx: Math.min(largest, most), num_predict: Math.min(answer, room) };
  };
}

/** Tokens of prompt and answer together that a model was made for; without end where the server cannot tell. */
export async function contextLength(model: string, client: Ollama): Promise<number> {
  const shown = await client.show({ model }).catch((error: unknown) => {
    // A server that cannot tell is no reason to fail; one that cannot be reached is.
    if (error instanceof ProviderError && error.status !== undefined) return {};
    throw error;
  });
  const Shown = z.object({ model_info: z.record(z.string(), z.unknown()).catch({}) }).catch({ model_info: {} });
  const { model_info } = Shown.parse(shown);
  const length = Object.entries(model_info).find(([key]) => key.endsWith(".context_length"))?.[1];
  return typeof length === "number" && length > 0 ? length : Number.POSITIVE_INFINITY;
}
