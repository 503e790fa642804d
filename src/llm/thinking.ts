import { begunAtEnd } from "../text.ts";
import type { Delta } from "./provider.ts";

const open = "<think>";
const close = "</think>";

/**
 * Parts a leading `<think>…</think>` from the answer while it streams, also where the tags are cut between pieces.
 * A closing tag whose opening tag the server swallowed is left to whoever reads the whole answer.
 */
export function thinkSplitter() {
  let state: "start" | "inside" | "answer" = "start";
  let held = "";
  let closed = false;

  const push = (piece: string): Delta[] => {
    if (state === "answer") return piece === "" ? [] : [{ type: "text", text: piece }];
    held += piece;
    const deltas: Delta[] = [];
    const say = (type: "text" | "reasoning", text: string) => text && deltas.push({ type, text });
    for (;;) {
      if (state === "answer") {
        say("text", held);
        held = "";
        return deltas;
      }
      if (state === "start") {
        const begun = held.trimStart();
        if (open.startsWith(begun)) return deltas;
        const thinks = begun.startsWith(open);
        held = thinks ? begun.slice(open.length) : closed ? begun : held;
        state = thinks ? "inside" : "answer";
        continue;
      }
      const end = held.indexOf(close);
      if (end === -1) {
        const kept = begunAtEnd(held, close);
        say("reasoning", held.slice(0, held.length - kept));
        held = held.slice(held.length - kept);
        return deltas;
      }
      say("reasoning", held.slice(0, end));
      held = held.slice(end + close.length);
      state = "start";
      closed = true;
    }
  };

  /** What was held back in case it became a tag. */
  const end = (): Delta[] => {
    const text = state === "start" && closed ? held.trimStart() : held;
    held = "";
    return text === "" ? [] : [{ type: state === "inside" ? "reasoning" : "text", text }];
  };

  return { push, end };
}

/** Takes every text for the answer: what a model goes on with is nobody's thought. */
export const noThinking: ReturnType<typeof thinkSplitter> = {
  push: (text) => (text === "" ? [] : [{ type: "text", text }]),
  end: () => [],
};
