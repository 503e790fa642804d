import { describe, expect, it } from "vitest";
import { roster } from "../../roles/index.ts";
import type { LlmCall } from "../../src/llm/call.ts";
import type { RunOptions } from "../../src/options.ts";
import type { Finding } from "../../src/project/checks/finding.ts";
import { code, design, prd, tasks } from "../helpers/greeter.ts";
import { runTeam } from "../helpers/team-run.ts";

const block = (text: string) => `\`\`\`python\n${text}\`\`\``;
const message = (kind: string, document: unknown) => ({ kind, subject: "", from: "User", document: document as never });
const documents = [message("WritePRD", prd), message("WriteDesign", design), message("WriteTasks", tasks)];
const plan = {
  cause: "",
  changes: [
    { path: "main.py", action: "change", what: "Print it twice.", why: "Wanted.", depends_on: ["greeter/phrases.py"] },
    { path: "greeter/phrases.py", action: "change", what: "Add twice.", why: "For main.", depends_on: [] },
  ],
};

interface Told {
  readonly kind?: "requirement" | "bug";
  readonly documented?: boolean;
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Partial<RunOptions>;
  readonly answer?: (call: LlmCall) => string | undefined;
  readonly check?: (files: Readonly<Record<string, string>>) => readonly Finding[];
  readonly trial?: Parameters<typeof runTeam>[0]["trial"];
}

/** A change of the greeter, or of the same code without its documents. */
const changed = ({ kind = "requirement", documented = true, files = code, options = {}, answer, check, trial }: Told) =>
  runTeam({
    roles: roster({ implement: true, run_tests: options.runTests ?? false }),
    options: { change: true, ...options },
    history: [message("Repository", { files, closed: [".env", "sm"] }), ...(documented ? documents : [])],
    nearest: Object.keys(files),
    ...(check && { check }),
    ...(trial && { trial }),
    answer: (call) =>
      answer?.(call) ??
      {
        ClassifyRequest: JSON.stringify({ kind, why: "so it is" }),
        RefinePRD: JSON.stringify({ product_goals: ["Greet twice"] }),
        RefineDesign: JSON.stringify({ files: [], removed_files: [] }),
        RefineTasks: JSON.stringify({ tasks: [{ path: "main.py", logic: "Print it twice.", depends_on: [] }] }),
        WriteCodePlanAndChange: JSON.stringify(plan),
        EditCode: block(`${code[call.subject] ?? ""}# ${call.attempt}\n`),
        WriteTest: block("# a test\n"),
        ReproduceBug: block("# fails\n"),
        DebugError: "",
      }[call.action] ??
      "",
  });

type Run = Awaited<ReturnType<typeof changed>>;
const actions = ({ keys }: Run) => keys.map((key) => key.split("/")[0]);
const promptOf = (run: Run, action: string) =>
  run.asked.find(({ call }) => call.action === action)?.call.messages[1]?.content ?? "";

describe("a new requirement", () => {
  it("refines the documents by the fields that change, then plans, then edits along the plan", async () => {
    const run = await changed({});
    expect(actions(run)).toEqual([
      ...["ClassifyRequest", "RefinePRD", "RefineDesign", "RefineTasks", "WriteCodePlanAndChange"],
      ...["EditCode", "EditCode"],
    ]);
    expect(JSON.parse(run.tree()["docs/prd.json"])).toEqual({
      ...prd,
      product_goals: ["Greet twice"],
      original_requirements: `${prd.original_requirements}\n${prd.original_requirements}`,
    });
    expect(JSON.parse(run.tree()["docs/task.json"]).tasks.map(({ logic }: { logic: string }) => logic)).toEqual([
      "Return the first argument, or world.",
      "Return Hello, NAME!",
      "Print it twice.",
    ]);
    expect(promptOf(run, "WriteCodePlanAndChange")).toContain("## Tasks\nmain.py: Print it twice.");
    expect(run.keys.slice(-2)).toEqual(["EditCode/greeter/phrases.py/1.1", "EditCode/main.py/1.1"]);
    // main.py is edited beside the new phrases.py
    const last = run.asked.at(-1)?.call.messages[1]?.content ?? "";
    expect(last).toContain(`${code["greeter/phrases.py"]}# 1\n`);
    expect(run.notes("plan")[0]).toMatchObject({ changes: [{ path: "greeter/phrases.py" }, { path: "main.py" }] });
  });

  it("writes no file that the plan does not name, besides the documents", async () => {
    const run = await changed({});
    expect(Object.keys(run.tree()).filter((path) => !/^(?:docs|resources)\//.test(path))).toEqual([
      "greeter/phrases.py",
      "main.py",
    ]);
  });

  it("of a repository without documents goes straight to the plan, and leaves no documents behind", async () => {
    const run = await changed({ documented: false });
    expect(actions(run)).toEqual(["ClassifyRequest", "WriteCodePlanAndChange", "EditCode", "EditCode"]);
    expect(Object.keys(run.tree())).toEqual(["greeter/phrases.py", "main.py"]);
  });

  it("can add and delete files", async () => {
    const changes = [
      { path: "greeter/twice.py", action: "add", what: "It.", why: "New.", depends_on: [] },
      { path: "greeter/names.py", action: "delete", what: "", why: "Unused.", depends_on: [] },
    ];
    const run = await changed({
      documented: false,
      answer: ({ action }) =>
        action === "WriteCodePlanAndChange" ? JSON.stringify({ cause: "", changes }) : undefined,
    });
    expect(run.tree()).toEqual({ "greeter/twice.py": "# 1\n", "greeter/names.py": null });
    expect(run.documents.EditCode).toEqual({ "greeter/twice.py": "# 1\n", "greeter/names.py": null });
  });

  it.each([
    [".env", "was not read, or git does not track it"],
    ["sm/new.py", "sm was not read"],
    ["greeter", "is also the folder of"],
    ["main.py/x.py", "main.py, which is a file"],
    ["Main.py", "differs only in case"],
    ["../x.py", "leaves the project"],
  ])("leaves %s alone, which the plan names, and says so", async (path, why) => {
    const change = { action: "add", what: "It.", why: "Wanted.", depends_on: [] };
    const changes = [
      { ...change, path },
      { ...change, path: "greeter/twice.py" },
    ];
    const run = await changed({
      documented: false,
      answer: ({ action }) =>
        action === "WriteCodePlanAndChange" ? JSON.stringify({ cause: "", changes }) : undefined,
    });
    expect(Object.keys(run.tree())).toEqual(["greeter/twice.py"]);
    expect(run.notes("warning").map(({ message }) => message)).toEqual([expect.stringContaining(why)]);
  });

  it("has only what it broke itself mended", async () => {
    const old: Finding = { path: "greeter/names.py", kind: "import", line: 1, message: "an old fault in line 1" };
    const fresh: Finding = { path: "main.py", kind: "import", message: "a new fault" };
    const run = await changed({
      documented: false,
      check: (files) =>
        files["main.py"]?.includes("# 1") ? [{ ...old, line: 4, message: "an old fault in line 4" }, fresh] : [old],
    });
    expect(run.keys.slice(-1)).toEqual(["EditCode/main.py/2.1"]);
    const comments = run.asked.at(-1)?.call.messages[1]?.content ?? "";
    expect(comments).toContain("A check of the changed file found this:\n- a new fault");
    expect(comments).not.toContain("an old fault");
    expect(run.documents.CheckCode?.[""]).toMatchObject({ findings: [] });
  });
});

