import { describe, expect, it } from "vitest";
import { roster } from "../../roles/index.ts";
import type { BossAnswer, BossQuestion } from "../../src/boss.ts";
import type { Json } from "../../src/engine/steps.ts";
import type { LlmCall } from "../../src/llm/call.ts";
import { answerTo, idea, prd } from "../helpers/greeter.ts";
import { runTeam } from "../helpers/team-run.ts";

const goOn: BossAnswer = { says: "go-on" };

interface Told {
  readonly boss?: (question: BossQuestion, times: number) => BossAnswer;
  readonly answer?: (call: LlmCall) => string | undefined;
  readonly clarify?: boolean;
  readonly given?: Readonly<Record<string, Json>>;
}

const reviewed = ({ boss = () => goOn, answer, clarify = false, given }: Told) =>
  runTeam({
    roles: roster({ implement: true }),
    options: { codeReview: false, review: !clarify, clarify },
    boss,
    ...(given && { given }),
    answer: (call) => answer?.(call) ?? answerTo(call.messages),
  });

describe("a boss who reviews", () => {
  it("is shown requirements, design and tasks, each before the next is asked for", async () => {
    const seen: string[] = [];
    const run = await reviewed({
      boss(question) {
        if (question.asks !== "review") throw new Error("not a review");
        seen.push(`${question.role} ${question.file} ${/^# (.*)$/m.exec(question.shown)?.[1]}`);
        expect(JSON.parse(question.text)).toBeTypeOf("object");
        return goOn;
      },
    });
    expect(seen).toEqual([
      "ProductManager docs/prd.json greeter: product requirements",
      "Architect docs/system_design.json System design",
      "ProjectManager docs/task.json Tasks",
    ]);
    expect(run.outcome).toBe("done");
  });

  it("edits a document, and what was edited is what the next role gets", async () => {
    const edited = { ...prd, product_goals: ["只用中文问候"] };
    const run = await reviewed({
      boss: (_, times) => (times === 1 ? { says: "edited", text: JSON.stringify(edited) } : goOn),
    });
    expect(run.documents.WritePRD).toEqual({ "": edited });
    expect(JSON.parse(run.tree()["docs/prd.json"])).toEqual(edited);
    expect(run.asked.find(({ call }) => call.action === "WriteDesign")?.call.messages[1]?.content).toContain(
      "只用中文问候",
    );
    expect(run.keys.filter((key) => key.startsWith("WritePRD"))).toEqual(["WritePRD/1.1"]);
  });

  it("gets an edit back that is no such document, with what is wrong, and nothing of it is lost", async () => {
    const { project_name: _, ...broken } = prd;
    const questions: BossQuestion[] = [];
    await reviewed({
      boss(question, times) {
        questions.push(question);
        return times === 1 ? { says: "edited", text: JSON.stringify(broken) } : goOn;
      },
    });
    expect(questions[1]).toMatchObject({ asks: "review", action: "WritePRD", text: JSON.stringify(broken) });
    expect(questions[1]).toMatchObject({ shown: expect.stringContaining("project_name") });
    expect(questions[2]).toMatchObject({ action: "WriteDesign" });
  });

  it("makes a remark, and the document is written anew with it", async () => {
    const run = await reviewed({
      boss: (_, times) => (times === 1 ? { says: "remark", text: "Greet in French too." } : goOn),
      answer: ({ action, attempt }) =>
        action === "WritePRD" && attempt === 2 ? JSON.stringify({ ...prd, product_goals: ["Bonjour"] }) : undefined,
    });
    const again = run.asked.find(({ key }) => key === "WritePRD/2.1")?.call.messages ?? [];
    expect(again.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(again[2]?.content).toContain('"project_name":"greeter"');
    expect(again[3]?.content).toContain("Greet in French too.");
    expect(JSON.parse(run.tree()["docs/prd.json"]).product_goals).toEqual(["Bonjour"]);
  });

  it("comes back later: the document is kept, the run ends, and goes on from it without asking again", async () => {
    const first = await reviewed({ boss: (_, times) => (times === 2 ? { says: "later" } : goOn) });
    expect([first.outcome, first.missing.map(({ reason }) => reason)]).toEqual([
      "review",
      ["docs/system_design.json waits to be reviewed"],
    ]);
    expect(first.keys).toEqual(["WritePRD/1.1", "WriteDesign/1.1"]);
    const design = JSON.parse(first.tree()["docs/system_design.json"]);
    const second = await reviewed({ given: { WritePRD: prd, WriteDesign: { ...design, anything_unclear: "edited" } } });
    expect(second.keys.slice(0, 1)).toEqual(["WriteTasks/1.1"]);
    expect([second.times.boss, second.outcome]).toEqual([1, "done"]);
    expect(second.asked[0]?.call.messages[1]?.content).toContain("Assumptions: edited");
  });
});

describe("questions about the idea", () => {
  const questions = JSON.stringify({ questions: ["Which language?", "For whom?", "1", "2", "3", "4"] });
  const asks = (call: LlmCall) => (call.action === "AskQuestions" ? questions : undefined);

  it("are five at most, and their answers are part of the request", async () => {
    let asked: BossQuestion | undefined;
    const run = await reviewed({
      clarify: true,
      answer: asks,
      boss(question) {
        asked = question;
        return { says: "answers", answers: ["中文", "", "", "", ""] };
      },
    });
    expect(asked).toMatchObject({ asks: "questions", questions: ["Which language?", "For whom?", "1", "2", "3"] });
    const prompt = run.asked.find(({ call }) => call.action === "WritePRD")?.call.messages[1]?.content;
    expect(prompt).toContain(`${idea}\n\n- Which language?\n  中文`);
    expect(prompt).not.toContain("For whom?");
  });

  it("that are none ask nobody", async () => {
    const run = await reviewed({
      clarify: true,
      answer: ({ action }) => (action === "AskQuestions" ? '{"questions":[]}' : undefined),
    });
    expect([run.times.boss, run.outcome]).toEqual([0, "done"]);
  });

  it("that are left open end the run before anything is written", async () => {
    const run = await reviewed({ clarify: true, answer: asks, boss: () => ({ says: "later" }) });
    expect([run.outcome, run.commits, run.keys]).toEqual(["review", [], ["AskQuestions/1.1"]]);
  });
});
