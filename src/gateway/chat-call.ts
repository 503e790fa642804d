import type { Deployment } from "../llm/deployment.ts";
import type {
  ChatMessage,
  FinishReason,
  JsonSchema,
  Sampling,
  Tool,
  ToolCall,
  ToolChoice,
  Usage,
} from "../llm/provider.ts";

/** What a caller asks, whatever the surface it comes by. */
export interface ChatCall {
  /** As the caller wrote it. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** Tokens of the answer at most, by the caller's own wish. */
  readonly maxTokens?: number | undefined;
  readonly sampling: Sampling;
  readonly tools?: readonly Tool[] | undefined;
  readonly toolChoice?: ToolChoice | undefined;
  /** The answer shall be JSON: of this shape, or any object where there is none. */
  readonly format?: { readonly name: string; readonly schema?: JsonSchema | undefined } | undefined;
}

/** A whole answer, and what it took. */
export interface ChatAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  readonly usage: Usage;
  readonly account: Account;
}

/** What is counted of an answer. */
export type Counted = Pick<ChatAnswer, "usage" | "account">;

/** Who answered and what it took, for the caller: in headers of whole answers, and in the last event of a stream. */
export interface Account {
  /** The name of the LLM in the configuration. */
  readonly llm: string;
  /** As its server names it. */
  readonly model: string;
  readonly provider: string;
  /** Requests that were sent for it: tries, other LLMs, and asking again. */
  readonly attempts: number;
  /** USD. */
  readonly cost: number;
  /** The text is not what the model wrote, but the JSON it stands for. */
  readonly repaired: boolean;
  /** It is an earlier answer to the same request. */
  readonly cached: boolean;
}

/** The account of an answer that this deployment has given just now. */
export const accountOf = (
  { name: llm, apiType: provider }: Deployment,
  took: Pick<Account, "model" | "attempts" | "cost"> & { readonly repaired?: boolean },
): Account => ({ llm, provider, repaired: false, ...took, cached: false });
