import type { ChatMessage, LlmRequest, Sampling } from "../provider.ts";
import { argumentsOf } from "../tool-arguments.ts";

/** The conversation as the server wants it: the arguments of tools as objects, their results with the name of the tool. */
export function chatMessages(messages: readonly ChatMessage[]) {
  const names = new Map(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)));
  return messages.map(({ role, content, toolCalls = [], toolCallId = "" }) => {
    const tool_name = names.get(toolCallId);
    const called = toolCalls.map((call) => ({ function: { name: call.name, arguments: argumentsOf(call) } }));
    return {
      ...{ role, content },
      ...(called.length > 0 && { tool_calls: called }),
      ...(role === "tool" && tool_name !== undefined && { tool_name }),
    };
  });
}

/** The tools to choose from. The server leaves the choice to the model, so what must not be called is not offered. */
export function toolsOf({ tools = [], toolChoice }: LlmRequest): Record<string, unknown> {
  const wanted = typeof toolChoice === "object" ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  if (wanted.length === 0 || toolChoice === "none") return {};
  return { tools: wanted.map((tool) => ({ type: "function", function: { ...tool } })) };
}

/** What the caller wants of an answer, in the server's words. */
export function samplingOptions({ topP, stop = [], presencePenalty, frequencyPenalty, ...same }: Sampling = {}) {
  return only({
    ...same,
    top_p: topP,
    stop: stop.length > 0 ? [...stop] : undefined,
    presence_penalty: presencePenalty,
    frequency_penalty: frequencyPenalty,
  });
}

/** A conversation as one prompt: a lone question as it is, a longer one with who said what. */
export function asPrompt({ messages }: LlmRequest): { system: string; prompt: string } {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const said = messages.filter(({ role }) => role !== "system");
  const lines = said.map(({ role, content }) => `${role === "user" ? "User" : "Assistant"}: ${content}`);
  const prompt = said.length === 1 ? (said[0]?.content ?? "") : [...lines, "Assistant:"].join("\n\n");
  return { system: system.join("\n\n"), prompt };
}

/** The settings that are set. */
export function only<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> };
export function only(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
