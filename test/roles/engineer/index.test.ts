import { describe, expect, it } from "vitest";
import type { Design } from "../../../actions/write-design.ts";
import type { Tasks } from "../../../actions/write-tasks.ts";
import { roster } from "../../../roles/index.ts";
import type { LlmAnswer, LlmCall } from "../../../src/llm/call.ts";
import type { RunOptions } from "../../../src/options.ts";
import { answerTo, design, tasks } from "../../helpers/greeter.ts";
import { failed } from "../../helpers/scripted-steps.ts";
import { runTeam } from "../../helpers/team-run.ts";

/** path -> what it depends on. */
type Needs = Readonly<Record<string, readonly string[]>>;

interface Work {
  readonly needs: Needs;
  /** What a task adds to the dependencies of the design. */
  readonly after?: Needs;
  readonly options?: Partial<RunOptions>;
  /** The answer to a question of the engineer, where it is not the good one. */
  readonly answer?: (call: LlmCall) => string | LlmAnswer | undefined;
  readonly order?: (waiting: number) => number;
}

const source = (path: string, version = 1) => `# ${path} ${version}\n`;
const block = (text: string) => `\`\`\`python\n${text}\`\`\``;
const verdict = (word: string, ...comments: string[]) => JSON.stringify({ verdict: word, comments });

/** Has a company write these files: all else as for the greeter. */
async function written({ needs, after = {}, options = {}, answer = () => undefined, order }: Work) {
  const paths = Object.keys(needs);
  const file = (path: string): Design["files"][number] => ({
    path,
    purpose: `Purpose of ${path}.`,
    depends_on: [...(needs[path] ?? [])],
    exports: [{ name: `do_${path[0]}`, kind: "function", signature: "", description: `Does ${path}.` }],
  });
  const task = (path: string): Tasks["tasks"][number] => ({
    path,
    logic: `Task of ${path}.`,
    depends_on: [...(after[path] ?? [])],
  });
  const answers: Record<string, string> = {
    WriteDesign: JSON.stringify({ ...design, files: paths.map(file), entry_point: paths.at(-1) }),
    WriteTasks: JSON.stringify({ ...tasks, tasks: paths.map(task) }),
  };
  const run = await runTeam({
    roles: roster({ implement: true }),
    options,
    ...(order ? { order } : {}),
    answer: (call) =>
      answer(call) ??
      answers[call.action] ??
      (call.action === "WriteCode" ? block(source(call.subject, call.attempt)) : answerTo(call.messages)),
  });
  const asked = run.asked.filter(({ call }) => call.role === "Engineer");
  return {
    ...run,
    /** What the engineer asked, in that order. */
    keys: asked.map(({ key }) => key),
    promptOf: (key: string) => asked.find((question) => question.key === key)?.call.messages[1]?.content ?? "",
    systems: asked.map(({ call }) => call.messages[0]?.content),
    prompts: asked.map(({ call }) => call.messages[1]?.content ?? ""),
    code: Object.fromEntries(Object.entries(run.documents.WriteCode ?? {})),
    commits: run.commits.filter(({ message }) => String(message).startsWith("WriteCode")),
  };
}

const quick = { codeReview: false };

