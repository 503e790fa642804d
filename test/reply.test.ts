import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Action, defineAction } from "../src/action.ts";
import type { LlmAnswer } from "../src/llm/call.ts";
import { ask, code, json } from "../src/reply.ts";
import { failed, said, scriptedSteps } from "./helpers/scripted-steps.ts";

const Note = z.object({ title: z.string().describe("a few words"), lines: z.array(z.string()) });

const writeNote = defineAction({
  name: "WriteNote",
  reply: json("note", Note),
  prompt: (topic: string) => `Write a note about ${topic}.`,
  settle: (note) =>
    note.title === "forbidden"
      ? { document: note, problems: ["title: must not be forbidden"] }
      : {
          document: { ...note, title: note.title.trim() },
          warnings: note.title === note.title.trim() ? [] : ["the title was trimmed"],
        },
  usual: { calls: () => 1, input: 1, output: 1 },
});

const writeFile = defineAction({
  name: "WriteFile",
  reply: code("src/a.js"),
  prompt: () => "Write it.",
  usual: { calls: () => 1, input: 1, output: 1 },
});

function question(action: Action<string, never>, answers: LlmAnswer[], subject = "") {
  const script = scriptedSteps(...answers);
  const persona = "You are Ann, the Writer.";
  let turn = 0;
  const asking = ask(script.steps, {
    action,
    input: "rain",
    role: "Writer",
    persona,
    subject,
    attempt: 1,
    lane: "local",
    replaceable: false,
    nextTurn: () => ++turn,
    share: 1,
    maxReasks: 2,
    repair: true,
  }).then(({ document }) => document);
  return { ...script, asking };
}

const note = (answers: LlmAnswer[]) => question(writeNote as never, answers);
const file = (answers: LlmAnswer[]) => question(writeFile as never, answers, "src/a.js");
const good = { title: "Rain", lines: ["It rains."] };

