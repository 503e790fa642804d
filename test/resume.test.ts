import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readJournal } from "../src/engine/journal.ts";
import type { RunEvent } from "../src/events.ts";
import { asked, onOpenAi } from "./helpers/company.ts";
import { answerTo, code, idea, prd } from "./helpers/greeter.ts";
import { openaiServer } from "./helpers/openai-server.ts";
import { type Ended, metagpt } from "./helpers/program.ts";
import { hasPty } from "./helpers/pty.ts";
import { filesIn, tempFolder } from "./helpers/temp.ts";

const git = (folder: string, ...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });

/** All that a run asks when nothing goes wrong, each once. */
const questions = [
  ...["WriteCode/greeter/names.py", "WriteCode/greeter/phrases.py", "WriteCode/main.py"],
  ...["WriteCodeReview/greeter/names.py", "WriteCodeReview/greeter/phrases.py", "WriteCodeReview/main.py"],
  ...["WriteDesign", "WritePRD", "WriteTasks"],
];

const commits = [
  "WritePRD by ProductManager",
  "WriteDesign by Architect",
  "WriteTasks by ProjectManager",
  "WriteCode by Engineer: greeter/names.py, greeter/phrases.py",
  "WriteCode by Engineer: main.py",
  "CheckCode by Engineer",
];

/**
 * A company whose program gets a signal the first time this question is asked, which is then left without an answer.
 * Commits are made beside the questions: `committed` is a file to wait for.
 */
async function signalled(at: string, signal: NodeJS.Signals, { args = [], committed }: Signalled = {}) {
  let child: ChildProcess | undefined;
  const company = await onOpenAi(async (question, times) => {
    if (question !== at || times > 1) return undefined;
    while (committed && !has(company.project, committed)) await setTimeout(10);
    child?.kill(signal);
    return { text: "It begins so", end: "stall", cut: 1 };
  });
  const begun = () =>
    company.run(args, {
      watch: (started) => {
        child = started;
      },
    });
  return { ...company, begun };
}

interface Signalled {
  readonly args?: readonly string[];
  readonly committed?: string;
}

const has = (project: string, path: string) =>
  spawnSync("git", ["-C", project, "cat-file", "-e", `HEAD:${path}`]).status === 0;

type Company = Awaited<ReturnType<typeof onOpenAi>>;

/** The only run of a workspace. */
const runOf = ({ cwd }: Pick<Company, "cwd">) => {
  const [id = "", ...others] = readdirSync(join(cwd, "workspace", ".runs"));
  expect(others).toEqual([]);
  return { id, folder: join(cwd, "workspace", ".runs", id) };
};