describe("the order of files", () => {
  it("follows the dependencies of the design and of the tasks", async () => {
    const { keys, commits } = await written({
      needs: { "d.py": ["b.py"], "b.py": ["a.py"], "a.py": [], "c.py": [] },
      after: { "c.py": ["d.py"] },
      options: quick,
    });
    expect(keys).toEqual(["a.py", "b.py", "d.py", "c.py"].map((path) => `WriteCode/${path}/1.1`));
    expect(commits.map(({ message }) => message)).toEqual(
      ["a.py", "b.py", "d.py", "c.py"].map((path) => `WriteCode by Engineer: ${path}`),
    );
  });

  it("lets a file wait for the reviews of what it depends on", async () => {
    const { keys } = await written({ needs: { "a.py": [], "b.py": ["a.py"] } });
    expect(keys).toEqual([
      "WriteCode/a.py/1.1",
      "WriteCodeReview/a.py/1.1",
      "WriteCode/b.py/1.1",
      "WriteCodeReview/b.py/1.1",
    ]);
  });

  it("breaks a circle that tasks close, says so, and still tells the contract of what is not waited for", async () => {
    const { code, notes, promptOf } = await written({
      needs: { "a.py": [], "b.py": ["a.py"] },
      after: { "a.py": ["b.py"] },
      options: quick,
    });
    expect(Object.keys(code).toSorted()).toEqual(["a.py", "b.py"]);
    expect(notes("warning").map(({ message }) => message)).toEqual([
      "b.py and a.py wait for each other; b.py is written first",
    ]);
    expect(promptOf("WriteCode/b.py/1.1")).toContain("## The files it uses\na.py: Purpose of a.py.\n- do_a (function)");
  });

  it("breaks a circle of the design, says so, and tells each file the contract of the other", async () => {
    const { code, notes, promptOf } = await written({ needs: { "a.py": ["b.py"], "b.py": ["a.py"] }, options: quick });
    expect(Object.keys(code).toSorted()).toEqual(["a.py", "b.py"]);
    expect(notes("warning").map(({ message }) => message)).toEqual([
      "b.py and a.py wait for each other; b.py is written first",
    ]);
    expect(promptOf("WriteCode/b.py/1.1")).toContain("- do_a (function)");
    expect(promptOf("WriteCode/a.py/1.1")).toContain("- do_b (function)");
  });

  it.each([1, 3, 9])("has at most %d files under way", async (concurrency) => {
    const needs = Object.fromEntries(Array.from("abcdef", (name) => [`${name}.py`, []]));
    const { most, code } = await written({ needs, options: { concurrency }, order: (waiting) => waiting - 1 });
    expect(most).toBe(Math.min(concurrency, 6));
    expect(Object.keys(code)).toHaveLength(6);
  });
});

describe("commits of code", () => {
  it("are one a level, in the order of the design, each with its files as they were reviewed", async () => {
    const { commits } = await written({
      needs: { "b.py": [], "a.py": [], "c.py": ["a.py", "b.py"] },
      answer: ({ action, subject, attempt }) =>
        action === "WriteCodeReview" && subject === "a.py" && attempt === 1 ? verdict("LBTM", "Faster.") : undefined,
      order: (waiting) => waiting - 1,
    });
    expect(commits).toEqual([
      {
        message: "WriteCode by Engineer: b.py, a.py",
        files: { "b.py": source("b.py"), "a.py": source("a.py", 2) },
      },
      { message: "WriteCode by Engineer: c.py", files: { "c.py": source("c.py") } },
    ]);
  });

  it("are not made of a level in which nothing was written", async () => {
    const { commits } = await written({
      needs: { "a.py": [], "b.py": ["a.py"] },
      options: quick,
      answer: ({ action }) => (action === "WriteCode" ? failed("network", "gone") : undefined),
    });
    expect(commits).toEqual([]);
  });
});