describe("asking for a document", () => {
  it("sends persona, prompt, shape and schema, gives the document back, and keeps nothing else of it", async () => {
    const { asking, asked, caused } = note([said(JSON.stringify(good))]);
    expect(await asking).toEqual(good);
    expect(asked.map(({ key, lane }) => [key, lane])).toEqual([["WriteNote/1.1", "local"]]);
    const [first] = asked;
    expect(first?.request.messages[0]).toEqual({ role: "system", content: "You are Ann, the Writer." });
    expect(first?.request.messages[1]?.content).toMatch(/^Write a note about rain\.\n\nAnswer with one JSON object/);
    expect(first?.request.messages[1]?.content).toContain("a few words");
    expect(first?.request.schema?.name).toBe("note");
    expect(caused).toEqual([]);
  });

  it("asks again in the same conversation, saying exactly what was wrong (case 106)", async () => {
    const { asking, asked, caused } = note([said('{"title": "Rain"}'), said(JSON.stringify(good))]);
    expect(await asking).toEqual(good);
    expect(asked.map(({ key }) => key)).toEqual(["WriteNote/1.1", "WriteNote/1.2"]);
    const messages = asked[1]?.request.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(messages[2]?.content).toBe('{"title": "Rain"}');
    expect(messages[3]?.content).toMatch(/- lines: missing/);
    expect(caused.map(({ operation, input }) => [operation, input.type ?? input.file])).toEqual([
      ["save-raw", "WriteNote.txt"],
      ["note", "reask"],
    ]);
  });

  it("gives up after the allowed number of questions, keeping every answer that could not be read", async () => {
    const { asking, asked, caused } = note([said("no"), said("still no"), said("never")]);
    await expect(asking).rejects.toMatchObject({
      kind: "unusable",
      message: expect.stringMatching(/^no usable answer to WriteNote: /),
    });
    expect(asked).toHaveLength(3);
    expect(caused.filter(({ operation }) => operation === "save-raw").map(({ input }) => input.text)).toEqual([
      "no",
      "still no",
      "never",
    ]);
    expect(caused.at(-1)?.input).toMatchObject({ type: "unusable", saved: "WriteNote-1.3.txt" });
  });

  it("asks again, saying so, when the answer was stopped because it repeated itself", async () => {
    const { asking, asked, caused } = note([failed("loop", "m repeated itself"), said(JSON.stringify(good))]);
    expect(await asking).toEqual(good);
    expect(asked.map(({ key }) => key)).toEqual(["WriteNote/1.1", "WriteNote/1.2"]);
    const messages = asked[1]?.request.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(messages[3]?.content).toContain(
      "- it repeated the same passage without end: write each part once, and stop when it is complete",
    );
    expect(caused.find(({ input }) => input.type === "reask")).toBeDefined();
  });

  it("gives up on a model that repeats itself whenever it is asked", async () => {
    const { asking, left } = note([failed("loop", "m"), failed("loop", "m"), failed("loop", "m")]);
    await expect(asking).rejects.toMatchObject({
      kind: "unusable",
      message: expect.stringContaining("it repeated the same passage without end"),
    });
    expect(left()).toBe(0);
  });

  it("applies the action's own rules: warnings are told, problems are asked about", async () => {
    const { asking, asked, caused } = note([
      said(JSON.stringify({ ...good, title: "forbidden" })),
      said(JSON.stringify({ ...good, title: " Rain " })),
    ]);
    expect(await asking).toEqual(good);
    expect(asked[1]?.request.messages[3]?.content).toContain("- title: must not be forbidden");
    expect(caused.at(-1)?.input).toEqual({ type: "warning", message: "the title was trimmed" });
  });

  it("tells every repair", async () => {
    const { asking, caused } = note([said(`Sure!\n\`\`\`json\n{"Title": "Rain", "lines": ["It rains."],}\n\`\`\``)]);
    expect(await asking).toEqual(good);
    const repairs = caused.filter(({ input }) => input.type === "repair").map(({ input }) => input.kind);
    expect(repairs).toEqual(expect.arrayContaining(["fence", "key-case", "comma"]));
  });

  it.each(["budget", "network", "stopped", "auth"] as const)(
    "passes a failure of kind %s on, without asking again",
    async (kind) => {
      const { asking, asked } = note([failed(kind, "it did not work")]);
      await expect(asking).rejects.toMatchObject({ kind, message: "it did not work" });
      expect(asked).toHaveLength(1);
    },
  );
});

describe("asking for code", () => {
  it("lets an answer that was cut go on, and joins the parts (case 105)", async () => {
    const { asking, asked } = file([said("```js\nconst a = 1;\nconst b", "length"), said(" = 2;\n```")]);
    expect(await asking).toBe("const a = 1;\nconst b = 2;\n");
    expect(asked.map(({ key }) => key)).toEqual(["WriteFile/src/a.js/1.1", "WriteFile/src/a.js/1.2"]);
    expect(asked[1]?.request.messages.at(-1)?.content).toContain("Go on exactly where it stopped");
    expect(asked[1]?.request.messages.at(-2)).toEqual({ role: "assistant", content: "```js\nconst a = 1;\nconst b" });
  });

  it("stops a model that repeats itself for ever, and asks again", async () => {
    const { asking, asked } = file([
      said("```js\nconst a = 1;\n", "length"),
      said("", "length"),
      said("```js\nconst a = 1;\n```"),
    ]);
    expect(await asking).toBe("const a = 1;\n");
    expect(asked.map(({ key }) => key.split("/").at(-1))).toEqual(["1.1", "1.2", "1.3"]);
  });

  it("asks again from the beginning when the rest of an answer repeats itself", async () => {
    const { asking, asked } = file([
      said("```js\nlet a;\n", "length"),
      failed("loop", "m"),
      said("```js\nlet b;\n```"),
    ]);
    expect(await asking).toBe("let b;\n");
    expect(asked[2]?.request.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(asked[2]?.request.messages[3]?.content).toContain("write each part once");
  });

  it("asks again when an apology came instead of code", async () => {
    const { asking, left } = file([said("I am sorry, I cannot write that."), said("```js\nlet a;\n```")]);
    expect(await asking).toBe("let a;\n");
    expect(left()).toBe(0);
  });
});
