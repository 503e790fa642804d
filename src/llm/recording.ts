import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { keyOf } from "./about.ts";
import { defineProvider, type Finish, ProviderError } from "./provider.ts";
import { promptHash, readRecording } from "./recordings.ts";
import { refuseTools } from "./tool-refusal.ts";

/** Plays the recorded answers of an earlier run, by action, subject, attempt and turn. It never guesses. */
export const recording = defineProvider({
  config: z.strictObject({ api_type: z.string().optional(), folder: z.string().min(1) }),
  async connect({ folder }, { notify }) {
    const { idea, calls } = await readRecording(folder).catch((cause: unknown) => unreadable(folder, cause));
    const recorded = new Map(calls.map((call) => [keyOf(call), call]));
    return {
      async *stream(request, { signal }) {
        refuseTools(`the recording of "${idea}"`, request);
        const { messages, about } = request;
        const call = recorded.get(keyOf(about));
        if (!call) throw unrecorded(idea, keyOf(about));
        if (call.prompt !== promptHash(messages)) notify({ type: "prompt-changed", about, recording: idea });
        const text = await readFile(path.join(folder, call.answer), "utf8").catch((cause) => unreadable(folder, cause));
        for (const piece of pieces(text)) {
          if (signal.aborted) throw new ProviderError("the replay was stopped", { kind: "aborted" });
          yield { type: "text" as const, text: piece };
        }
        const { finish, usage, model, usd: cost } = call;
        return { finish, usage, model, cost } satisfies Finish;
      },
    };
  },
});

const unrecorded = (idea: string, key: string) =>
  new ProviderError(`the recording of "${idea}" holds no answer to ${key}`, {
    kind: "unrecorded",
    hint: "Use the options of the recorded run, or choose a model with --llm (and --record DIR to record it).",
  });

function unreadable(folder: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new ProviderError(`the recording in ${folder} cannot be read: ${reason}`, { kind: "request", cause });
}

/** A text in lines' worth of characters, none of them cut in two. */
function* pieces(text: string): Generator<string> {
  const characters = [...text];
  for (let at = 0; at < characters.length; at += 80) yield characters.slice(at, at + 80).join("");
}
