import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { userRequirement } from "../actions/user-requirement.ts";
import { writePrd } from "../actions/write-prd.ts";
import { roster } from "../roles/index.ts";
import type { LlmCall } from "../src/llm/call.ts";
import { answerTo } from "./helpers/greeter.ts";
import { noteAction, noteAnswer, roleWith } from "./helpers/notes.ts";
import { failed, said } from "./helpers/scripted-steps.ts";
import { runTeam } from "./helpers/team-run.ts";

const [draft, check, merge] = [noteAction("Draft"), noteAction("Check"), noteAction("Merge")];

const writer = roleWith("Writer", [userRequirement], (desk) => desk.run(draft, "the idea"));
const checker = roleWith("Checker", [draft], (desk) => desk.run(check, desk.latest(draft).text));
const merger = roleWith("Merger", [draft, check], (desk) => desk.run(merge, "everything"));

describe("the rounds of a team", () => {
  it("pass documents on until nobody has news", async () => {
    const { outcome, missing, rounds, keys } = await runTeam({ roles: [writer, checker], answer: noteAnswer });
    expect([outcome, missing]).toEqual(["done", []]);
    expect(rounds).toEqual([["Writer"], ["Checker"]]);
    expect(keys).toEqual(["Draft/1.1", "Check/1.1"]);
  });

  it("let everybody who watches the same act in one round, and whoever watches more act again", async () => {
    const { rounds, most } = await runTeam({ roles: [merger, checker, writer], answer: noteAnswer });
    expect(rounds).toEqual([["Writer"], ["Merger", "Checker"], ["Merger"]]);
    expect(most).toBe(2);
  });

  it("let a role see what others publish in the round after, not before", async () => {
    const seen: (() => unknown)[] = [];
    const reader = roleWith("Reader", [userRequirement, draft], async (desk) => {
      await desk.ask(check, "time to pass");
      seen.push(() => desk.latest(draft));
      if (seen.length === 1) expect(seen[0]).toThrow("which nobody has published");
    });
    const { rounds } = await runTeam({ roles: [writer, reader], answer: noteAnswer, order: (waiting) => waiting - 1 });
    expect(rounds).toEqual([["Writer", "Reader"], ["Reader"]]);
    expect(seen.at(-1)?.()).toEqual({ text: "Draft about the idea." });
  });

  it.each([
    [1, "rounds", [["Writer"]], ["Draft"]],
    [2, "done", [["Writer"], ["Checker"]], ["Draft", "Check"]],
  ])(
    "are %d at most: the outcome is %s, and what was published last is kept",
    async (limit, outcome, rounds, kinds) => {
      const run = await runTeam({ roles: [writer, checker], answer: noteAnswer, options: { rounds: limit } });
      expect([run.outcome, run.rounds]).toEqual([outcome, rounds]);
      expect(Object.keys(run.documents)).toEqual(["UserRequirement", ...kinds]);
    },
  );

  it("are none for a team that nobody's idea concerns", async () => {
    expect(await runTeam({ roles: [checker], answer: noteAnswer })).toMatchObject({
      outcome: "done",
      rounds: [],
      asked: [],
    });
  });
});

describe("a role that fails", () => {
  it("leaves the others going", async () => {
    const critic = roleWith("Critic", [draft], (desk) => desk.run(merge, "x"));
    const after = roleWith("After", [check, merge], (desk) => desk.run(noteAction("Last"), "x"));
    const { outcome, missing, rounds } = await runTeam({
      roles: [writer, critic, checker, after],
      answer: (call) => (call.action === "Merge" ? "no" : noteAnswer(call)),
    });
    expect(rounds).toEqual([["Writer"], ["Critic", "Checker"], ["After"]]);
    expect(outcome).toBe("incomplete");
    expect(missing).toEqual([
      { subject: "Merge", kind: "unusable", reason: expect.stringMatching(/^no usable answer to Merge: /) },
    ]);
  });

  it("ends the run where it is broken itself", async () => {
    const broken = roleWith("Broken", [draft], async () => {
      throw new TypeError("a bug");
    });
    await expect(runTeam({ roles: [writer, broken], answer: noteAnswer })).rejects.toThrow(new TypeError("a bug"));
  });
});

