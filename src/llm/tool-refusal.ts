import { type LlmRequest, ProviderError } from "./provider.ts";

/** Throws where a request has to do with tools: for models whose server knows none, before anything is sent. */
export function refuseTools(model: string, { tools = [], messages }: LlmRequest): void {
  const called = messages.some(({ role, toolCalls }) => role === "tool" || toolCalls?.length);
  if (tools.length === 0 && !called) return;
  throw new ProviderError(`${model} takes no tools`, { kind: "request", hint: "Choose another LLM." });
}
