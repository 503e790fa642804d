import type { Deployment } from "../deployment.ts";
import { type LlmRequest, ProviderError } from "../provider.ts";
import { countMessages, estimateMessages, estimateTokens } from "../tokens.ts";
import { costOf } from "./cost.ts";

/** What of a question takes room in the context of a model. */
export interface Question extends Pick<LlmRequest, "messages" | "schema" | "tools"> {
  /** The most tokens of answer the caller wants; as many as the deployment allows where absent. */
  readonly maxTokens?: number | undefined;
}

/** The tokens of answer that caller and deployment allow, fewer where the context leaves fewer. Throws where it leaves none. */
export function roomFor(question: Question, { model, maxToken, contextLength }: Deployment): number | Promise<number> {
  const wanted = Math.min(question.maxTokens ?? maxToken, maxToken);
  return contextLength === undefined ? wanted : roomIn(contextLength, { question, wanted, model });
}

async function roomIn(
  contextLength: number,
  { question, wanted, model }: { readonly question: Question; readonly wanted: number; readonly model: string },
): Promise<number> {
  const prompt = (await countMessages(question.messages)) + besides(question);
  const room = contextLength - prompt;
  if (room >= Math.min(wanted, 256)) return Math.min(wanted, room);
  const message = `${model}: the prompt of about ${prompt} tokens leaves no room for an answer in a context of ${contextLength}`;
  const hint = "Choose a model with a larger context, or ask for something smaller.";
  throw new ProviderError(message, { kind: "overflow", hint });
}

/** The most a try can cost in USD: its prompt, what servers count with it, and the longest answer allowed. */
export function mostOf(question: Question, { price, maxToken }: Deployment): number {
  const input = estimateMessages(question.messages) + besides(question);
  const output = Math.min(question.maxTokens ?? maxToken, maxToken);
  // at worst all of it is written to a cache
  const cachedWrite = (price.cachedWrite ?? 0) > price.input ? input : 0;
  return costOf({ input, output, cachedWrite }, price);
}

/** Tokens of the schema and of the tools, which a server puts into the prompt. */
function besides({ schema, tools = [] }: Question): number {
  return [...(schema ? [schema] : []), ...tools].reduce((sum, part) => sum + estimateTokens(JSON.stringify(part)), 0);
}
