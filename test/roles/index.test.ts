import { describe, expect, it } from "vitest";
import { checkCode } from "../../actions/check-code.ts";
import { bugReport, changeRequest, testRequest } from "../../actions/existing.ts";
import { userRequirement } from "../../actions/user-requirement.ts";
import { roster } from "../../roles/index.ts";
import type { LlmCall } from "../../src/llm/call.ts";
import { answerTo, design, prd, tasks } from "../helpers/greeter.ts";
import { runTeam } from "../helpers/team-run.ts";

const company = roster({ implement: true });
const everybody = roster({ implement: true, run_tests: true });
const run = (roles = company, answer = ({ messages }: LlmCall) => answerTo(messages)) => runTeam({ roles, answer });

describe("the roster", () => {
  it("stands in the order of the work, without the engineer where only documents are wanted, with a tester where tests are", () => {
    const profiles = ["ProductManager", "Architect", "ProjectManager", "Engineer"];
    expect(company.map(({ profile }) => profile)).toEqual(profiles);
    expect(roster({ implement: false, run_tests: true }).map(({ profile }) => profile)).toEqual(profiles.slice(0, 3));
    expect(everybody.map(({ profile }) => profile)).toEqual([...profiles, "QaEngineer"]);
  });

  it("has one role for each action, and somebody who makes whatever is watched", () => {
    const actions = everybody.flatMap((role) => role.actions.map(({ name }) => name));
    expect(new Set(actions).size).toBe(actions.length);
    const watched = everybody.flatMap(({ watch }) => watch.map(({ name }) => name));
    const sent = [userRequirement, changeRequest, bugReport, testRequest, checkCode].map(({ name }) => name);
    expect([...actions, ...sent]).toEqual(expect.arrayContaining(watched));
  });
});

describe("a company at work", () => {
  it("acts one role a round, each on the document before", async () => {
    const { rounds, documents, outcome } = await run();
    expect(rounds).toEqual([["ProductManager"], ["Architect"], ["ProjectManager"], ["Engineer"]]);
    expect(outcome).toBe("done");
    expect(documents.WritePRD).toEqual({ "": prd });
    expect(documents.WriteDesign).toEqual({ "": design });
    expect(documents.WriteTasks).toEqual({ "": tasks });
  });

  it("shows each role what those before it wrote", async () => {
    const { asked } = await run();
    const promptOf = (action: string) =>
      asked.find(({ call }) => call.action === action)?.call.messages.map(({ content }) => content) ?? [];
    expect(promptOf("WriteDesign")[0]).toMatch(/^You are Bob, the Architect of/);
    expect(promptOf("WriteDesign")[1]).toContain(prd.requirement_pool[1]?.text);
    expect(promptOf("WriteTasks")[0]).toMatch(/^You are Eve, the Project Manager of/);
    expect(promptOf("WriteTasks")[1]).toContain(prd.requirement_pool[1]?.text);
    expect(promptOf("WriteTasks")[1]).toContain(design.files[1]?.exports[0]?.signature);
    expect(promptOf("WriteCode")[1]).toContain(tasks.tasks[0]?.logic);
  });

  it("stops where a document cannot be used, and keeps those before it", async () => {
    const { outcome, missing, rounds, commits } = await run(company, (call) =>
      call.action === "WriteTasks" ? "no" : answerTo(call.messages),
    );
    expect([outcome, missing.map(({ subject }) => subject)]).toEqual(["incomplete", ["WriteTasks"]]);
    expect(rounds).toHaveLength(3);
    expect(commits.map(({ message }) => message)).toEqual(["WritePRD by ProductManager", "WriteDesign by Architect"]);
  });
});
