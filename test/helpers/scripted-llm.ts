import { setTimeout as sleep } from "node:timers/promises";
import { keyOf } from "../../src/llm/about.ts";
import { type Delta, type Finish, type Llm, type LlmRequest, ProviderError } from "../../src/llm/provider.ts";

/** One answer of the script; a text alone is a complete answer. */
type ScriptedReply =
  | string
  | {
      readonly text?: string;
      /** Streamed before the text. */
      readonly reasoning?: string;
      readonly finish?: Finish["finish"];
      readonly usage?: Finish["usage"];
      readonly model?: string;
      readonly cost?: number;
      readonly delayMs?: number;
      /** Thrown after the text, if there is one. */
      readonly fail?: ProviderError;
    };

/** Replies in order, or by `Action/subject` or `Action/subject/attempt.turn` where calls run at once. */
export type Script = readonly ScriptedReply[] | { readonly [key: string]: ScriptedReply | readonly ScriptedReply[] };

export interface ScriptedLlm extends Llm {
  /** Every question so far. */
  readonly asked: readonly LlmRequest[];
  /** Fails when a reply of the script was never asked for. */
  assertAllUsed(): void;
}

/** A strict double of a model: it plays a script, remembers the questions, and fails loudly on one it does not know. */
export function scriptedLlm(script: Script): ScriptedLlm {
  const asked: LlmRequest[] = [];
  const replies = new Map(
    Object.entries(isList(script) ? { "": script } : script).map(([key, value]) => [
      key,
      isList(value) ? [...value] : [value],
    ]),
  );
  const next = (request: LlmRequest) => {
    const key = keyOf(request.about);
    for (const name of [key, key.slice(0, key.lastIndexOf("/")), ""]) {
      const reply = replies.get(name)?.shift();
      if (reply !== undefined) return typeof reply === "string" ? { text: reply } : reply;
    }
    throw new Error(`the script has no reply to ${key}: ${request.messages.at(-1)?.content.slice(0, 500)}`);
  };

  return {
    asked,
    async *stream(request, { signal }) {
      asked.push(request);
      const { text = "", reasoning, finish = "stop", usage, model = "scripted", cost, delayMs, fail } = next(request);
      if (delayMs !== undefined) await sleep(delayMs, undefined, { signal }).catch(stopped);
      if (signal.aborted) stopped();
      if (reasoning) yield { type: "reasoning", text: reasoning } satisfies Delta;
      if (text) yield { type: "text", text } satisfies Delta;
      if (fail) throw fail;
      return { finish, usage, model, ...(cost === undefined ? {} : { cost }) };
    },
    assertAllUsed() {
      const unused = [...replies].flatMap(([key, left]) => left.map(() => key || "in order"));
      if (unused.length > 0) throw new Error(`the script has replies nobody asked for: ${unused.join(", ")}`);
    },
  };
}

const isList = <T>(value: T | readonly T[] | object): value is readonly T[] => Array.isArray(value);

function stopped(): never {
  throw new ProviderError("the scripted answer was stopped", { kind: "aborted" });
}
