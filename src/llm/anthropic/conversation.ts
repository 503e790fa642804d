import type { ChatMessage } from "../provider.ts";
import { argumentsOf } from "../tool-arguments.ts";

/** A conversation as the server wants it: what the system says apart, and users and assistants taking turns. */
export interface Conversation {
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The blocks of an answer that paused, to be gone on with. */
  readonly paused?: readonly unknown[];
}

/** What one side says; a text where nothing but text is said. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string | readonly Block[];
}

type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: object }
  | { readonly type: "tool_result"; readonly tool_use_id: string; readonly content: string };

/**
 * Parts a conversation; neighbours of one role are joined, and messages without a word left out. The results of tools
 * are the user's.
 */
export function conversationOf(messages: readonly ChatMessage[]): Conversation {
  const turns: Turn[] = [];
  for (const message of messages) {
    const content = contentOf(message);
    if (message.role === "system" || content.length === 0) continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) turns[turns.length - 1] = { role, content: joined(last.content, content) };
    else turns.push({ role, content });
  }
  const system = messages.filter(({ role, content }) => role === "system" && content.trim() !== "");
  return { system: system.map(({ content }) => content).join("\n\n"), turns };
}

function contentOf({ role, content, toolCalls = [], toolCallId = "" }: ChatMessage): Turn["content"] {
  if (role === "tool") return [{ type: "tool_result", tool_use_id: toolCallId, content }];
  const said = content.trim() === "" ? "" : content;
  if (toolCalls.length === 0) return said;
  const called = toolCalls.map((call): Block => {
    return { type: "tool_use", id: call.id, name: call.name, input: argumentsOf(call) };
  });
  return [...blocksOf(said), ...called];
}

function joined(one: Turn["content"], other: Turn["content"]): Turn["content"] {
  if (typeof one === "string" && typeof other === "string") return `${one}\n\n${other}`;
  return [...blocksOf(one), ...blocksOf(other)];
}

function blocksOf(content: Turn["content"]): readonly Block[] {
  if (typeof content !== "string") return content;
  return content === "" ? [] : [{ type: "text", text: content }];
}
