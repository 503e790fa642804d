import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { duration } from "../../bin/runs-table.ts";
import { displayWidth } from "../../bin/width.ts";
import { exitCodes } from "../../src/errors.ts";
import { lockRun } from "../../src/runs/lock.ts";
import { metagpt } from "../helpers/program.ts";
import { tempFolder } from "../helpers/temp.ts";
import { callStart, ended, makeRun, started } from "../runs/made-runs.ts";

const [snake, chess, timer] = ["20260131-120000-aaaa", "20260201-090000-cccc", "20260202-090000-dddd"];
const bad = "write a chess game\u001b[2J\nwith \u202ehints\u009b1m";

/** A folder with a workspace of three runs: one done, one killed, one out of money. */
async function office() {
  const cwd = realpathSync(tempFolder());
  const workspace = join(cwd, "workspace");
  const llms = [{ role: "Engineer", action: "WriteCode", llm: "main", model: "gpt-4o" }];
  mkdirSync(join(workspace, "snake_game"), { recursive: true });
  await makeRun(workspace, {
    id: snake,
    idea: "写一个贪吃蛇游戏",
    project: join(workspace, "snake_game"),
    calls: [["WritePRD/-/1.1", 0.25]],
    events: [
      [0, started],
      [50, ended("done", { seconds: 3725 })],
    ],
  });
  await makeRun(workspace, {
    id: chess,
    idea: bad,
    project: join(workspace, "chess"),
    described: { llms, investment: 3, flags: { nRound: 5, codeReview: false } },
    calls: [
      ["WritePRD/-/1.1", 0.25],
      ["WriteCode/src/a.js/1.1", 0.5],
      ["WriteCode/src/b.js/1.1", 0.125],
    ],
    events: [
      [0, started],
      [60, callStart("WriteCode/src/c.js/1.1")],
      [65, callStart("WriteCode/src/d.js/1.1")],
    ],
  });
  const missing = [{ subject: "src/x.js", reason: "there was no money left" }];
  await makeRun(workspace, {
    id: timer,
    idea: "a timer",
    events: [
      [0, started],
      [1, ended("budget", { missing, resume: `metagpt resume ${timer} --investment 6` })],
    ],
  });
  return { cwd, workspace, folder: (id: string) => join(workspace, ".runs", id) };
}

const lines = (text: string) => text.trimEnd().split("\n");

