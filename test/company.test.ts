import { type ChildProcess, execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { RunEvent } from "../src/events.ts";
import { asked, folderWith, onOpenAi } from "./helpers/company.ts";
import { answerTo, code, idea, questionOf } from "./helpers/greeter.ts";
import { ollamaServer } from "./helpers/ollama-server.ts";
import { type Ended, metagpt } from "./helpers/program.ts";
import { filesIn, tempFolder } from "./helpers/temp.ts";
import { signal } from "./helpers/upstream.ts";

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();

/** The one run folder of a workspace. */
function runFolder(cwd: string): string {
  const runs = join(cwd, "workspace", ".runs");
  const [id = "", ...others] = readdirSync(runs);
  expect(others).toEqual([]);
  return join(runs, id);
}

const eventsOf = (lines: string) =>
  lines
    .trim()
    .split("\n")
    .map((line) => RunEvent.parse(JSON.parse(line)));

const endOf = ({ stdout }: Ended) => {
  const end = eventsOf(stdout).at(-1);
  if (end?.type !== "run-end") throw new Error(`the last event is ${end?.type}`);
  return end;
};

describe("a whole company", () => {
  it("makes a repository over OpenAI's wire format: every file, every commit", async () => {
    const { run, cwd, project, questions } = await onOpenAi();
    const { code: exitCode, stdout, stderr } = await run();
    expect(stderr).not.toContain("✗");
    expect([exitCode, stdout]).toEqual([0, `${project}\n`]);

    const files = filesIn(project);
    for (const [path, text] of Object.entries(files))
      await expect(text).toMatchFileSnapshot(`fixtures/greeter/${path}.txt`);
    expect(Object.keys(files)).toEqual([
      ".gitignore",
      "README.md",
      "docs/prd.json",
      "docs/prd.md",
      "docs/system_design.json",
      "docs/system_design.md",
      "docs/task.json",
      "docs/task.md",
      "docs/verification.md",
      "greeter/names.py",
      "greeter/phrases.py",
      "main.py",
      "resources/competitive_analysis.mmd",
      "resources/data_api_design.mmd",
      "resources/seq_flow.mmd",
    ]);
    expect(git(project, "log", "--reverse", "--format=%an: %s").split("\n")).toEqual([
      "metagpt: WritePRD by ProductManager",
      "metagpt: WriteDesign by Architect",
      "metagpt: WriteTasks by ProjectManager",
      "metagpt: WriteCode by Engineer: greeter/names.py, greeter/phrases.py",
      "metagpt: WriteCode by Engineer: main.py",
      "metagpt: CheckCode by Engineer",
    ]);
    expect(git(project, "status", "--porcelain")).toBe("");
    expect(execFileSync("python3", ["main.py", "Ada"], { cwd: project, encoding: "utf8" })).toBe("Hello, Ada!\n");
    expect(questions.toSorted()).toEqual([
      "WriteCode/greeter/names.py",
      "WriteCode/greeter/phrases.py",
      "WriteCode/main.py",
      "WriteCodeReview/greeter/names.py",
      "WriteCodeReview/greeter/phrases.py",
      "WriteCodeReview/main.py",
      "WriteDesign",
      "WritePRD",
      "WriteTasks",
    ]);
    expect(Object.keys(filesIn(runFolder(cwd)))).toEqual([
      "events.jsonl",
      "input.json",
      "journal.jsonl",
      "project.json",
      "run.json",
    ]);
  });

  it("makes the same repository over Ollama's wire format", async () => {
    const server = await ollamaServer(({ body }) => answerTo(body.messages));
    onTestFinished(() => server.close());
    const cwd = folderWith(`llm:\n  api_type: ollama\n  base_url: "${server.url}/api"\n  model: qwen2.5-coder\n`);
    const { code: exitCode } = await metagpt([idea], { cwd });
    expect(exitCode).toBe(0);
    for (const [path, text] of Object.entries(filesIn(join(cwd, "workspace", "greeter")))) {
      await expect(text).toMatchFileSnapshot(`fixtures/greeter/${path}.txt`);
    }
    const formats = server.requests.map(({ body }) => [
      questionOf(body.messages).split("/")[0],
      body.format !== undefined,
    ]);
    expect(new Map(formats as [string, boolean][])).toEqual(
      new Map([
        ["WritePRD", true],
        ["WriteDesign", true],
        ["WriteTasks", true],
        ["WriteCode", false],
        ["WriteCodeReview", true],
      ]),
    );
  });

  it("asks each LLM what the configuration maps to it, action before role", async () => {
    const planner = await onOpenAi();
    const coder = await ollamaServer(({ body }) => answerTo(body.messages));
    onTestFinished(() => coder.close());
    writeFileSync(
      join(planner.cwd, "config", "multi_llm_config.yaml"),
      `Engineer: coder\nWriteCodeReview: reviewer\nMODEL_LIST:\n  reviewer:\n    open_llm_api_base: "${planner.server.url}/v1"\n`,
    );
    writeFileSync(
      join(planner.cwd, "config", "config2.yaml"),
      `llm: {api_type: open_llm, base_url: "${planner.server.url}/v1", model: planner}\n` +
        `models:\n  coder: {api_type: ollama, base_url: "${coder.url}", model: qwen2.5-coder}\n`,
    );
    const { code: exitCode } = await planner.run();
    expect(exitCode).toBe(0);
    expect(coder.requests.map(({ body }) => questionOf(body.messages).split("/")[0])).toEqual([
      "WriteCode",
      "WriteCode",
      "WriteCode",
    ]);
    expect(
      planner.server.requests.map(({ body }) => `${questionOf(asked(body.messages)).split("/")[0]} ${body.model}`),
    ).toEqual([
      "WritePRD planner",
      "WriteDesign planner",
      "WriteTasks planner",
      "WriteCodeReview reviewer",
      "WriteCodeReview reviewer",
      "WriteCodeReview reviewer",
    ]);
  });

  it("shows the model the contracts and the short code of what a file uses, and nothing of other files", async () => {
    const { run, server } = await onOpenAi();
    await run();
    const prompts = server.requests.map(({ body }) => asked(body.messages));
    const promptOf = (question: string) =>
      prompts.find((messages) => questionOf(messages) === question)?.[1]?.content ?? "";
    expect(promptOf("WriteCode/main.py")).toContain(code["greeter/names.py"]);
    expect(promptOf("WriteCode/main.py")).toContain("greeting (function): `greeting(name: str) -> str`");
    expect(promptOf("WriteCode/greeter/names.py")).not.toContain("phrases");
    const common = promptOf("WriteCode/main.py").split("# Your file")[0] ?? "";
    expect(common).toContain("The greeting reads: Hello, NAME!");
    for (const question of ["WriteCode/greeter/names.py", "WriteCodeReview/main.py"]) {
      expect(promptOf(question).startsWith(common)).toBe(true);
    }
  });
});

describe("what the options change", () => {
  it("stops after the documents with --no-implement", async () => {
    const { run, project, questions } = await onOpenAi();
    expect((await run(["--no-implement"])).code).toBe(0);
    expect(questions).toEqual(["WritePRD", "WriteDesign", "WriteTasks"]);
    expect(Object.keys(filesIn(project))).not.toContain("main.py");
  });

  it("asks for no review with --no-code-review", async () => {
    const { run, questions } = await onOpenAi();
    expect((await run(["--no-code-review"])).code).toBe(0);
    expect(questions.filter((question) => question.startsWith("WriteCodeReview"))).toEqual([]);
  });

  it("has the whole code checked and mended with --max-auto-summarize-code", async () => {
    const { run, questions, project } = await onOpenAi((question, times) => {
      const todo = [{ path: "main.py", change: "Greet politely." }];
      if (question === "SummarizeCode" && times === 1) return JSON.stringify({ summary: "It greets.", todo });
      if (question === "WriteCode/main.py" && times === 2) return "```python\nprint('Good day.')\n```";
      return undefined;
    });
    expect((await run(["--max-auto-summarize-code", "-1"])).code).toBe(0);
    expect(questions.slice(-3)).toEqual(["SummarizeCode", "WriteCode/main.py", "SummarizeCode"]);
    expect(filesIn(project)["main.py"]).toBe("print('Good day.')\n");
    expect(git(project, "log", "-2", "--format=%s")).toBe("CheckCode by Engineer\nWriteCode by Engineer: main.py");
  });

  it("names the project as told, and never touches a folder that is there", async () => {
    const { run, cwd } = await onOpenAi();
    mkdirSync(join(cwd, "workspace", "hello"), { recursive: true });
    writeFileSync(join(cwd, "workspace", "hello", "mine.txt"), "mine");
    const { stdout } = await run(["--project-name", "hello", "--no-implement"]);
    expect(stdout).toBe(`${join(cwd, "workspace", "hello-2")}\n`);
    expect(filesIn(join(cwd, "workspace", "hello"))).toEqual({ "mine.txt": "mine" });
    expect(JSON.parse(filesIn(join(cwd, "workspace", "hello-2"))["docs/prd.json"] ?? "").project_name).toBe("hello");
  });

  it("ends with 5 when the rounds are used up, keeping the documents", async () => {
    const { run, project } = await onOpenAi();
    const { code: exitCode, stderr } = await run(["--n-round", "2"]);
    expect(exitCode).toBe(5);
    expect(stderr).toContain("--n-round");
    expect(Object.keys(filesIn(project)).filter((path) => path.startsWith("docs/"))).toEqual([
      "docs/prd.json",
      "docs/prd.md",
      "docs/system_design.json",
      "docs/system_design.md",
    ]);
  });

  it("reads the idea from standard input and from a file", async () => {
    const { cwd } = await onOpenAi();
    expect((await metagpt(["-", "--no-implement"], { cwd, input: `${idea}\n` })).code).toBe(0);
    writeFileSync(join(cwd, "idea.txt"), `\uFEFF${idea}\n`);
    expect((await metagpt(["--idea-file", "idea.txt", "--no-implement"], { cwd })).code).toBe(0);
  });

  it("prints one event a line with --json, the same as in the run folder, and nothing else", async () => {
    const { run, cwd } = await onOpenAi();
    const { stdout, stderr } = await run(["--json"]);
    const events = eventsOf(stdout);
    expect(stderr).toBe("");
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const kept = eventsOf(readFileSync(join(runFolder(cwd), "events.jsonl"), "utf8"));
    expect(kept).toEqual(events.filter(({ type }) => type !== "call-progress"));
    expect(endOf({ code: 0, stdout, stderr })).toMatchObject({
      outcome: "done",
      exitCode: 0,
      runCommand: "python3 main.py",
      missing: [],
    });
  });
});

describe("when a model answers badly", () => {
  it("repairs what can be repaired and says so", async () => {
    const { run } = await onOpenAi((question) =>
      question === "WritePRD"
        ? `Here you are:\n\`\`\`json\n${answerTo([{ role: "user", content: "Write the product requirements" }]).replace('"project_name"', '"Project Name"')}}\n\`\`\``
        : undefined,
    );
    const ended = await run(["--json"]);
    expect(ended.code).toBe(0);
    expect(Object.keys(endOf(ended).repairs)).toEqual(expect.arrayContaining(["fence", "key-case"]));
  });

  it("asks again, saying what was wrong", async () => {
    const { run, server, questions } = await onOpenAi((question, times) =>
      question === "WriteDesign" && times === 1 ? JSON.stringify({ implementation_approach: "later" }) : undefined,
    );
    expect((await run(["--no-implement"])).code).toBe(0);
    expect(questions).toEqual(["WritePRD", "WriteDesign", "WriteDesign", "WriteTasks"]);
    expect(server.requests[2]?.body.messages.at(-1)?.content).toContain("- files: missing");
  });

  it("goes on with what does not depend on an unusable file, lists what is missing and ends with 6", async () => {
    const { run, project, cwd } = await onOpenAi((question) =>
      question === "WriteCode/greeter/names.py" ? "I would rather not." : undefined,
    );
    const ended = await run(["--json"]);
    expect(ended.code).toBe(6);
    expect(endOf(ended)).toMatchObject({ outcome: "incomplete" });
    expect(endOf(ended).missing.map(({ subject }) => subject)).toEqual(["greeter/names.py", "main.py"]);
    const files = filesIn(project);
    expect(files["greeter/phrases.py"]).toBe(code["greeter/phrases.py"]);
    expect(files["greeter/names.py"]).toBeUndefined();
    expect(git(project, "log", "-2", "--format=%s")).toBe(
      "CheckCode by Engineer\nWriteCode by Engineer: greeter/phrases.py",
    );
    const raw = Object.entries(filesIn(runFolder(cwd))).filter(([name]) => name.startsWith("WriteCode-greeter-names"));
    expect(raw.map(([, text]) => text)).toEqual(["I would rather not.", "I would rather not."]);
  });

  it("stops after an unusable document, keeping those before it", async () => {
    const { run, project } = await onOpenAi((question) => (question === "WriteDesign" ? "No." : undefined));
    const ended = await run(["--json"]);
    expect(ended.code).toBe(6);
    expect(endOf(ended).missing.map(({ subject }) => subject)).toEqual(["WriteDesign"]);
    expect(Object.keys(filesIn(project))).toContain("docs/prd.md");
  });

  it("rewrites a file the review asks to change, and takes an unclear verdict for no approval", async () => {
    const verdicts = [JSON.stringify({ verdict: "hmm", comments: ["Say hello louder."] }), "LGTM, thank you"];
    const { run, project, questions, server } = await onOpenAi((question, times) => {
      if (question === "WriteCodeReview/greeter/phrases.py") return verdicts[times - 1];
      if (question === "WriteCode/greeter/phrases.py" && times === 2)
        return '```python\ndef greeting(name):\n    return f"HELLO, {name}!"\n```';
      return undefined;
    });
    expect((await run()).code).toBe(0);
    expect(filesIn(project)["greeter/phrases.py"]).toContain("HELLO");
    expect(questions.filter((question) => question.endsWith("phrases.py"))).toEqual([
      "WriteCode/greeter/phrases.py",
      "WriteCodeReview/greeter/phrases.py",
      "WriteCode/greeter/phrases.py",
      "WriteCodeReview/greeter/phrases.py",
    ]);
    const rewrite = server.requests.filter(
      ({ body }) => questionOf(asked(body.messages)) === "WriteCode/greeter/phrases.py",
    )[1];
    expect(rewrite?.body.messages[1]?.content).toContain("- Say hello louder.");
  });

  it("keeps the old code when a rewrite is no code, and says so", async () => {
    const { run, project } = await onOpenAi((question, times) => {
      if (question === "WriteCodeReview/main.py") return JSON.stringify({ verdict: "LBTM", comments: ["Shorter."] });
      return question === "WriteCode/main.py" && times > 1 ? "```python\n\n```" : undefined;
    });
    const ended = await run(["--json"]);
    expect(ended.code).toBe(6);
    expect(endOf(ended).missing.map(({ subject }) => subject)).toEqual(["review of main.py"]);
    expect(filesIn(project)["main.py"]).toBe(code["main.py"]);
  });

  it("writes nothing outside the project, whatever paths a design names", async () => {
    const hostile = ["../evil.py", "sub/../../evil.py", "C:\\evil.py", ".git/hooks/pre-commit", "con.py", "a\u0000.py"];
    const { run, cwd, project } = await onOpenAi((question) => {
      if (question !== "WriteDesign") return undefined;
      const design = JSON.parse(answerTo([{ role: "user", content: "Design the system" }]));
      const files = hostile.map((path) => ({ path, purpose: "evil", depends_on: [], exports: [] }));
      return JSON.stringify({ ...design, files: [...files, ...design.files] });
    });
    const { code: exitCode, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(stderr.replace(/\s+/g, " ")).toContain('refused: "../evil.py"');
    expect(
      Object.keys(filesIn(cwd)).filter((path) => /evil|pre-commit|con\.py/.test(path) && !path.includes(".runs")),
    ).toEqual([]);
    expect(Object.keys(filesIn(project)).filter((path) => path.endsWith(".py"))).toEqual([
      "greeter/names.py",
      "greeter/phrases.py",
      "main.py",
    ]);
  });
});

describe("when a server fails", () => {
  it("tries again what may pass", async () => {
    const busy = { status: 503, body: { error: { message: "overloaded" } }, headers: { "retry-after-ms": "20" } };
    const { run, questions } = await onOpenAi((question, times) =>
      question === "WritePRD" && times === 1 ? busy : undefined,
    );
    expect((await run(["--no-implement"])).code).toBe(0);
    expect(questions.slice(0, 2)).toEqual(["WritePRD", "WritePRD"]);
  });

  it("ends with 6 and a word about the key when it is refused, after one request", async () => {
    const refusal = {
      status: 401,
      body: { error: { message: "Incorrect API key provided", code: "invalid_api_key" } },
    };
    const { run, server } = await onOpenAi(() => refusal);
    const { code: exitCode, stderr } = await run();
    expect(exitCode).toBe(6);
    expect(stderr).toContain("api_key");
    expect(server.requests).toHaveLength(1);
  });

  it("ends within the investment, with 4, and keeps what it has", async () => {
    const { run, cwd, project, server } = await onOpenAi();
    writeFileSync(
      join(cwd, "config", "config2.yaml"),
      `llm: {api_type: open_llm, base_url: "${server.url}/v1", model: qwen, max_token: 1000, price: {input: 0, output: 100}}\n`,
    );
    // one answer may cost 0.10 and really costs some cents: the second one does not fit any more
    const ended = await run(["--investment", "0.11", "--json"]);
    expect(ended.code).toBe(4);
    expect(endOf(ended).usd).toBeLessThanOrEqual(0.11);
    expect(Object.keys(filesIn(project))).toContain("docs/prd.md");
    expect(server.requests).toHaveLength(1);
  });

  it("keeps a stopped run's files, ends with 130, and lets calls under way finish", async () => {
    let child: ChildProcess | undefined;
    const stopping = signal<void>();
    const { run, project, server } = await onOpenAi(async (question) => {
      if (question !== "WriteDesign") return undefined;
      child?.kill("SIGINT");
      await stopping.came;
      return undefined;
    });
    const { code: exitCode } = await run([], {
      watch: (started, stderr) => {
        child = started;
        if (stderr.includes("calls under way get 3 s")) stopping.give();
      },
    });
    expect(exitCode).toBe(130);
    expect(server.requests).toHaveLength(2);
    expect(Object.keys(filesIn(project))).toContain("docs/system_design.md");
    expect(git(project, "status", "--porcelain")).toBe("");
  });

  it("ends at once when it is interrupted twice", async () => {
    const { run } = await onOpenAi((question) =>
      question === "WriteDesign" ? { text: "x", end: "stall", cut: 1 } : undefined,
    );
    let interrupted = 0;
    const { code: exitCode, stderr } = await run([], {
      watch: (child, text) => {
        if (interrupted === 0 && text.includes("WritePRD by ProductManager")) {
          interrupted = 1;
          setTimeout(() => child.kill("SIGTERM"), 200);
        }
        if (interrupted === 1 && text.includes("once more stops at once")) {
          interrupted = 2;
          child.kill("SIGTERM");
        }
      },
    });
    expect([exitCode, interrupted]).toEqual([143, 2]);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^metagpt resume \S+$/);
  });

  it("leaves whole files and a sound history behind when it is killed in mid-stream", async () => {
    const { run, project } = await onOpenAi((question) =>
      question === "WriteCode/main.py"
        ? { text: `\`\`\`python\n${"x = 1\n".repeat(2000)}\`\`\``, pause: 50 }
        : undefined,
    );
    let killed = false;
    const { code: exitCode } = await run([], {
      watch: (child, text) => {
        if (killed || !text.includes("WriteCode by Engineer")) return;
        killed = true;
        setTimeout(() => child.kill("SIGKILL"), 200);
      },
    });
    expect(exitCode).toBe(null);
    expect(git(project, "fsck", "--strict")).toBe("");
    expect(git(project, "status", "--porcelain")).toBe("");
    expect(filesIn(project)["main.py"]).toBeUndefined();
    expect(filesIn(project)["greeter/names.py"]).toBe(code["greeter/names.py"]);
  });

  it("works without git and says so", async () => {
    const { run, project } = await onOpenAi();
    const { code: exitCode, stderr } = await run(["--no-implement"], { env: { PATH: tempFolder() } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("git is not installed");
    expect(Object.keys(filesIn(project))).toContain("docs/task.md");
  });

  it("never prints or keeps a key", async () => {
    const { run, cwd, server } = await onOpenAi();
    const key = "sk-secret-0123456789abcdef";
    writeFileSync(
      join(cwd, "config", "config2.yaml"),
      `llm: {api_type: open_llm, base_url: "${server.url}/v1", model: qwen, api_key: "\${SECRET_KEY}"}\n`,
    );
    const { stdout, stderr } = await run(["--verbose", "--record", "tape"], { env: { SECRET_KEY: key } });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
    const everything = [
      stdout,
      stderr,
      ...Object.values(filesIn(join(cwd, "workspace"))),
      ...Object.values(filesIn(join(cwd, "tape"))),
    ];
    expect(everything.filter((text) => text.includes(key))).toEqual([]);
  });
});

describe("what is said before anything is paid", () => {
  it("names the assumed price of a model that nobody knows", async () => {
    const { cwd } = await onOpenAi();
    const env = { OPENAI_API_KEY: "sk-0123456789abcdef" };
    writeFileSync(join(cwd, "config", "config2.yaml"), "llm: {api_type: openai, model: foo-9}\n");
    const { stdout, stderr } = await metagpt([idea, "--estimate"], { cwd, env });
    expect(stderr).toContain("foo-9 has no known price and is counted at $5 in and $25 out per million tokens");
    expect(stdout).toMatch(/about \$\d/);
  });

  it("asks for no LLM that nothing in this run needs", async () => {
    const { run, cwd, questions } = await onOpenAi();
    writeFileSync(join(cwd, "config", "multi_llm_config.yaml"), "WriteCodeReview: claude\nSummarizeCode: zhipu\n");
    expect((await run(["--no-code-review"])).code).toBe(0);
    expect(questions).toHaveLength(6);
    const { code: exitCode, stderr } = await run();
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("WriteCodeReview")]);
  });

  it("goes on when nobody reads what it says any more", async () => {
    const { run, project } = await onOpenAi();
    const { code: exitCode } = await run(["--json", "--no-implement"], { deaf: true });
    expect(exitCode).toBe(0);
    expect(Object.keys(filesIn(project))).toContain("docs/task.md");
  });
});
