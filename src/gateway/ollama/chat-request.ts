import { z } from "zod";
import type { ChatMessage } from "../../llm/provider.ts";
import type { ChatCall } from "../chat-call.ts";
import { FunctionShape, toolsOf } from "../functions.ts";
import { given } from "../parts.ts";
import { Refusal } from "../refusal.ts";

const Message = z.looseObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().default(""),
  images: z.array(z.unknown()).max(0, "images cannot be passed on").nullish(),
  tool_calls: z
    .array(
      z.looseObject({
        id: z.string().optional(),
        function: z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) }),
      }),
    )
    .nullish(),
  tool_name: z.string().optional(),
});
type Message = z.output<typeof Message>;

/** A request of Ollama's chat API. Settings that are not named here are ignored. */
export const OllamaRequest = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  format: z.union([z.literal(""), z.literal("json"), z.record(z.string(), z.unknown())]).nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal("function"),
        function: FunctionShape,
      }),
    )
    .max(256)
    .nullish(),
  options: z
    .looseObject({
      temperature: z.number().nullish(),
      top_p: z.number().nullish(),
      seed: z.int().nullish(),
      stop: z.union([z.string(), z.array(z.string())]).nullish(),
      num_predict: z.int().nullish(),
      presence_penalty: z.number().nullish(),
      frequency_penalty: z.number().nullish(),
    })
    .nullish(),
});
export type OllamaRequest = z.output<typeof OllamaRequest>;

/** The request in our own words. */
export function callOf({ model, messages, format, options, ...body }: OllamaRequest): ChatCall {
  const tools = toolsOf(body.tools);
  const { num_predict: most, stop, top_p: topP, temperature, seed, ...penalties } = options ?? {};
  if (format && tools) {
    throw new Refusal("request", "format and tools cannot be had in one request", { param: "format" });
  }
  return {
    model,
    messages: withIds(messages),
    sampling: given({
      ...{ temperature, topP, seed, stop: typeof stop === "string" ? [stop] : stop },
      presencePenalty: penalties.presence_penalty,
      frequencyPenalty: penalties.frequency_penalty,
    }),
    ...(typeof most === "number" && most > 0 && { maxTokens: most }),
    ...(tools && { tools }),
    ...(format && { format: typeof format === "string" ? { name: "answer" } : { name: "answer", schema: format } }),
  };
}

/** Calls and their results are matched by order here, elsewhere by id. */
function withIds(messages: readonly Message[]): ChatMessage[] {
  const waiting: { readonly id: string; readonly name: string }[] = [];
  let calls = 0;
  return messages.map(({ role, content, tool_calls, tool_name }): ChatMessage => {
    if (role === "tool") {
      const place = tool_name === undefined ? 0 : waiting.findIndex(({ name }) => name === tool_name);
      const [call] = waiting.splice(Math.max(0, place), 1);
      return { role, content, toolCallId: call?.id ?? "call_0" };
    }
    const toolCalls = (tool_calls ?? []).map(({ id, function: { name, arguments: given } }) => {
      calls += 1;
      const call = { id: id ?? `call_${calls}`, name, arguments: JSON.stringify(given) };
      waiting.push(call);
      return call;
    });
    return { role, content, ...(toolCalls.length > 0 && { toolCalls }) };
  });
}
