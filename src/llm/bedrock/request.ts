import type { ConverseStreamCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { z } from "zod";
import { dialogueOf } from "../dialogue.ts";
import { type Habits, type Lesson, unknownField } from "../lessons.ts";
import { type LlmRequest, ProviderError, type Sampling } from "../provider.ts";
import type { Structure } from "../structure.ts";

/** The settings that shape a request. */
export interface RequestStyle {
  readonly model: string;
  readonly max_token?: number | undefined;
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
}

/** A request, and the choices in it that a model may refuse. */
export interface Sent {
  readonly input: ConverseStreamCommandInput;
  readonly rung: Structure;
  /** By the caller: a value that the model does not like says nothing about other requests. */
  readonly chosen: Sampling;
}

/** A request in the form that is the same for all makers of models. */
export function requestOf(
  style: RequestStyle,
  request: LlmRequest,
  { habits, rung }: { habits: Habits; rung: Structure },
): ConverseStreamCommandInput {
  const { system, turns } = dialogueOf(request.messages, { systemApart: true });
  const { temperature = style.temperature, topP = style.top_p, stop } = request.sampling ?? {};
  return {
    modelId: style.model,
    messages: turns.map(({ role, content }) => ({
      role: role === "assistant" ? role : "user",
      content: [{ text: content }],
    })),
    ...(system && { system: [{ text: system }] }),
    inferenceConfig: {
      maxTokens: Math.min(request.maxTokens, style.max_token ?? request.maxTokens, habits.mostTokens),
      ...(temperature !== undefined && !habits.refused.has("temperature") && { temperature }),
      ...(topP !== undefined && !habits.refused.has("topP") && { topP }),
      ...(stop?.length && { stopSequences: [...stop] }),
    },
    ...(request.schema && shapeOf(rung, request.schema)),
  };
}

function shapeOf(rung: Structure, { name, schema }: NonNullable<LlmRequest["schema"]>) {
  const { $schema, ...plain } = schema;
  const safe = name.replace(/[^\w-]/g, "_").slice(0, 64) || "answer";
  if (rung === "tool") {
    const toolSpec = {
      name: safe,
      description: "Gives the answer.",
      inputSchema: { json: z.json().parse(plain) },
    };
    return { toolConfig: { tools: [{ toolSpec }], toolChoice: { tool: { name: safe } } } };
  }
  if (rung !== "schema") return {};
  const structure = { jsonSchema: { name: safe, schema: JSON.stringify(plain) } };
  return { outputConfig: { textFormat: { type: "json_schema" as const, structure } } };
}

/** Finds in a refusal what to do differently; undefined where the request itself is to blame. */
export function lessonOf(error: unknown, { input, rung, chosen }: Sent): Lesson | undefined {
  if (!(error instanceof ProviderError) || error.status !== 400) return undefined;
  const { message } = error;
  const most = Number(/model limit of (\d+)/.exec(message)?.[1]);
  if (most > 0 && most < (input.inferenceConfig?.maxTokens ?? 0)) return { mostTokens: most };
  if (rung !== "off" && /tool|json.?schema|output.?(config|format)|structured output/i.test(message)) return { rung };
  const { temperature, topP } = input.inferenceConfig ?? {};
  const unwanted = (own: unknown) => own === undefined || unknownField.test(message);
  if (temperature !== undefined && /temperature/i.test(message) && unwanted(chosen.temperature)) {
    return { refused: "temperature" };
  }
  return topP !== undefined && /top_?p/i.test(message) && unwanted(chosen.topP) ? { refused: "topP" } : undefined;
}
