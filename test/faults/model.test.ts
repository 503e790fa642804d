import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ChatMessage } from "../../src/llm/provider.ts";
import { recorder } from "../../src/llm/recordings.ts";
import { tempFolder } from "../helpers/temp.ts";
import { recordedModel } from "./model.ts";

const opening: ChatMessage[] = [
  { role: "system", content: "You are Alice." },
  { role: "user", content: "Write a poem." },
];
const poem = "Roses are red,\nviolets are blé.\n";

describe("the recorded model", () => {
  it("answers a question by its first two messages", async () => {
    const model = await recordedModel(await recorded());
    expect(model.idea).toBe("a poem");
    expect(model.answer(opening)).toMatchObject({ text: poem, title: "WritePoem/poem.md", before: "" });
    expect([...model.questions.values()]).toEqual(["WritePoem/poem.md"]);
  });

  it("gives the same answer to who asks again, in a conversation of its own", async () => {
    const model = await recordedModel(await recorded());
    const again = model.answer([...opening, said("No."), asked("Your answer could not be used:\n- no poem")]);
    expect(again).toMatchObject({ text: poem, before: "No.", opening: model.answer(opening).opening });
    expect(again.conversation).not.toBe(model.answer(opening).conversation);
  });

  it("goes on where its answer was cut off", async () => {
    const model = await recordedModel(await recorded());
    const cut = asked("Your answer was cut off. Go on exactly where it stopped.");
    for (const length of [1, 10, poem.length - 1]) {
      const rest = model.answer([...opening, said(poem.slice(0, length)), cut]);
      expect(rest.text).toBe(poem.slice(length));
    }
    expect(() => model.answer([...opening, said("Tulips"), cut])).toThrow("does not begin with");
  });

  it("refuses a question that it does not know", async () => {
    const model = await recordedModel(await recorded());
    expect(() => model.answer([{ role: "user", content: "Who are you?" }])).toThrow("knows no such question");
  });

  it("counts a token for each four characters", async () => {
    const model = await recordedModel(await recorded());
    expect(model.answer(opening).usage).toEqual({ prompt_tokens: 7, completion_tokens: 8 });
  });
});

async function recorded(): Promise<string> {
  const folder = join(tempFolder(), "recording");
  const { add } = recorder(folder, { idea: "a poem", date: "2026-11-21" });
  const about = { role: "Poet", action: "WritePoem", subject: "poem.md", attempt: 1, turn: 1 };
  const usage = { input: 1, output: 1, source: "reported" } as const;
  await add({ ...about, messages: opening }, { text: poem, finish: "stop", model: "m", usage, usd: 0 });
  expect(readFileSync(join(folder, "answers", "WritePoem-poem.md.txt"), "utf8")).toBe(poem);
  return folder;
}

const said = (content: string): ChatMessage => ({ role: "assistant", content });
const asked = (content: string): ChatMessage => ({ role: "user", content });
