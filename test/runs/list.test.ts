import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodes, UsageError } from "../../src/errors.ts";
import { findRun, listRuns, newestRun } from "../../src/runs/list.ts";
import { lockRun } from "../../src/runs/lock.ts";
import { tempFolder } from "../helpers/temp.ts";
import { callStart, ended, makeRun, started, tell } from "./made-runs.ts";

const ids = ["20260131-120000-aaaa", "20260131-130000-bbbb", "20260201-090000-cccc"] as const;

describe("the list of runs", () => {
  it("is empty where there is no workspace, and where there is no run in it", async () => {
    const workspace = tempFolder();
    expect(await listRuns(join(workspace, "none"))).toEqual([]);
    expect(await listRuns(workspace)).toEqual([]);
  });

  it("tells of a run what it did and cost", async () => {
    const workspace = tempFolder();
    const calls = [
      ["WritePRD/-/1.1", 0.25],
      ["WriteCode/src/a.js/1.1", 0.5],
      ["WriteCode/src/b.js/1.1", 0.125],
    ] as const;
    const folder = await makeRun(workspace, {
      id: ids[0],
      project: join(workspace, "snake_game"),
      calls,
      events: [
        [0, started],
        [9, ended("budget", { seconds: 9 })],
        [60, started],
        [80, ended("done", { seconds: 20 })],
      ],
    });
    expect(await listRuns(workspace)).toMatchObject([
      {
        ...{ id: ids[0], folder, idea: "write a snake game", project: join(workspace, "snake_game") },
        ...{ began: "2026-01-31T12:00:00.000Z", version: "0.6.0", state: "done", resumable: false },
        ...{ usd: 0.875, calls: 3, seconds: 29, sessions: 2, exitCode: 0 },
        spending: [
          {
            action: "WritePRD",
            model: "gpt-4o",
            calls: 1,
            failed: 0,
            input: 1200,
            output: 300,
            usd: 0.25,
            seconds: 2.5,
          },
          {
            action: "WriteCode",
            model: "gpt-4o",
            calls: 2,
            failed: 0,
            input: 2400,
            output: 600,
            usd: 0.625,
            seconds: 5,
          },
        ],
      },
    ]);
  });

  it("adds up what was paid to the billionth of a dollar", async () => {
    const workspace = tempFolder();
    const calls = Array.from({ length: 100 }, (_, index) => [`WriteCode/${index}/1.1`, 0.01] as const);
    await makeRun(workspace, { id: ids[0], calls });
    const [run] = await listRuns(workspace);
    expect([run?.usd, run?.calls]).toEqual([1, 100]);
  });

  it("has the newest first, by when they began", async () => {
    const workspace = tempFolder();
    await makeRun(workspace, { id: ids[0], described: { began: "2026-03-01T00:00:00.000Z" } });
    await makeRun(workspace, { id: ids[2] });
    await makeRun(workspace, { id: ids[1] });
    expect((await listRuns(workspace)).map(({ id }) => id)).toEqual([ids[0], ids[2], ids[1]]);
    expect((await newestRun(workspace)).id).toBe(ids[0]);
  });

  it.each(["budget", "rounds", "incomplete", "unreachable", "review", "stopped"] as const)(
    "says of a run that ended with %s that it can go on",
    async (outcome) => {
      const workspace = tempFolder();
      await makeRun(workspace, {
        id: ids[0],
        events: [
          [0, started],
          [1, ended(outcome)],
        ],
      });
      expect(await listRuns(workspace)).toMatchObject([{ state: outcome, resumable: true, exitCode: 4 }]);
    },
  );

  it("says of a run that came to no end that it was killed, and counts its time until its last event", async () => {
    const workspace = tempFolder();
    const folder = await makeRun(workspace, {
      id: ids[0],
      events: [
        [0, started],
        [9, ended("budget")],
        [60, started],
        [62, callStart("a/b/1.1")],
        [75, callStart("c/d/1.1")],
      ],
    });
    const [run] = await listRuns(workspace);
    expect(run).toMatchObject({ state: "killed", resumable: true, seconds: 25, sessions: 2 });
    expect(run).not.toHaveProperty("exitCode");
    expect(run?.past.underWay).toEqual(["a/b/1.1", "c/d/1.1"]);
    tell(folder, [
      [200, started],
      [201, callStart("e/f/1.1")],
    ]);
    expect((await listRuns(workspace))[0]?.past.underWay).toEqual(["e/f/1.1"]);
  });

  it("counts no time backwards where a clock was set back", async () => {
    const workspace = tempFolder();
    await makeRun(workspace, {
      id: ids[0],
      events: [
        [50, started],
        [10, callStart("a/b/1.1")],
      ],
    });
    expect(await listRuns(workspace)).toMatchObject([{ seconds: 0 }]);
  });

  it("says of a run that somebody works on that it is running", async () => {
    const workspace = tempFolder();
    const folder = await makeRun(workspace, { id: ids[0], events: [[0, started]] });
    const lock = await lockRun(folder);
    expect(await listRuns(workspace)).toMatchObject([{ state: "running", resumable: false }]);
    await lock.release();
    expect(await listRuns(workspace)).toMatchObject([{ state: "killed", resumable: true }]);
  });

  it("counts no record that is torn or was changed, and no line that is none", async () => {
    const workspace = tempFolder();
    const calls = [
      ["A/x/1.1", 1],
      ["A/y/1.1", 2],
      ["A/z/1.1", 4],
    ] as const;
    const folder = await makeRun(workspace, { id: ids[0], calls });
    const file = join(folder, "journal.jsonl");
    const [first = "", second = "", third = ""] = readFileSync(file, "utf8").split("\n");
    const changed = second.replace('"usd":2', '"usd":3');
    expect(changed).not.toBe(second);
    writeFileSync(file, `${first}\n${changed}\nnothing\n\n${third.slice(0, -20)}`);
    expect(await listRuns(workspace)).toMatchObject([{ usd: 1, calls: 1 }]);
  });

  it("knows a run of a version that kept no journal by its last event", async () => {
    const workspace = tempFolder();
    const totals = [
      { role: "Engineer", model: "m", calls: 7, input: 1, output: 1, estimated: false, usd: 2, seconds: 3 },
    ];
    const end = ended("stopped", { usd: 2, totals, project: join(workspace, "game") });
    await makeRun(workspace, {
      id: ids[0],
      old: true,
      events: [
        [0, started],
        [1, end],
      ],
    });
    expect(await listRuns(workspace)).toMatchObject([
      { state: "stopped", resumable: false, usd: 2, calls: 7, project: join(workspace, "game") },
    ]);
  });

  it("is not disturbed by what is no run, only half made, or cannot be read", async () => {
    const workspace = tempFolder();
    await makeRun(workspace, { id: ids[0] });
    const runs = join(workspace, ".runs");
    mkdirSync(join(runs, "20260131-140000-half"));
    mkdirSync(join(runs, "folder", "run.json"), { recursive: true });
    mkdirSync(join(runs, ".gone-x"));
    writeFileSync(join(runs, ".gone-x", "run.json"), "{}");
    writeFileSync(join(runs, "notes.txt"), "mine");
    symlinkSync("nowhere", join(runs, "link"));
    const broken = await makeRun(workspace, { id: ids[1] });
    writeFileSync(join(broken, "run.json"), '{"idea": 7');
    writeFileSync(join(broken, "project.json"), '"no"');
    appendFileSync(join(broken, "events.jsonl"), 'x\n{"v":1,"run":"r","seq":1,"time":"t","type":"run-end"\n');
    expect(await listRuns(workspace)).toMatchObject([
      { id: ids[1], idea: "", project: "", state: "killed", usd: 0, seconds: 0 },
      { id: ids[0] },
    ]);
  });
});

