import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAction } from "../src/action.ts";
import type { LlmAnswer } from "../src/llm/call.ts";
import type { RepairChoice } from "../src/options.ts";
import { ask, json } from "../src/reply.ts";
import { said, scriptedSteps } from "./helpers/scripted-steps.ts";

const Plan = z.object({
  title: z.string().describe("a few words"),
  goals: z.array(z.string()),
  size: z.number(),
});

const writePlan = defineAction({
  name: "WritePlan",
  reply: json("plan", Plan),
  prompt: () => "Plan it.",
  usual: { calls: () => 1, input: 1, output: 1 },
});

const plan = { title: "蛇", goals: ["好玩"], size: 3 };

function asks(answers: LlmAnswer[], repair: RepairChoice = true) {
  const script = scriptedSteps(...answers);
  let turn = 0;
  const asking = ask(script.steps, {
    action: writePlan,
    input: undefined as never,
    ...{ role: "Planner", persona: "You are Ann.", subject: "", attempt: 1, lane: "local", replaceable: false },
    ...{ nextTurn: () => ++turn, share: 1, maxReasks: 2, repair },
  }).then(({ document }) => document);
  return { ...script, asking };
}

const lastWords = (script: ReturnType<typeof asks>, call: number) =>
  script.asked[call]?.request.messages.at(-1)?.content ?? "";

describe("an answer that is good in part", () => {
  it("is kept, and only what is missing or wrong is asked for", async () => {
    const script = asks([said('{"title": "蛇", "goals": ["好玩"], "size": "big"}'), said('{"size": 3}')]);
    expect(await script.asking).toEqual(plan);
    const words = lastWords(script, 1);
    expect(words).toContain('- size: expected a number, got "big"');
    expect(words).toContain('"size": number');
    expect(words).not.toContain('"title"');
    expect(script.asked[1]?.request.schema?.schema).toMatchObject({ required: ["size"] });
  });

  it("may be answered with the whole document all the same", async () => {
    const script = asks([said('{"title": "旧", "goals": []}'), said(JSON.stringify(plan))]);
    expect(await script.asking).toEqual(plan);
  });

  it("is asked for once more where the second answer is good in part", async () => {
    const script = asks([said('{"title": "蛇"}'), said('{"goals": ["好玩"]}'), said('{"size": 3}')]);
    expect(await script.asking).toEqual(plan);
    expect(lastWords(script, 1)).toContain('"goals"');
    expect(lastWords(script, 2)).not.toContain('"goals"');
  });

  it("is asked for whole where nothing in it is good", async () => {
    const script = asks([said("[]"), said(JSON.stringify(plan))]);
    expect(await script.asking).toEqual(plan);
    expect(lastWords(script, 1)).toContain("Answer again, whole");
  });

  it("is asked for what the end cut", async () => {
    const stuck = [said('{"title": "蛇", "goals": ["好玩"], "si', "length"), said("", "length")];
    const script = asks([...stuck, said('{"size": 3}')]);
    expect(await script.asking).toEqual(plan);
    expect(lastWords(script, 2)).toContain("- size: cut off (expected a number)");
  });
});

it("gives up on the same answer twice", async () => {
  const script = asks([said("no"), said("no")]);
  await expect(script.asking).rejects.toMatchObject({ kind: "unusable" });
  expect(script.left()).toBe(0);
});

describe("the user's choice", () => {
  const broken = "{'title': '蛇', 'goals': ['好玩'], 'size': 3}";
  const lost = '{"title": "蛇", "goals": ["好玩"], "size": 3, "more": 1}';

  it("true takes both what is repaired without and with a loss", async () => {
    expect(await asks([said(broken)]).asking).toEqual(plan);
    expect(await asks([said(lost)]).asking).toEqual(plan);
  });

  it("strict takes no loss, and names it", async () => {
    expect(await asks([said(broken)], "strict").asking).toEqual(plan);
    const script = asks([said(lost), said(JSON.stringify(plan))], "strict");
    expect(await script.asking).toEqual(plan);
    expect(lastWords(script, 1)).toContain("- more: not clean (extra)");
  });

  it("false takes only clean JSON, and says what was not", async () => {
    const script = asks([said(broken), said(JSON.stringify(plan))], false);
    expect(await script.asking).toEqual(plan);
    expect(lastWords(script, 1)).toContain("not clean (quote)");
  });
});
