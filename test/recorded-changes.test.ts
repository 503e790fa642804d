import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { listRecordings } from "../src/llm/recordings.ts";
import { metagpt } from "./helpers/program.ts";
import { play, replay } from "./helpers/shipped.ts";
import { filesIn, tempFolder } from "./helpers/temp.ts";

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
const changes = await listRecordings(join(fixtures, "recordings"));

/** The recording of a change, by the name of its folder. */
function recorded(name: string) {
  const found = changes.find(({ folder }) => folder.endsWith(name));
  if (!found) throw new Error(`there is no recording ${name}`);
  return found;
}

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
    encoding: "utf8",
  }).trim();

describe("the history of one project, by recorded answers", () => {
  it("is made, gets a feature, and has a bug mended whose test failed before; and can be taken back", async () => {
    const cwd = tempFolder();
    const made = await replay("write a command line todo app in python", cwd);
    const folder = made.end.project;
    const todo = (...args: string[]) =>
      execFileSync("python3", ["main.py", "--file", join(cwd, "tasks.json"), ...args], {
        cwd: folder,
        encoding: "utf8",
      });

    const feature = await play(recorded("todo-important"), cwd, ["--project-path", folder]);
    expect([feature.code, feature.changed]).toEqual([0, []]);
    todo("add", "buy milk");
    todo("add", "--important", "call Ada");
    expect(todo("list")).toMatch(/!.*call Ada[\s\S]*buy milk/);
    expect(filesIn(folder)["docs/prd.md"]).toMatch(/important/i);

    writeFileSync(join(cwd, "empty.json"), "");
    const listEmpty = () =>
      execFileSync("python3", ["main.py", "--file", join(cwd, "empty.json"), "list"], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(listEmpty).toThrow(/damaged/);
    const bug = await play(recorded("todo-empty-file"), cwd, ["--project-path", folder, "--run-tests", "--yes"]);
    expect([bug.code, bug.changed, bug.end.verification?.problems]).toEqual([0, [], []]);
    expect(listEmpty()).toContain("No tasks yet");
    const tests = bug.events.flatMap((event) =>
      event.type === "command-end" && event.line.includes("reproduction") ? [event.works] : [],
    );
    expect([tests[0], tests.at(-1)]).toEqual(["no", "yes"]);
    // what was there before still works
    expect(todo("list")).toMatch(/call Ada/);

    expect((await metagpt(["undo", "--project-path", folder], { cwd })).code).toBe(0);
    expect(listEmpty).toThrow(/damaged/);
    expect(git(folder, "status", "--porcelain")).toBe("");
  });
});

describe("a change of somebody else's repository, by recorded answers", () => {
  it("is asked for in Chinese, edits a large file in place, and passes the repository's own tests", async () => {
    const cwd = tempFolder();
    const folder = join(cwd, "unit-convert");
    cpSync(join(fixtures, "foreign"), folder, { recursive: true });
    git(folder, "init", "-q", "-b", "main");
    git(folder, "add", "-A");
    git(folder, "commit", "-qm", "as it is");
    const { code, changed, end, events, recording } = await play(recorded("unit-convert-temperature"), cwd, [
      ...["--project-path", folder, "--run-tests", "--yes"],
    ]);
    expect([code, changed, end.verification?.problems]).toEqual([0, [], []]);
    expect(events.filter(({ type }) => type === "call-end")).toHaveLength(recording.calls.length);
    const convert = (...args: string[]) =>
      execFileSync("node", ["bin/convert.js", ...args], { cwd: folder, encoding: "utf8" });
    expect(convert("100", "C", "F")).toContain("= 212 F");
    expect(convert("0", "摄氏度", "K")).toContain("= 273.15 K");
    expect(convert("3", "mi", "km")).toContain("= 4.82803 km");
    const [added = "", removed = ""] = git(folder, "diff", "--numstat", "main", "--", "src/units.js").split("\t");
    expect([Number(added) < 60, Number(removed) < 10]).toEqual([true, true]);
    expect(git(folder, "diff", "--name-only", "main", "--", "package.json", "src/format.js")).toBe("");
    expect(Object.keys(filesIn(folder)).filter((path) => path.startsWith("docs/"))).toEqual([]);
    expect(git(folder, "status", "--porcelain")).toBe("");
  });
});
