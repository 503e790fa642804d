import { z } from "zod";
import type { ChatMessage, ToolChoice } from "../../llm/provider.ts";
import type { ChatCall } from "../chat-call.ts";
import { Content, given, textOf } from "../parts.ts";
import { Refusal } from "../refusal.ts";

const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
  tool_use_id: z.string().optional(),
  content: Content.optional(),
});
type Block = z.output<typeof Block>;

/** A request of the messages API. Settings that are not named here are ignored. */
export const MessagesRequest = z.looseObject({
  model: z.string().min(1).max(300),
  max_tokens: z.int().positive(),
  system: Content.nullish(),
  messages: z
    .array(z.looseObject({ role: z.enum(["user", "assistant"]), content: z.union([z.string(), z.array(Block)]) }))
    .min(1),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  stop_sequences: z.array(z.string()).max(16).nullish(),
  stream: z.boolean().nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal("custom", "only tools of your own can be passed on").optional(),
        name: z.string().min(1).max(128),
        description: z.string().nullish(),
        input_schema: z.record(z.string(), z.unknown()),
      }),
    )
    .max(256)
    .nullish(),
  tool_choice: z.looseObject({ type: z.enum(["auto", "any", "tool", "none"]), name: z.string().optional() }).nullish(),
});
export type MessagesRequest = z.output<typeof MessagesRequest>;

/** The request in our own words. */
export function callOf(body: MessagesRequest): ChatCall {
  const { model, max_tokens: maxTokens, system, messages, tools } = body;
  const first = textOf(system, "system");
  return {
    ...{ model, maxTokens },
    messages: [
      ...(first === "" ? [] : [{ role: "system" as const, content: first }]),
      ...messages.flatMap(({ role, content }, index) => messagesOf(role, content, `messages[${index}].content`)),
    ],
    sampling: given({ temperature: body.temperature, topP: body.top_p, stop: body.stop_sequences }),
    ...(tools &&
      tools.length > 0 && {
        tools: tools.map(({ name, description, input_schema: parameters }) => ({
          ...{ name, parameters },
          ...(description && { description }),
        })),
        ...(body.tool_choice && { toolChoice: choiceOf(body.tool_choice) }),
      }),
  };
}

function choiceOf({ type, name }: NonNullable<MessagesRequest["tool_choice"]>): ToolChoice {
  if (type === "tool") {
    if (name !== undefined) return { name };
    throw new Refusal("request", "tool_choice of type tool needs a name", { param: "tool_choice" });
  }
  return type === "any" ? "required" : type;
}

/** The messages that one turn comes to: results of tools stand for themselves. What a model has thought is left out. */
function messagesOf(role: "user" | "assistant", content: string | readonly Block[], param: string): ChatMessage[] {
  if (typeof content === "string") return [{ role, content }];
  const spoken = content.filter(
    ({ type }) => !["tool_use", "tool_result", "thinking", "redacted_thinking"].includes(type),
  );
  const text = textOf(spoken as z.output<typeof Content>, param);
  if (role === "assistant") {
    const calls = content.filter(({ type }) => type === "tool_use");
    const toolCalls = calls.map(({ id = "", name = "", input = {} }) => ({
      id,
      name,
      arguments: JSON.stringify(input),
    }));
    return [{ role, content: text, ...(toolCalls.length > 0 && { toolCalls }) }];
  }
  const results = content.filter(({ type }) => type === "tool_result");
  return [
    ...results.map((block): ChatMessage => {
      const said = textOf(block.content, param);
      return { role: "tool", content: said, toolCallId: block.tool_use_id ?? "" };
    }),
    ...(text === "" && results.length > 0 ? [] : [{ role, content: text }]),
  ];
}