describe("a large file", () => {
  const long = `${Array.from({ length: 200 }, (_, line) => `line_${line} = ${line}`).join("\n")}\n`;
  const only = {
    cause: "",
    changes: [{ path: "big.py", action: "change", what: "Change it.", why: "Wanted.", depends_on: [] }],
  };
  const edit = (search: string, replace: string) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE`;

  it("is changed by blocks, and of them only those are asked for again that do not fit", async () => {
    const answers = [
      `${edit("line_3 = 3", "line_3 = 33")}\n${edit("line_7 = 77", "line_7 = 7777")}`,
      edit("line_7 = 7", "line_7 = 7777"),
    ];
    const run = await changed({
      documented: false,
      files: { "big.py": long },
      answer: ({ action, turn }) =>
        action === "EditCode"
          ? answers[turn - 1]
          : action === "WriteCodePlanAndChange"
            ? JSON.stringify(only)
            : undefined,
    });
    expect(run.keys.filter((key) => key.startsWith("EditCode"))).toEqual([
      "EditCode/big.py/1.1",
      "EditCode/big.py/1.2",
    ]);
    const again = run.asked.at(-1)?.call.messages.at(-1)?.content ?? "";
    expect(again).toContain("line_7 = 77");
    expect(again).toContain("line_7 = 7");
    expect(again).not.toContain("line_3 = 33");
    expect(run.tree()["big.py"]).toBe(
      long.replace("line_3 = 3\n", "line_3 = 33\n").replace("line_7 = 7\n", "line_7 = 7777\n"),
    );
  });
});

describe("a bug", () => {
  it("goes to the engineer without touching the documents", async () => {
    const run = await changed({ kind: "bug" });
    expect(actions(run)).toEqual(["ClassifyRequest", "WriteCodePlanAndChange", "EditCode", "EditCode"]);
    expect(promptOf(run, "WriteCodePlanAndChange")).toContain("## The bug");
    expect(Object.keys(run.tree()).filter((path) => path.startsWith("docs/"))).toEqual(["docs/verification.md"]);
  });

  it("is first reproduced by a failing test where tests can run, and the plan is told what it printed", async () => {
    const run = await changed({
      kind: "bug",
      options: { runTests: true },
      trial: ({ subject }, files) =>
        subject === "tests/test_reproduction.py" && !files["main.py"]
          ? { works: "no", why: "exit code 1", output: "AssertionError: 'hello' != 'Hello'" }
          : {},
    });
    expect(actions(run).slice(0, 3)).toEqual(["ClassifyRequest", "ReproduceBug", "WriteCodePlanAndChange"]);
    expect(promptOf(run, "WriteCodePlanAndChange")).toContain("AssertionError: 'hello' != 'Hello'");
    expect(run.tree()["tests/test_reproduction.py"]).toBe("# fails\n");
    expect(run.documents.RunCode?.[""]).toMatchObject({ refused: "" });
    expect(run.outcome).toBe("done");
  });

  it("that no test shows is mended all the same, and that is said", async () => {
    const run = await changed({ kind: "bug", options: { runTests: true } });
    expect(run.notes("warning")[0]?.message).toBe(
      "tests/test_reproduction.py passes already, so it does not show the bug",
    );
    expect(promptOf(run, "WriteCodePlanAndChange")).not.toContain("is a test that fails");
  });
});

describe("the tests of one file", () => {
  it("are written anew and run; nothing else is asked or changed", async () => {
    const run = await changed({ options: { runTests: true, reqaFile: "greeter/names.py" } });
    expect(run.keys).toEqual(["WriteTest/tests/test_greeter_names.py/1.1"]);
    expect(Object.keys(run.tree())).toEqual([
      "tests/__init__.py",
      "tests/test_greeter_names.py",
      "docs/verification.md",
    ]);
  });
});