describe("the outcome of a run", () => {
  const failing = (...kinds: string[]) =>
    runTeam({
      roles: kinds.map((kind, index) =>
        roleWith(kind, [userRequirement], (desk) => desk.run(noteAction(`A${index}`), kind)),
      ),
      options: { maxReasks: 0 },
      answer: ({ role }) => (role === "unusable" ? "no" : failed(role as "budget", `because of ${role}`)),
    });
  it.each([
    [["budget"], "budget"],
    [["stopped"], "stopped"],
    [["aborted"], "stopped"],
    [["unusable"], "incomplete"],
    [["network"], "unreachable"],
    [["rate"], "unreachable"],
    [["auth"], "incomplete"],
    [["policy"], "incomplete"],
    [["network", "unusable"], "unreachable"],
    [["unusable", "budget", "network"], "budget"],
    [["budget", "stopped"], "stopped"],
  ])("after failures of %j is %s", async (kinds, outcome) => {
    const run = await failing(...kinds);
    expect(run.outcome).toBe(outcome);
    expect(run.missing.map(({ kind }) => kind).toSorted()).toEqual(kinds.toSorted());
  });

  it("names what is missing before the rounds that are used up", async () => {
    const run = await runTeam({
      roles: [writer, roleWith("Rival", [userRequirement], (desk) => desk.run(merge, "x")), checker],
      answer: (call) => (call.action === "Merge" ? failed("budget", "spent") : noteAnswer(call)),
      options: { rounds: 1 },
    });
    expect([run.outcome, run.rounds]).toEqual(["budget", [["Writer", "Rival"]]]);
  });
});

describe("one more role", () => {
  const checkLicence = noteAction("CheckLicence");
  const lawyer = roleWith("Lawyer", [writePrd], (desk) => desk.run(checkLicence, desk.latest(writePrd).project_name));
  const company = roster({ implement: true });
  const answer = (call: LlmCall) => (call.action === "CheckLicence" ? noteAnswer(call) : answerTo(call.messages));

  it("touches no other", async () => {
    const alone = await runTeam({ roles: company, answer });
    const joined = await runTeam({ roles: [...company, lawyer], answer });
    expect(joined.rounds[1]).toEqual(["Architect", "Lawyer"]);
    expect(joined.rounds.length).toBe(alone.rounds.length);
    const others = joined.asked.filter(({ call }) => call.role !== "Lawyer");
    expect(others.toSorted(byKey)).toEqual(alone.asked.toSorted(byKey));
    const message = "CheckLicence by Lawyer";
    expect(joined.commits.filter((commit) => commit.message === message)).toEqual([
      { message, files: { "CheckLicence.txt": "CheckLicence about greeter.\n" } },
    ]);
    expect(joined.commits.filter((commit) => commit.message !== message)).toEqual(alone.commits);
  });

  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
});

it("makes the same commits from the same answers, in whatever order they come", async () => {
  const answer = ({ messages, subject, action, attempt }: LlmCall) =>
    action === "WriteCodeReview" && subject === "greeter/names.py" && attempt === 1
      ? JSON.stringify({ verdict: "LBTM", comments: ["Shorter."] })
      : answerTo(messages);
  const company = roster({ implement: true });
  const usualRun = await runTeam({ roles: company, answer });
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
      const order = (waiting: number) => (numbers.next().value ?? 0) % waiting;
      const run = await runTeam({ roles: company, answer, order });
      expect(run.commits).toEqual(usualRun.commits);
      expect(run.documents).toEqual(usualRun.documents);
      expect(run.keys.toSorted()).toEqual(usualRun.keys.toSorted());
    }),
    { numRuns: 30 },
  );
});

it("counts nothing as missing that was only asked for twice", async () => {
  const { outcome, keys } = await runTeam({
    roles: [writer],
    answer: (call) => (call.turn === 1 ? said("no") : noteAnswer(call)),
  });
  expect([outcome, keys]).toEqual(["done", ["Draft/1.1", "Draft/1.2"]]);
});