const eventsIn = (folder: string) =>
  readFileSync(join(folder, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);

const lastLine = ({ stderr }: Ended) => stderr.trimEnd().split("\n").at(-1) ?? "";

/** What a person would type: the last line that was printed. */
const follow = (company: Company, ended: Ended) => metagpt(lastLine(ended).split(" ").slice(1), { cwd: company.cwd });

/** The repository is as it would have been without the interruption. */
function expectFinished({ project }: Company) {
  expect(git(project, "log", "--reverse", "--format=%s").trimEnd().split("\n")).toEqual(commits);
  expect(git(project, "status", "--porcelain", "--ignored")).toBe("");
  expect(git(project, "fsck", "--strict")).toBe("");
  expect(filesIn(project)).toMatchObject(code);
}

/** Starts a program in a terminal of its own, closes that when the design is asked for, and ends as the program does. */
const closing = `
import os, pty, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while b"WritePRD by" not in seen:
    seen += os.read(master, 65536)
time.sleep(0.5)
os.close(master)
ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(128 - ended if ended < 0 else ended)
`;

describe("metagpt resume", () => {
  it.each(["WriteCodeReview/greeter/names.py"])(
    "goes on after kill -9 while %s was asked, and asks nothing twice but what was under way",
    async (at) => {
      const company = await signalled(at, "SIGKILL");
      const killed = await company.begun();
      expect(killed.code).toBe(null);
      const underWay = company.questions.length;
      const resumed = await company.program("resume");
      expect(resumed).toMatchObject({ code: 0, stdout: `${company.project}\n` });
      expectFinished(company);
      const again = company.questions.slice(underWay);
      expect([...new Set(company.questions)].sort()).toEqual(questions);
      // whatever was asked again had no answer when it was killed
      const { folder } = runOf(company);
      const { records } = await readJournal(join(folder, "journal.jsonl"));
      const answered = records.flatMap((record) => ("effect" in record || record.operation !== "llm" ? [] : [record]));
      expect(answered.map(({ key }) => key.replace(/\/1\.1$/, "")).sort()).toEqual(questions);
      expect(again).toContain(at);
      expect(company.questions.length - new Set(company.questions).size).toBeLessThanOrEqual(2);
    },
  );

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("goes on after %s, by the command that was printed last", async (signal, exitCode) => {
    const company = await signalled("WriteDesign", signal);
    const stopped = await company.begun();
    expect(stopped.code).toBe(exitCode);
    expect(lastLine(stopped)).toBe(`metagpt resume ${runOf(company).id}`);
    expect((await follow(company, stopped)).code).toBe(0);
    expectFinished(company);
  });

  it("tells one story: events without gaps or repetition, what was replayed, and what all of it cost", async () => {
    const company = await signalled("WriteCode/main.py", "SIGKILL");
    await company.begun();
    const { folder } = runOf(company);
    const before = eventsIn(folder);
    const { stdout } = await company.program("resume", "--json");
    const events = eventsIn(folder);
    const told = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
    expect(told.filter(({ type }) => type !== "call-progress")).toEqual(events.slice(before.length));
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => (before.at(-1)?.seq ?? 0) + index + 1));
    const replayed = told.flatMap((event) => (event.type === "replayed" ? [event.key] : []));
    const ended = before.flatMap((event) => (event.type === "call-end" ? [event.key] : []));
    expect(replayed.sort()).toEqual(ended.sort());
    expect(told[0]).toMatchObject({ type: "run-start", resumed: { calls: ended.length } });
    for (const type of ["round-start", "review", "commit"]) {
      const keys = events
        .filter((event) => event.type === type)
        .map(({ v, run, seq, time, ...rest }) => JSON.stringify(rest));
      // what was being told at the very moment of the kill may be told once more
      expect(keys.length - new Set(keys).size).toBeLessThanOrEqual(1);
    }
    const end = events.at(-1) as Extract<RunEvent, { type: "run-end" }>;
    const costs = events.flatMap((event) => (event.type === "call-end" ? [event.cost.usd] : []));
    expect(end.usd).toBeCloseTo(
      costs.reduce((sum, usd) => sum + usd, 0),
      9,
    );
    expect(end.totals.reduce((sum, { calls }) => sum + calls, 0)).toBe(questions.length);
  });

  it.skipIf(!hasPty)("goes on after the terminal was closed", async () => {
    const company = await onOpenAi((question, times) =>
      question === "WriteDesign" && times === 1 ? { text: "It begins so", end: "stall", cut: 1 } : undefined,
    );
    const program = new URL("../dist/metagpt.cjs", import.meta.url).pathname;
    const env = { PATH: process.env.PATH ?? "", HOME: join(company.cwd, "home") };
    const child = spawn("python3", ["-c", closing, process.execPath, program, idea], { cwd: company.cwd, env });
    const [exitCode] = await once(child, "close");
    expect(exitCode).toBe(129);
    expect((await company.program("resume")).code).toBe(0);
    expectFinished(company);
  });

  it("goes on with a larger investment where the money ran out, and counts what was spent before", async () => {
    const company = await onOpenAi();
    const config = `{api_type: open_llm, base_url: "${company.server.url}/v1", model: qwen, max_token: 1000, price: {input: 0, output: 100}}`;
    writeFileSync(join(company.cwd, "config", "config2.yaml"), `llm: ${config}\n`);
    const ended = await company.run(["--investment", "0.11"]);
    expect(ended.code).toBe(4);
    expect(lastLine(ended)).toMatch(/^metagpt resume \S+ --investment 0\.22$/);
    const asked = company.questions.length;
    const again = await company.program("resume");
    expect([again.code, company.questions.length]).toEqual([4, asked]);
    // what is decided anew is decided for good
    const some = await company.program("resume", "--investment", "0.115");
    expect([some.code, lastLine(some)]).toEqual([4, expect.stringMatching(/--investment 0\.23$/)]);
    const resumed = await company.program("resume", "--investment", "3", "--json");
    expect(resumed.code).toBe(0);
    expectFinished(company);
    expect(company.questions.toSorted()).toEqual(questions);
  });

  it("goes on with more rounds where they were used up", async () => {
    const company = await onOpenAi();
    const ended = await company.run(["--n-round", "2"]);
    expect(ended.code).toBe(5);
    expect(lastLine(ended)).toMatch(/^metagpt resume \S+ --n-round 4$/);
    expect((await follow(company, ended)).code).toBe(0);
    expectFinished(company);
    expect(company.questions.toSorted()).toEqual(questions);
  });

  it("asks another LLM only what nobody has answered", async () => {
    const company = await onOpenAi((question) =>
      question === "WriteTasks" ? { status: 401, body: { error: { message: "no such key" } } } : undefined,
    );
    const ended = await company.run();
    expect(ended.code).toBe(6);
    const other = await openaiServer(({ body }) => answerTo(asked(body.messages)));
    try {
      const file = join(company.cwd, "config", "config2.yaml");
      const models = `models:\n  other: {api_type: open_llm, base_url: "${other.url}/v1", model: glm}\n`;
      writeFileSync(file, `${readFileSync(file, "utf8")}${models}`);
      const resumed = await company.program("resume", "--llm", "other");
      expect(resumed.code).toBe(0);
      expectFinished(company);
      expect(company.questions.toSorted()).toEqual(["WriteDesign", "WritePRD", "WriteTasks"]);
      expect(other.requests).toHaveLength(questions.length - 2);
    } finally {
      await other.close();
    }
  });

  it("asks another LLM anew what one has answered with nothing but rubbish", async () => {
    const company = await onOpenAi((question) => (question === "WriteDesign" ? "I cannot do that." : undefined));
    expect((await company.run()).code).toBe(6);
    const asked = company.questions.length;
    expect([(await company.program("resume")).code, company.questions.length]).toEqual([6, asked]);
    const other = await onOpenAi();
    const file = join(company.cwd, "config", "config2.yaml");
    const models = `models:\n  other: {api_type: open_llm, base_url: "${other.server.url}/v1", model: glm}\n`;
    writeFileSync(file, `${readFileSync(file, "utf8")}${models}`);
    expect((await company.program("resume", "--llm", "other")).code).toBe(0);
    expectFinished(company);
    expect(other.questions.toSorted()).toEqual(questions.filter((question) => question !== "WritePRD"));
  });

  it("leaves everything as it is where the config cannot be read, and goes on once it can", async () => {
    const company = await signalled("WriteDesign", "SIGKILL");
    await company.begun();
    const config = join(company.cwd, "config", "config2.yaml");
    const good = readFileSync(config, "utf8");
    writeFileSync(config, "llm: [");
    const refused = await company.program("resume");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("config2.yaml");
    expect(lastLine(refused)).toBe(`metagpt resume ${runOf(company).id}`);
    writeFileSync(config, good);
    expect((await follow(company, refused)).code).toBe(0);
    expectFinished(company);
  });

  it("means by relative paths what they meant when the run began, wherever the user stands now", async () => {
    const company = await signalled("WriteDesign", "SIGKILL");
    await company.begun();
    const elsewhere = tempFolder();
    const { code: exitCode } = await metagpt(["resume", "--workspace", join(company.cwd, "workspace")], {
      cwd: elsewhere,
    });
    expect(exitCode).toBe(0);
    expectFinished(company);
  });

  it("tells the second of two processes who has the run", async () => {
    const company = await onOpenAi((question) =>
      question === "WriteDesign" ? { text: "x", end: "stall", cut: 1 } : undefined,
    );
    let second: Promise<Ended> | undefined;
    let first: ChildProcess | undefined;
    const begun = company.run([], {
      watch: (child, text) => {
        first = child;
        if (second || !text.includes("WritePRD by ProductManager")) return;
        second = company.program("resume", runOf(company).id);
        second.finally(() => child.kill("SIGKILL"));
      },
    });
    await begun;
    const refused = await second;
    expect(refused?.code).toBe(8);
    expect(refused?.stderr).toContain(String(first?.pid));
  });

  it("is not stopped by a journal that a crash has torn, and asks again only what is lost", async () => {
    const company = await signalled("WriteTasks", "SIGKILL");
    await company.begun();
    const journal = join(runOf(company).folder, "journal.jsonl");
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
    const last = lines.findLastIndex((line) => line.includes('"operation":"llm"'));
    writeFileSync(journal, `${lines.slice(0, last).join("\n")}\n${lines[last]?.slice(0, 100)}`);
    expect((await company.program("resume")).code).toBe(0);
    expectFinished(company);
    expect(company.questions.toSorted()).toEqual([...questions, "WriteDesign", "WriteTasks"].sort());
  });

  it("keeps what had come of an answer that broke off, until it is whole", async () => {
    let child: ChildProcess | undefined;
    const company = await onOpenAi((question, times) =>
      question === "WriteDesign" && times === 1 ? { text: "so far ".repeat(400), pause: 300, end: "stall" } : undefined,
    );
    const begun = company.run([], {
      watch: (started) => {
        child = started;
      },
    });
    const partial = () => join(runOf(company).folder, "partial", "WriteDesign.txt");
    await expect.poll(() => readFileSync(partial(), "utf8"), { timeout: 10_000 }).toMatch(/^(?:so far ){50}/);
    child?.kill("SIGKILL");
    await begun;
    expect(readFileSync(partial(), "utf8")).toContain("so far");
    expect((await company.program("resume")).code).toBe(0);
    expect(() => readFileSync(partial())).toThrow("ENOENT");
    expectFinished(company);
  });

  it("completes a recording that was begun", async () => {
    const company = await signalled("WriteTasks", "SIGKILL", { args: ["--record", "tape"] });
    await company.begun();
    expect((await company.program("resume")).code).toBe(0);
    const played = await company.program(idea, "--llm", "recording/tape", "--project-name", "played");
    expect(played.code).toBe(0);
    expect(filesIn(join(company.cwd, "workspace", "played"))).toMatchObject(code);
    expect(company.questions.length).toBe(questions.length + 1);
  });
});

