import { anthropicError } from "./anthropic/errors.ts";
import { byzerError } from "./byzer/errors.ts";
import { ollamaError } from "./ollama/errors.ts";
import { openaiError } from "./openai/errors.ts";
import type { ErrorShape } from "./route.ts";

/** How errors look at an address, also where there is no route: as those of the API it belongs to, or else OpenAI's. */
export function errorShapeFor(url: string): ErrorShape {
  if (url.startsWith("/api/")) return ollamaError;
  if (url.startsWith("/v1/messages")) return anthropicError;
  return /^\/[^/?]+\/(chat|deploy)(\?|$)/.test(url) ? byzerError : openaiError;
}
