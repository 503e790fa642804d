import { describe, expect, it } from "vitest";
import { askQuestions } from "../../actions/ask-questions.ts";
import type { RunOptions } from "../../src/options.ts";
import { idea } from "../helpers/greeter.ts";
import { promptOf } from "../helpers/prompt.ts";

const request = { idea, language: "" };
const settled = (questions: string[]) => askQuestions.settle?.({ questions }, request).document.questions;
const { reply } = askQuestions;
const read = (text: string) => (typeof reply === "function" ? reply(request) : reply).read(text, { truncated: false });

describe("the question for questions", () => {
  it("reads as it did", async () => {
    await expect(await promptOf(askQuestions, request)).toMatchFileSnapshot("../fixtures/prompts/ask-questions.txt");
  });

  it("asks for the language that the user wants", async () => {
    const prompt = await promptOf(askQuestions, { ...request, language: "中文" });
    expect(prompt).toContain("Write the questions in 中文, and the field name as it is given.");
    expect(prompt).not.toContain("in the language of the request");
  });

  it.each([
    [false, 0],
    [true, 1],
  ])("is part of a usual run where it is wanted: %s", (clarify, calls) => {
    expect(askQuestions.usual.calls({ clarify } as RunOptions)).toBe(calls);
  });
});

describe("the questions", () => {
  it.each([
    ["are at most five, the first ones", ["1", "2", "3", "4", "5", "6"], ["1", "2", "3", "4", "5"]],
    [
      "are trimmed, and empty ones left out before they are counted",
      [" a ", "", "\n", "b", "c", "d", "e", "f"],
      ["a", "b", "c", "d", "e"],
    ],
    ["may be none", [], []],
  ])("%s", (_what, said, kept) => {
    expect(settled(said)).toEqual(kept);
  });

  it.each(['{"questions": ["谁用？"]}', '{"问题": ["谁用？"]}', '```json\n{"Clarifying questions": ["谁用？"]}\n```'])(
    "are read from %s",
    (text) => {
      expect(read(text)).toMatchObject({ ok: true, value: { questions: ["谁用？"] } });
    },
  );
});