describe("a run is found", () => {
  /** Three runs: the oldest and the newest of one project, which is done; the one between is not finished. */
  async function three() {
    const workspace = tempFolder();
    const snake = join(workspace, "snake_game");
    mkdirSync(snake);
    const done = {
      events: [
        [0, started],
        [1, ended("done")],
      ] as const,
    };
    await makeRun(workspace, { id: ids[0], project: snake, events: [[0, started]] });
    await makeRun(workspace, { id: ids[1], project: join(workspace, "chess"), events: [[0, started]] });
    await makeRun(workspace, { id: ids[2], described: { repository: snake }, ...done });
    return { workspace, snake };
  }

  it.each([
    ["its id", ids[0], ids[0]],
    ["the beginning of its id", "20260131-12", ids[0]],
    ["the name of its project", "chess", ids[1]],
    ["the name of its project, the newest of several", "snake_game", ids[2]],
  ])("by %s", async (_, which, id) => {
    const { workspace } = await three();
    expect((await findRun(workspace, which)).id).toBe(id);
  });

  it("by the folder of its project, also through a link, and by its own", async () => {
    const { workspace, snake } = await three();
    symlinkSync(snake, join(workspace, "link"));
    for (const path of [snake, `${snake}/`, join(workspace, "link")]) {
      expect((await findRun(workspace, path)).id).toBe(ids[2]);
    }
    const own = join(workspace, ".runs", ids[0]);
    expect((await findRun(workspace, own)).folder).toBe(own);
    expect((await findRun(tempFolder(), own)).folder).toBe(own);
  });

  it("without a name: the newest that is not finished", async () => {
    const { workspace } = await three();
    const found = await findRun(workspace);
    expect([found.id, found.state]).toEqual([ids[1], "killed"]);
    const lock = await lockRun(found.folder);
    expect((await findRun(workspace)).id).toBe(ids[0]);
    await lock.release();
  });

  it.each([
    ["20260131", `2 runs begin with 20260131: ${ids[1]}, ${ids[0]}`],
    ["snake_gme", "there is no run snake_gme in WORKSPACE; did you mean snake_game?"],
    ["20260131-120000-aaab", `there is no run 20260131-120000-aaab in WORKSPACE; did you mean ${ids[0]}?`],
    ["something else", "there is no run something else in WORKSPACE"],
    ["", "there is no run  in WORKSPACE"],
  ])("or else it is said why not: %j", async (which, message) => {
    const { workspace } = await three();
    const error = await findRun(workspace, which).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: message.replace("WORKSPACE", workspace),
      hint: expect.stringContaining("metagpt runs lists all"),
    });
  });

  it("or else it is said that there is none, that none is unfinished, and that one is running", async () => {
    const workspace = tempFolder();
    const refused = () => findRun(workspace).catch((error: unknown) => error);
    expect(await refused()).toMatchObject({ message: `there is no run in ${workspace}`, exitCode: 2 });
    await makeRun(workspace, {
      id: ids[0],
      events: [
        [0, started],
        [1, ended("done")],
      ],
    });
    expect(await refused()).toMatchObject({ message: `no run in ${workspace} is unfinished`, exitCode: 2 });
    const lock = await lockRun(await makeRun(workspace, { id: ids[1], events: [[0, started]] }));
    expect(await refused()).toMatchObject({
      message: expect.stringContaining(`the run ${ids[1]} is in use: process ${process.pid} on `),
      exitCode: exitCodes.busy,
    });
    await lock.release();
  });
});
