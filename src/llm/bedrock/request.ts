import type { ConverseStreamCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { z } from "zod";
import { dialogueOf } from "../dialogue.ts";
import type { Habits, Lesson } from "../lessons.ts";
import { type LlmRequest, ProviderError } from "../provider.ts";
import type { Structure } from "../structure.ts";

/** The settings that shape a request. */
export interface RequestStyle {
  readonly model: string;
  readonly max_token?: number | undefined;
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
}

/** A request in the form that is the same for all makers of models. */
export function requestOf(
  style: RequestStyle,
  request: LlmRequest,
  { habits, rung }: { habits: Habits; rung: Structure },
): ConverseStreamCommandInput {
  const { system, turns } = dialogueOf(request.messages, { systemApart: true });
  const { temperature, top_p: topP } = style;
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
export function lessonOf(error: unknown, sent: ConverseStreamCommandInput, rung: Structure): Lesson | undefined {
  if (!(error instanceof ProviderError) || error.status !== 400) return undefined;
  const { message } = error;
  const most = Number(/model limit of (\d+)/.exec(message)?.[1]);
  if (most > 0 && most < (sent.inferenceConfig?.maxTokens ?? 0)) return { mostTokens: most };
  if (rung !== "off" && /tool|json.?schema|output.?(config|format)|structured output/i.test(message)) return { rung };
  const { temperature, topP } = sent.inferenceConfig ?? {};
  if (temperature !== undefined && /temperature/i.test(message)) return { refused: "temperature" };
  return topP !== undefined && /top_?p/i.test(message) ? { refused: "topP" } : undefined;
}