describe("metagpt runs", () => {
  it("lists all runs, the newest first, and says what goes on", async () => {
    const { cwd } = await office();
    const { code, stdout, stderr } = await metagpt(["runs"], { cwd });
    expect(lines(stdout)).toEqual([
      "run                   state      cost       time  project               idea",
      `${timer}  budget       $0       10 s                        a timer`,
      `${chess}  killed  $0.8750  1 min 5 s  workspace/chess       write a chess game with hints`,
      `${snake}  done    $0.2500  1 h 2 min  workspace/snake_game  写一个贪吃蛇游戏`,
    ]);
    expect([code, stderr]).toEqual([
      0,
      `· the newest unfinished one goes on with: metagpt resume ${timer} --investment 6\n`,
    ]);
  });

  it("cuts what is long on a narrow screen, and never an id", async () => {
    const { cwd } = await office();
    const { stdout } = await metagpt(["runs"], { cwd, env: { COLUMNS: "78" } });
    expect(lines(stdout).filter((line) => displayWidth(line) > 78)).toEqual([]);
    for (const id of [snake, chess, timer]) expect(stdout).toContain(`${id}  `);
  });

  it("prints them as JSON, in which nothing drives the terminal", async () => {
    const { cwd, workspace, folder } = await office();
    const { code, stdout, stderr } = await metagpt(["runs", "--json"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ id: timer, state: "budget", resumable: true, exitCode: 4 }),
      {
        ...{ id: chess, folder: folder(chess), idea: bad, state: "killed", resumable: true, usd: 0.875, seconds: 65 },
        ...{ calls: 3, project: join(workspace, "chess"), began: "2026-02-01T09:00:00.000Z", sessions: 1 },
        version: "0.6.0",
      },
      expect.objectContaining({ id: snake, state: "done", resumable: false, exitCode: 0 }),
    ]);
  });

  it("lists nothing where nothing is", async () => {
    const cwd = realpathSync(tempFolder());
    expect(await metagpt(["runs"], { cwd })).toEqual({
      ...{ code: 0, stdout: "" },
      stderr: `· there is no run in ${join(cwd, "workspace")} yet\n`,
    });
    expect(await metagpt(["runs", "--json"], { cwd })).toEqual({ code: 0, stdout: "[]\n", stderr: "" });
  });

  it.each([
    ["which stand beside it", [], 0],
    ["where they are told to be", ["--workspace", "workspace"], 0],
  ])("lists them although the config cannot be read, %s", async (_, options, code) => {
    const { cwd } = await office();
    mkdirSync(join(cwd, "config"));
    writeFileSync(join(cwd, "config", "config2.yaml"), "llm: {api_type: [\n");
    const listed = await metagpt(["runs", ...options], { cwd });
    expect([listed.code, lines(listed.stdout).length]).toEqual([code, 4]);
  });

  it.each([
    [["runs", "shw"], "there is no command runs shw; did you mean runs show?"],
    [["runs", snake], `there is no command runs ${snake}\nOne run is shown with: metagpt runs show ${snake}`],
    [["runs", "show", "none"], "there is no run none in"],
    [["runs", "show", "2026"], "3 runs begin with 2026: "],
    [["runs", "show", "a", "b"], "too many arguments for 'show'"],
    [["runs", "--jsn"], "unknown option '--jsn'\n(Did you mean --json?)"],
    [["runs", "rm"], "no run was named\nName runs by their ids, or remove all that are done with --finished."],
    [["runs", "rm", "none"], "there is no run none in"],
    [["runs", "rm", "snake_game"], `snake_game is a project, and only runs are removed\nIts newest run is ${snake}.`],
    [["resume", "a", "b"], "too many arguments for 'resume'"],
    [["resume", "none"], "there is no run none in"],
    [["run"], "there is no command run; did you mean runs?"],
  ])("says what is wrong with %j", async (args, words) => {
    const { cwd, folder } = await office();
    const { code, stdout, stderr } = await metagpt(args, { cwd });
    expect(stderr).toContain(words);
    expect([code, stdout]).toEqual([exitCodes.usage, ""]);
    expect([snake, chess, timer].filter((id) => existsSync(folder(id)))).toHaveLength(3);
  });
});

describe("metagpt runs show", () => {
  it("tells of one run what is known", async () => {
    const { cwd, workspace, folder } = await office();
    writeFileSync(join(folder(chess), "WriteCode-src-a.js.txt"), "raw");
    const { code, stdout, stderr } = await metagpt(["runs", "show", "chess"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    const files = readdirSync(folder(chess));
    expect(files).toContain("journal.jsonl");
    const shown = lines(stdout);
    expect(shown.filter((line) => !line.startsWith("              "))).toEqual([
      chess,
      "  write a chess game with hints",
      "",
      "  state       killed",
      `  go on with  metagpt resume ${chess}`,
      "  began       2026-02-01 09:00 UTC, by version 0.6.0",
      "  took        1 min 5 s",
      "  cost        $0.8750 of $3.00",
      "  calls       3",
      "  asked with  --n-round 5 --no-code-review",
      "  cut off     WriteCode/src/c.js/1.1",
      "  cut off     WriteCode/src/d.js/1.1",
      `  project     ${join(workspace, "chess")}`,
      `  kept in     ${folder(chess)}`,
      "",
      "role      action     LLM   model",
      "Engineer  WriteCode  main  gpt-4o",
      "",
      "action     model   calls  tokens in  out     cost  seconds",
      "WritePRD   gpt-4o      1      1,200  300  $0.2500      2.5",
      "WriteCode  gpt-4o      2      2,400  600  $0.6250      5.0",
      "total                  3      3,600  900  $0.8750      7.5",
    ]);
    expect(shown.find((line) => line.startsWith("              "))).toMatch(
      /^ {14}events\.jsonl \(\d+ bytes\), input\.json \(3 bytes\), journal\.jsonl \(.+\), run\.json \(.+\), 1 raw answer \(\*\.txt\)$/,
    );
  });

  it("tells of the newest run, and how it ended", async () => {
    const { cwd } = await office();
    const { stdout } = await metagpt(["runs", "show"], { cwd });
    expect(lines(stdout).slice(0, 6)).toEqual([
      timer,
      "  a timer",
      "",
      "  state       budget, exit code 4",
      "              it ended: budget",
      `  go on with  metagpt resume ${timer} --investment 6`,
    ]);
    expect(stdout).toContain("  missing     src/x.js: there was no money left\n");
  });

  it("tells who works on a run", async () => {
    const { cwd, folder } = await office();
    const lock = await lockRun(folder(chess));
    const { stdout } = await metagpt(["runs", "show", chess], { cwd });
    const json = await metagpt(["runs", "show", chess, "--json"], { cwd });
    await lock.release();
    expect(stdout).toMatch(
      new RegExp(`  state       running\n              process ${process.pid} on .+ since .+ UTC\n`),
    );
    expect(stdout).not.toContain("go on with");
    expect(JSON.parse(json.stdout)).toMatchObject({ state: "running", holder: { pid: process.pid } });
  });

  it("prints all of it as JSON", async () => {
    const { cwd } = await office();
    const { stdout } = await metagpt(["runs", "show", "--json", chess], { cwd });
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ id: chess, idea: bad, state: "killed", usd: 0.875, investment: 3, flags: { nRound: 5 } },
      resume: `metagpt resume ${chess}`,
      spending: [
        { action: "WritePRD", usd: 0.25 },
        { action: "WriteCode", calls: 2, input: 2400 },
      ],
      underWay: ["WriteCode/src/c.js/1.1", "WriteCode/src/d.js/1.1"],
      files: [{ name: "events.jsonl" }, { name: "input.json", size: 3 }, {}, {}, {}],
    });
  });
});