describe("an edited document", () => {
  it("counts as it stands; what depends on it is asked anew, and nothing else", async () => {
    const company = await signalled("WriteCode/main.py", "SIGKILL", { committed: "docs/prd.json" });
    await company.begun();
    const asked = company.questions.length;
    const file = join(company.project, "docs", "prd.json");
    const edited = { ...prd, product_goals: ["Greet politely"] };
    writeFileSync(file, JSON.stringify(edited));
    const resumed = await company.program("resume");
    expect(resumed.code).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject(edited);
    const again = company.questions.slice(asked);
    expect(again).not.toContain("WritePRD");
    expect(again).toContain("WriteDesign");
    expect(git(company.project, "status", "--porcelain")).toBe("");
    // and it still does when the run is interrupted once more
    const after = company.questions.length;
    expect((await company.program("resume", runOf(company).id)).code).toBe(0);
    expect(company.questions.length).toBe(after);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject(edited);
  });

  it("keeps code that was changed by hand in the history", async () => {
    const company = await signalled("WriteCodeReview/main.py", "SIGKILL", { committed: "greeter/names.py" });
    await company.begun();
    const file = join(company.project, "greeter", "names.py");
    writeFileSync(file, `${readFileSync(file, "utf8")}\n# by hand\n`);
    expect((await company.program("resume")).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("# by hand");
    expect(git(company.project, "status", "--porcelain")).toBe("");
    expect(git(company.project, "log", "--format=%s").split("\n")).toContain(
      "Changed by hand while the run was stopped",
    );
  });
});

describe("--recover-path", () => {
  it("goes on with the run that made the project", async () => {
    const company = await signalled("WriteCode/main.py", "SIGKILL", { committed: "docs/task.json" });
    await company.begun();
    const resumed = await company.program("--recover-path", company.project);
    expect(resumed.code).toBe(0);
    expectFinished(company);
    runOf(company);
  });

  it("refuses what was decided when the run began", async () => {
    const company = await signalled("WriteDesign", "SIGKILL", { committed: "docs/prd.json" });
    await company.begun();
    const refused = await company.program("--recover-path", company.project, "--language", "German");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain("--language was decided when the run began");
  });

  it("goes on from the documents alone where the run is not known any more", async () => {
    const company = await signalled("WriteTasks", "SIGKILL", { committed: "docs/system_design.json" });
    await company.begun();
    renameSync(join(company.cwd, "workspace", ".runs"), join(company.cwd, "old-runs"));
    const asked = company.questions.length;
    const resumed = await company.program("--recover-path", company.project);
    expect(resumed.code).toBe(0);
    expect(company.questions.slice(asked).toSorted()).toEqual(questions.filter((name) => !/PRD|Design/.test(name)));
    expect(filesIn(company.project)).toMatchObject(code);
  });
});

/** A file system with little room needs a name space of one's own. */
const small = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]).status === 0;