describe("reviews", () => {
  it.each([0, 1, 2, 3])("are heard at most %d times a file", async (codeReviewTimes) => {
    const { keys, code, outcome } = await written({
      needs: { "a.py": [] },
      options: { codeReviewTimes },
      answer: ({ action }) => (action === "WriteCodeReview" ? verdict("LBTM", "More.") : undefined),
    });
    const rounds = Array.from({ length: codeReviewTimes }, (_, index) => index + 1);
    expect(keys).toEqual([
      "WriteCode/a.py/1.1",
      ...rounds.flatMap((time) => [`WriteCodeReview/a.py/${time}.1`, `WriteCode/a.py/${time + 1}.1`]),
    ]);
    expect(code["a.py"]).toBe(source("a.py", codeReviewTimes + 1));
    expect(outcome).toBe("done");
  });

  it("send the file back with the code and the comments, and are shown", async () => {
    const { promptOf, notes } = await written({
      needs: { "a.py": [] },
      answer: ({ action, attempt }) =>
        action === "WriteCodeReview" && attempt === 1 ? verdict("LBTM", "Mind zero.") : undefined,
    });
    expect(promptOf("WriteCode/a.py/2.1")).toContain(
      `${source("a.py")}\`\`\`\n\nA review asks for these changes:\n- Mind zero.`,
    );
    expect(promptOf("WriteCodeReview/a.py/2.1")).toContain(source("a.py", 2));
    expect(notes("review")).toEqual([
      {
        type: "review",
        role: "Engineer",
        action: "WriteCodeReview",
        subject: "a.py",
        approved: false,
        comments: ["Mind zero."],
      },
      { type: "review", role: "Engineer", action: "WriteCodeReview", subject: "a.py", approved: true, comments: [] },
    ]);
  });

  it("that refuse without a word have the file checked again", async () => {
    const { promptOf } = await written({
      needs: { "a.py": [] },
      answer: ({ action, attempt }) => (action === "WriteCodeReview" && attempt === 1 ? verdict("LBTM") : undefined),
    });
    expect(promptOf("WriteCode/a.py/2.1")).toContain("- Check it against its contract and task.");
  });

  it.each([
    ["a review", "WriteCodeReview/a.py/1"],
    ["a rewrite", "WriteCode/a.py/2"],
  ])("keep the file as it was when %s cannot be used, and what depends on it goes on", async (_what, broken) => {
    const { code, missing, outcome } = await written({
      needs: { "a.py": [], "b.py": ["a.py"] },
      options: { maxReasks: 0 },
      answer: ({ action, subject, attempt }) => {
        if (`${action}/${subject}/${attempt}` === broken) return "no";
        return action === "WriteCodeReview" && subject === "a.py" ? verdict("LBTM", "x") : undefined;
      },
    });
    expect(code).toEqual({ "a.py": source("a.py"), "b.py": source("b.py") });
    expect([outcome, missing.map(({ subject, kind }) => [subject, kind])]).toEqual([
      "incomplete",
      [["review of a.py", "unusable"]],
    ]);
  });
});

it("goes on with what does not depend on a file that failed, and does not check the whole", async () => {
  const { code, missing, keys, outcome } = await written({
    needs: { "a.py": [], "b.py": ["a.py"], "c.py": ["b.py"], "d.py": [] },
    options: { ...quick, maxReasks: 0, autoSummarize: 1 },
    answer: ({ action, subject }) => (action === "WriteCode" && subject === "a.py" ? "no" : undefined),
  });
  expect(code).toEqual({ "d.py": source("d.py") });
  expect(keys).toEqual(["WriteCode/a.py/1.1", "WriteCode/d.py/1.1"]);
  expect(outcome).toBe("incomplete");
  expect(missing.map(({ subject, kind, reason }) => [subject, kind, kind === "skipped" ? reason : ""])).toEqual([
    ["a.py", "unusable", ""],
    ["b.py", "skipped", "not begun, because it needs a.py"],
    ["c.py", "skipped", "not begun, because it needs b.py"],
  ]);
});

describe("checking the whole code", () => {
  const todo = (...paths: string[]) =>
    JSON.stringify({ summary: "It works.", todo: paths.map((path) => ({ path, change: `Mend ${path}.` })) });
  const needs = { "a.py": [], "b.py": ["a.py"] };
  /** A run in which these are the summaries, in order. */
  const checked = (autoSummarize: number, summaries: string[], answer: Work["answer"] = () => undefined) =>
    written({
      needs,
      options: { ...quick, autoSummarize, maxReasks: 0 },
      answer: (call) => (call.action === "SummarizeCode" ? summaries[call.attempt - 1] : answer(call)),
    });

  it.each([
    [0, [], 0],
    [1, [todo("a.py")], 1],
    [2, [todo("a.py"), todo("b.py"), todo("a.py")], 2],
    [5, [todo("a.py"), todo()], 2],
    [-1, [todo("a.py"), todo("b.py"), todo()], 3],
    [3, [todo("elsewhere.py")], 1],
  ])("with %d times allowed ends when they are used up or nothing is left to do", async (times, summaries, heard) => {
    const { keys, outcome } = await checked(times, summaries);
    expect(keys.filter((key) => key.startsWith("SummarizeCode"))).toHaveLength(heard);
    expect(outcome).toBe("done");
  });

  it("mends the files it names in one commit, and sees them mended", async () => {
    const { commits, code, promptOf } = await checked(2, [todo("b.py", "a.py", "b.py"), todo()]);
    expect(commits.slice(2)).toEqual([
      { message: "WriteCode by Engineer: a.py, b.py", files: { "a.py": source("a.py", 2), "b.py": source("b.py", 2) } },
    ]);
    expect(code).toEqual({ "a.py": source("a.py", 2), "b.py": source("b.py", 2) });
    expect(promptOf("WriteCode/b.py/2.1")).toContain("- Mend b.py.\n- Mend b.py.\n");
    expect(promptOf("SummarizeCode/2.1")).toContain(source("a.py", 2));
  });

  it("keeps a file whose mending fails, and lists it", async () => {
    const { code, missing, outcome } = await checked(1, [todo("a.py", "b.py")], ({ subject, attempt }) =>
      subject === "a.py" && attempt === 2 ? "no" : undefined,
    );
    expect(code).toEqual({ "a.py": source("a.py"), "b.py": source("b.py", 2) });
    expect([outcome, missing.map(({ subject }) => subject)]).toEqual(["incomplete", ["change of a.py"]]);
  });
});

