import type { ChatMessage, LlmRequest, ToolChoice } from "../provider.ts";

/** A message in the words of the chat API. */
export interface WireMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly unknown[];
  readonly tool_call_id?: string;
}

/** A message with the tools it calls, or the call it is the result of. */
export function wireMessage({ role, content, toolCalls = [], toolCallId }: ChatMessage): WireMessage {
  if (role === "tool") return { role, content, ...(toolCallId !== undefined && { tool_call_id: toolCallId }) };
  if (toolCalls.length === 0) return { role, content };
  const called = toolCalls.map(({ id, ...call }) => ({ id, type: "function", function: call }));
  return { role, content: content === "" ? null : content, tool_calls: called };
}

/** The part of a body that offers tools; none where there are none. */
export function toolsOf({ tools = [], toolChoice }: Pick<LlmRequest, "tools" | "toolChoice">) {
  if (tools.length === 0) return {};
  const offered = tools.map((tool) => ({ type: "function", function: { ...tool } }));
  return { tools: offered, ...(toolChoice !== undefined && { tool_choice: choiceOf(toolChoice) }) };
}

const choiceOf = (choice: ToolChoice) =>
  typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
