import type { Refusal } from "../refusal.ts";

/** A refusal as Byzer-LLM's clients expect one. */
export const byzerError = ({ message }: Refusal) => ({ ret: "error" as const, message });
