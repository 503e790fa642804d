import { randomUUID } from "node:crypto";
import type { Delta, ToolCall } from "../provider.ts";

type Piece = Extract<Delta, { type: "tool-call" }>;

/** Joins the pieces of tool calls. A call that its server gave no id has one from its first piece on. */
export function toolCallCollector(): { take(piece: Piece): Piece; all(): ToolCall[] } {
  const calls = new Map<number, ToolCall>();
  return {
    take(piece) {
      const begun = calls.get(piece.index);
      const id = begun?.id ?? piece.id ?? `call_${randomUUID().replaceAll("-", "")}`;
      const name = begun?.name || (piece.name ?? "");
      calls.set(piece.index, { id, name, arguments: (begun?.arguments ?? "") + piece.arguments });
      return begun ? piece : { ...piece, id };
    },
    all: () => [...calls.values()],
  };
}
