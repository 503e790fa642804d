import type { Refusal } from "../refusal.ts";

/** A refusal as Ollama writes it. */
export const ollamaError = ({ message }: Refusal) => ({ error: message });
