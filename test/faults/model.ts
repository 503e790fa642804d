import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChatMessage } from "../../src/llm/provider.ts";
import { promptHash, readRecording } from "../../src/llm/recordings.ts";

/** What the model says to one conversation, and what the conversation is recognised by. */
export interface Said {
  readonly text: string;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
  /** The hash of the question: its first two messages, whatever was said after them. */
  readonly opening: string;
  /** The hash of all messages. */
  readonly conversation: string;
  /** The question for people: `WriteCode/js/game.js`. */
  readonly title: string;
  /** What the model has said last in this conversation; empty where it has not yet spoken. */
  readonly before: string;
}

/** A model that depends on nothing but what it is asked. */
export interface Model {
  readonly idea: string;
  /** The questions it can answer: opening hash -> title. */
  readonly questions: ReadonlyMap<string, string>;
  /** Throws where the question is not in its recording: that is a fault of the test. */
  answer(messages: readonly ChatMessage[]): Said;
}

/**
 * Plays a recording by the questions themselves. Who asks again gets the same answer again; who says that the answer was
 * cut off gets what follows the part that came.
 */
export async function recordedModel(folder: string): Promise<Model> {
  const { idea, calls } = await readRecording(folder);
  const answers = new Map<string, { title: string; text: string }>();
  for (const { prompt, answer, action, subject } of calls) {
    const title = subject === "" ? action : `${action}/${subject}`;
    answers.set(prompt, { title, text: await readFile(join(folder, answer), "utf8") });
  }
  return {
    idea,
    questions: new Map([...answers].map(([opening, { title }]) => [opening, title])),
    answer(messages) {
      const opening = promptHash(messages.slice(0, 2));
      const known = answers.get(opening);
      if (!known) throw new Error(`the recording of "${idea}" knows no such question: ${beginningOf(messages)}`);
      const before = messages.findLast(({ role }) => role === "assistant")?.content ?? "";
      const text = cutOff.test(messages.at(-1)?.content ?? "") ? following(known.text, before) : known.text;
      return {
        text,
        usage: usageOf(messages, text),
        opening,
        conversation: promptHash(messages),
        title: known.title,
        before,
      };
    },
  };
}

const cutOff = /^Your answer was cut off/;

function following(whole: string, before: string): string {
  if (!whole.startsWith(before)) throw new Error(`the answer does not begin with what is to be continued: ${before}`);
  return whole.slice(before.length);
}

/** One token for each four characters, so that what an answer costs is known beforehand. */
export function usageOf(messages: readonly Pick<ChatMessage, "content">[], text: string): Said["usage"] {
  const asked = messages.reduce((sum, { content }) => sum + content.length, 0);
  return { prompt_tokens: Math.ceil(asked / 4), completion_tokens: Math.ceil(text.length / 4) };
}

const beginningOf = (messages: readonly ChatMessage[]) => JSON.stringify(messages).slice(0, 300);