describe("metagpt runs rm", () => {
  it("removes what is kept of a run, and never its project", async () => {
    const { cwd, workspace, folder } = await office();
    expect(await metagpt(["runs", "rm", "20260131"], { cwd })).toEqual({ code: 0, stdout: `${snake}\n`, stderr: "" });
    expect(existsSync(folder(snake))).toBe(false);
    expect(readdirSync(workspace).sort()).toEqual([".runs", "snake_game"]);
    expect(readdirSync(join(workspace, ".runs")).sort()).toEqual([chess, timer]);
  });

  it("removes with --finished those that are done, and what an interrupted removal has left", async () => {
    const { cwd, workspace } = await office();
    mkdirSync(join(workspace, ".runs", ".gone-x", "y"), { recursive: true });
    expect(await metagpt(["runs", "rm", "--finished"], { cwd })).toMatchObject({ code: 0, stdout: `${snake}\n` });
    expect(readdirSync(join(workspace, ".runs")).sort()).toEqual([chess, timer]);
  });

  it("removes none if one of them could go on, but with --force", async () => {
    const { cwd, folder } = await office();
    const refused = await metagpt(["runs", "rm", snake, chess], { cwd });
    expect(refused).toEqual({
      ...{ code: exitCodes.usage, stdout: "" },
      stderr: `metagpt: the run ${chess} is not finished (killed)\nmetagpt resume goes on with it; --force removes it all the same.\n`,
    });
    expect([existsSync(folder(snake)), existsSync(folder(chess))]).toEqual([true, true]);
    const forced = await metagpt(["runs", "rm", snake, folder(chess), "--force"], { cwd });
    expect(forced).toMatchObject({ code: 0, stdout: `${snake}\n${chess}\n` });
    expect([existsSync(folder(snake)), existsSync(folder(chess))]).toEqual([false, false]);
  });

  it("never removes a run that somebody works on", async () => {
    const { cwd, folder } = await office();
    const lock = await lockRun(folder(chess));
    const refused = await metagpt(["runs", "rm", chess, "--force"], { cwd });
    expect(refused).toMatchObject({ code: exitCodes.busy, stdout: "" });
    expect(refused.stderr).toContain(`process ${process.pid} on `);
    await lock.release();
    expect(existsSync(join(folder(chess), "journal.jsonl"))).toBe(true);
  });
});

describe("metagpt resume", () => {
  it("tells the second of two who has the run", async () => {
    const { cwd, folder } = await office();
    const lock = await lockRun(folder(chess));
    const { code, stderr } = await metagpt(["resume", chess], { cwd });
    await lock.release();
    expect(code).toBe(exitCodes.busy);
    expect(stderr).toMatch(
      new RegExp(
        `^metagpt: the run ${chess} is in use: process ${process.pid} on .+\nWait until it ends, or end it with: kill ${process.pid}\n`,
      ),
    );
  });
});

it.each([
  [0, "0.0 s"],
  [4.24, "4.2 s"],
  [59.4, "59 s"],
  [59.6, "1 min 0 s"],
  [245, "4 min 5 s"],
  [3599.7, "1 h 0 min"],
  [3725, "1 h 2 min"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
