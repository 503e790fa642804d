import { z } from "zod";
import { ProviderError, type ToolCall } from "./provider.ts";

/** The arguments of a call as an object, for APIs that want one. Throws a ProviderError where the text is none. */
export function argumentsOf({ name, arguments: text }: ToolCall): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text.trim() || "{}"));
  } catch (cause) {
    throw new ProviderError(`the arguments of the call of ${name} are no JSON object`, { kind: "request", cause });
  }
}
