import { execFileSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chromiumPath } from "./helpers/browser.ts";
import { parseMermaid } from "./helpers/mermaid-parser.ts";
import { metagpt } from "./helpers/program.ts";
import { replay, shipped } from "./helpers/shipped.ts";
import { filesIn, tempFolder } from "./helpers/temp.ts";

/** Whether something on this machine would answer before a recording is looked for. */
const ollamaRuns = await new Promise<boolean>((resolve) => {
  const socket = connect(11434, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
  socket.setTimeout(300, () => resolve(false));
}).finally(() => {});
if (ollamaRuns)
  console.warn("SKIPPED: an Ollama runs here, so the program would ask it instead of playing a recording");

describe("the shipped recordings", () => {
  it("are of a browser game, a game in Chinese, a web app and a program for the command line", () => {
    expect(shipped.map(({ recording }) => recording.idea).toSorted()).toEqual([
      "write a command line todo app in python",
      "write a guestbook web app in node.js without packages",
      "write a snake game",
      "写一个2048小游戏",
    ]);
  });

  it.each(shipped.map(({ recording }) => recording.idea))(
    "%s: plays to its end, every answer to the very prompt it was given to",
    async (idea) => {
      const { code, events, end, recording, changed } = await replay(idea, tempFolder());
      expect(changed, "these prompts have changed: make the recording anew, as CONTRIBUTING.md says").toEqual([]);
      expect([code, end.outcome, end.missing]).toEqual([0, "done", []]);
      const asked = recording.calls.filter(({ role }) => role !== "QaEngineer");
      expect(events.filter(({ type }) => type === "call-end")).toHaveLength(asked.length);
      expect(end.usd).toBeCloseTo(asked.reduce((sum, { usd }) => sum + usd, 0));
      expect(end.verification).toMatchObject({ level: "not", problems: [] });
      const files = filesIn(end.project);
      const diagrams = ["competitive_analysis", "data_api_design", "seq_flow"].map(
        (name) => files[`resources/${name}.mmd`] ?? "",
      );
      expect(await Promise.all(diagrams.map(parseMermaid))).toEqual(["quadrantChart", "classDiagram", "sequence"]);
      const log = execFileSync("git", ["-C", end.project, "log", "--reverse", "--format=%s"], { encoding: "utf8" });
      expect(log.split("\n").slice(0, 3)).toEqual([
        "WritePRD by ProductManager",
        "WriteDesign by Architect",
        "WriteTasks by ProjectManager",
      ]);
      expect(execFileSync("git", ["-C", end.project, "status", "--porcelain"], { encoding: "utf8" })).toBe("");
    },
  );

  it.skipIf(ollamaRuns)("are found by the idea alone, however it is spelled, and said to be replays", async () => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await metagpt(["Write a SNAKE game!"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/workspace\/\w+\n$/);
    expect(stderr).toContain("Replaying recorded answers of");
    expect(stderr).toContain("nothing was paid this time");
  });

  it("hold documents in Chinese for an idea in Chinese", async () => {
    const { end } = await replay("写一个2048小游戏", tempFolder());
    const files = filesIn(end.project);
    const prd = JSON.parse(files["docs/prd.json"] ?? "");
    expect(prd.original_requirements).toBe("写一个2048小游戏");
    const texts = [prd.requirement_analysis, prd.ui_design, ...prd.product_goals, ...prd.user_stories];
    expect(texts.filter((text: string) => !/[\u4e00-\u9fff]{4}/.test(text))).toEqual([]);
    expect(Object.keys(files).filter((path) => /[^\x20-\x7e]/.test(path))).toEqual([]);
    expect(files["README.md"]).toContain("## 运行");
    expect(files["docs/prd.md"]).toContain("## 产品目标");
    expect(files["docs/system_design.md"]).toContain("# 系统设计");
    expect(files["docs/task.md"]).toContain("## 共享约定");
    expect(files["resources/competitive_analysis.mmd"]).toContain("用户多");
  });
});

if (!chromiumPath) console.warn("SKIPPED: no Chromium on this machine; recorded pages are not tried out");

describe("the recordings with tests", () => {
  it.each([
    ["write a snake game", true],
    ["write a guestbook web app in node.js without packages", false],
    ["write a command line todo app in python", false],
  ])("%s: ends verified, by tests that passed and by its start", async (idea, inBrowser) => {
    if (inBrowser && !chromiumPath) return;
    const { code, end, events, recording, changed } = await replay(idea, tempFolder(), [
      ...["--run-tests", "--yes", "--require-verified"],
    ]);
    expect(changed).toEqual([]);
    expect([code, end.verification?.level, end.verification?.problems]).toEqual([0, "verified", []]);
    expect(events.filter(({ type }) => type === "call-end")).toHaveLength(recording.calls.length);
    const commands = events.flatMap((event) => (event.type === "command-end" ? [[event.what, event.works]] : []));
    expect(commands.at(-1)).toEqual(["start", "yes"]);
    expect(commands.filter(([what]) => what === "test").length).toBeGreaterThan(1);
    expect(execFileSync("git", ["-C", end.project, "status", "--porcelain"], { encoding: "utf8" })).toBe("");
    const readme = filesIn(end.project)["README.md"] ?? "";
    const [, command = "false"] = /## Test\n\n```sh\n(.+)\n```/.exec(readme) ?? [];
    execFileSync("sh", ["-c", command], { cwd: end.project, stdio: "pipe" });
  });
});

describe("the recorded todo app", () => {
  it("keeps, shows and finishes tasks", async () => {
    const cwd = tempFolder();
    const { end } = await replay("write a command line todo app in python", cwd);
    const [program = ""] = Object.keys(filesIn(end.project)).filter((path) => /^(todo|main|cli)\.py$/.test(path));
    const todo = (...args: string[]) =>
      execFileSync("python3", [join(end.project, program), ...args], {
        encoding: "utf8",
        env: { ...process.env, HOME: cwd, USERPROFILE: cwd },
      });
    todo("add", "buy milk");
    todo("add", "call Ada");
    expect(todo("list")).toMatch(/1\D.*buy milk[\s\S]*2\D.*call Ada/);
    const before = todo("list");
    todo("done", "1");
    expect(todo("list")).not.toBe(before);
    expect(todo("list")).toMatch(/buy milk/);
  });
});