describe("what the writer of a file is told", () => {
  const chain: Needs = { "a.py": [], "b.py": ["a.py"], "c.py": ["b.py"], "d.py": ["b.py", "c.py"] };
  /** The same four files among this many others. */
  const among = (others: number): Needs => ({
    ...Object.fromEntries(
      Array.from({ length: others }, (_, index) => [`extra/x${index}.py`, index % 2 ? ["a.py"] : []]),
    ),
    ...chain,
  });

  it("does not grow with the project", async () => {
    const [small, large] = [await written({ needs: chain }), await written({ needs: among(36) })];
    for (const path of Object.keys(chain)) {
      const key = `WriteCode/${path}/1.1`;
      expect(small.promptOf(key).length).toBeGreaterThan(500);
      expect(large.promptOf(key)).toBe(small.promptOf(key));
      expect(large.promptOf(`WriteCodeReview/${path}/1.1`)).toBe(small.promptOf(`WriteCodeReview/${path}/1.1`));
    }
    expect(large.code).toMatchObject({ "extra/x35.py": source("extra/x35.py") });
  });

  it("begins with the same bytes for every file, writing, reviewing and checking the whole", async () => {
    const { prompts, systems } = await written({ needs: among(4), options: { autoSummarize: 1 } });
    expect(prompts).toHaveLength(8 + 8 + 1);
    expect(new Set(systems).size).toBe(1);
    const beginnings = prompts.map((prompt) => prompt.split(/^# (?:Your file|The file under review|All files)/m)[0]);
    expect(new Set(beginnings).size).toBe(1);
    expect(beginnings[0]).toContain(tasks.shared_knowledge);
  });

  it("is its contract, its task, and the contracts and code of what it uses directly", async () => {
    const { promptOf } = await written({ needs: chain, options: quick });
    const prompt = promptOf("WriteCode/c.py/1.1");
    for (const part of ["c.py: Purpose of c.py.", "Task of c.py.", "b.py: Purpose of b.py.", "do_b", source("b.py")]) {
      expect(prompt).toContain(part);
    }
    for (const other of ["a.py", "Purpose of d.py.", "Task of b.py."]) expect(prompt).not.toContain(other);
  });

  it.each([
    ["all that is short", [2_900, 2_900, 2_900], [true, true, true]],
    ["not what is long", [3_100, 100, 100], [false, true, true]],
    ["not more than there is room for", [2_990, 2_990, 2_990, 2_990, 20], [true, true, true, false, true]],
  ])("shows of the code it uses %s", async (_what, lengths, shown) => {
    const paths = lengths.map((_, index) => `f${index}.py`);
    const codeOf = (path: string) => `# ${path} `.padEnd((lengths[paths.indexOf(path)] ?? 10) - 1, "x").concat("\n");
    const { promptOf } = await written({
      needs: { ...Object.fromEntries(paths.map((path) => [path, []])), "main.py": paths },
      options: quick,
      answer: ({ action, subject }) => (action === "WriteCode" ? block(codeOf(subject)) : undefined),
    });
    const prompt = promptOf("WriteCode/main.py/1.1");
    expect(paths.map((path) => prompt.includes(codeOf(path)))).toEqual(shown);
    for (const path of paths) expect(prompt).toContain(`Purpose of ${path}.`);
  });
});
