import { z } from "zod";
import type { Tool } from "../llm/provider.ts";

/** A function that a model may call, as OpenAI and Ollama write it. */
export const FunctionShape = z.looseObject({
  name: z.string().min(1).max(128),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
});

/** The functions in our own words; undefined where there are none. */
export function toolsOf(
  tools: readonly { readonly function: z.output<typeof FunctionShape> }[] | null | undefined,
): readonly Tool[] | undefined {
  if (!tools || tools.length === 0) return undefined;
  return tools.map(({ function: { name, description, parameters } }) => ({
    ...{ name, parameters: parameters ?? { type: "object", properties: {} } },
    ...(description && { description }),
  }));
}