describe("a full disk", () => {
  it.skipIf(!small)("ends the run with 74, keeps what was answered, and the run goes on with more room", async () => {
    const company = await onOpenAi();
    const place = join(company.cwd, "small");
    mkdirSync(place);
    const program = new URL("../dist/metagpt.cjs", import.meta.url).pathname;
    const script = `
      mount -t tmpfs -o size=120k tmpfs "$0" || exit 99
      "$1" "$2" "$3" --workspace "$0" >out 2>err; echo $? >code
      mount -o remount,size=50m "$0"
      "$1" "$2" resume --workspace "$0" >out2 2>err2; echo $? >code2
      cp -r "$0" kept`;
    const env = { PATH: process.env.PATH ?? "", HOME: company.cwd };
    const child = spawn("unshare", ["-rm", "sh", "-c", script, place, process.execPath, program, idea], {
      ...{ cwd: company.cwd, env, stdio: "ignore" },
    });
    await new Promise((resolve) => child.on("close", resolve));
    const said = (name: string) => readFileSync(join(company.cwd, name), "utf8");
    expect([said("err"), said("code")]).toEqual([expect.stringMatching(/no space (?:is )?left/i), "74\n"]);
    expect(said("err").trimEnd().split("\n").at(-1)).toMatch(/^metagpt resume /);
    expect([said("err2"), said("code2")]).toEqual([expect.any(String), "0\n"]);
    expectFinished({ ...company, project: join(company.cwd, "kept", "greeter") });
    // only what was under way when the disk was full may be asked twice
    expect(company.questions.length).toBeLessThanOrEqual(questions.length + 2);
  });
});
