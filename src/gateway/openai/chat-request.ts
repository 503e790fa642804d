import { z } from "zod";
import type { ChatMessage, Sampling } from "../../llm/provider.ts";
import type { ChatCall } from "../chat-call.ts";
import { FunctionShape, toolsOf } from "../functions.ts";
import { Content, given, textOf } from "../parts.ts";
import { Refusal } from "../refusal.ts";

const JsonObject = z.record(z.string(), z.unknown());

const Call = z.looseObject({
  id: z.string(),
  type: z.literal("function").default("function"),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string().default("") }),
});

const Message = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer", "user"]), content: Content }),
  z.looseObject({ role: z.literal("assistant"), content: Content.nullish(), tool_calls: z.array(Call).nullish() }),
  z.looseObject({ role: z.literal("tool"), content: Content, tool_call_id: z.string() }),
]);

/** How a call is sampled, as both of the APIs for text have it. */
export const sampling = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  seed: z.int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
};

/** What can be streamed, and what comes at the end of it. */
export const streaming = {
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
};

/** What cannot be passed on, and would be missed: it is refused, not ignored. */
export const refused = {
  n: z.literal(1, "only one answer can be had").nullish(),
  logprobs: z.literal(false, "logprobs cannot be had").nullish(),
};

/** A request of the chat API. Settings that are not named here are ignored. */
export const ChatRequest = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(Message).min(1),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  ...sampling,
  ...streaming,
  ...refused,
  tools: z
    .array(
      z.looseObject({
        type: z.literal("function", "only functions can be passed on"),
        function: FunctionShape,
      }),
    )
    .max(256)
    .nullish(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }),
    ])
    .nullish(),
  response_format: z
    .discriminatedUnion("type", [
      z.looseObject({ type: z.literal("text") }),
      z.looseObject({ type: z.literal("json_object") }),
      z.looseObject({
        type: z.literal("json_schema"),
        json_schema: z.looseObject({ name: z.string().default("answer"), schema: JsonObject.nullish() }),
      }),
    ])
    .nullish(),
});
export type ChatRequest = z.output<typeof ChatRequest>;

/** The request in our own words. */
export function callOf(body: ChatRequest): ChatCall {
  const { model, messages, tool_choice: choice } = body;
  const tools = toolsOf(body.tools);
  const format = formatOf(body.response_format);
  if (format && tools) {
    throw new Refusal("request", "response_format and tools cannot be had in one request", {
      param: "response_format",
    });
  }
  return {
    model,
    messages: messages.map(messageOf),
    sampling: samplingOf(body),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    ...(tools && {
      tools,
      ...(choice && { toolChoice: typeof choice === "string" ? choice : { name: choice.function.name } }),
    }),
    ...(format && { format }),
  };
}

/** The settings of one call in our own words. */
export const samplingOf = (body: z.output<z.ZodObject<typeof sampling>>): Sampling =>
  given({
    temperature: body.temperature,
    topP: body.top_p,
    stop: typeof body.stop === "string" ? [body.stop] : body.stop,
    seed: body.seed,
    presencePenalty: body.presence_penalty,
    frequencyPenalty: body.frequency_penalty,
  });

function messageOf(message: z.output<typeof Message>, index: number): ChatMessage {
  const content = textOf(message.content, `messages[${index}].content`);
  if (message.role === "tool") return { role: "tool", content, toolCallId: message.tool_call_id };
  if (message.role !== "assistant") return { role: message.role === "developer" ? "system" : message.role, content };
  const calls = message.tool_calls?.map(({ id, function: { name, arguments: text } }) => ({
    id,
    name,
    arguments: text,
  }));
  return { role: "assistant", content, ...(calls && calls.length > 0 && { toolCalls: calls }) };
}

function formatOf(format: ChatRequest["response_format"]): ChatCall["format"] {
  if (!format || format.type === "text") return undefined;
  if (format.type === "json_object") return { name: "answer" };
  const { name, schema } = format.json_schema;
  return { name, ...(schema && { schema }) };
}
