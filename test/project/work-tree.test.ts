import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openRepository } from "../../src/project/repository/index.ts";
import { undoLastRun } from "../../src/project/repository/undo.ts";
import { standingOf } from "../../src/project/standing-of.ts";
import { begunProject, changedRepository, newProject, type WorkTree } from "../../src/project/work-tree.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

let workspace: string;
let runFolder: string;

beforeEach(() => {
  workspace = join(realpathSync(tempFolder()), "workspace");
  runFolder = join(workspace, ".runs", "1");
  mkdirSync(runFolder, { recursive: true });
  const home = tempFolder();
  writeFileSync(join(home, ".gitconfig"), "[user]\n name = Ann\n email = ann@example.com\n");
  for (const [name, value] of Object.entries({ HOME: home, XDG_CONFIG_HOME: home, GIT_CONFIG_NOSYSTEM: "1" }))
    vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

const game = () => join(workspace, "game");
const theirs = () => join(workspace, "theirs");

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();

function write(folder: string, files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A process of the run that makes a new project; each begins anew. */
async function making(name = "game"): Promise<WorkTree> {
  const tree = newProject({ workspace, run: "r", runFolder });
  await tree.open(name);
  return tree;
}

type Files = Readonly<Record<string, string | null>>;

const commit = (tree: WorkTree, number: number, files: Files, message = `step ${number}`) =>
  tree.commit({ key: `commit/Write/${number}`, message, files });

const subjects = (folder: string) => git(folder, "log", "--reverse", "--format=%s").split("\n");

describe("a new project", () => {
  it("names run and step of each commit, in one line each", async () => {
    const tree = newProject({ workspace, run: "r", runFolder });
    await tree.open("game");
    await tree.commit({ key: "commit/Wri\nte/1", message: "first\n\nbody", files: { "a.js": "a" } });
    expect(git(game(), "log", "-1", "--format=%B")).toBe(
      "first\n\nbody\n\nMetagpt-Run: r\nMetagpt-Step: commit/Wri te/1",
    );
  });

  const claim = () => JSON.parse(readFileSync(join(runFolder, "project.json"), "utf8"));
  const prepared = () => join(runFolder, "project");

  it.each<[string, () => void]>([
    ["before anything was prepared", () => {}],
    ["while the folder was prepared", () => write(prepared(), { ".git/config.lock": "" })],
    ["when it was prepared", () => git(runFolder, "init", "--quiet", "project")],
    [
      "when its place was noted",
      () => {
        git(runFolder, "init", "--quiet", "project");
        write(runFolder, { "project.json": JSON.stringify({ folder: game(), name: "game" }) });
      },
    ],
  ])("takes one folder when it was killed %s", async (_, prepare) => {
    prepare();
    await making();
    expect([readdirSync(workspace), claim()]).toEqual([[".runs", "game"], { folder: game(), name: "game" }]);
    await making();
    expect([readdirSync(workspace), existsSync(prepared())]).toEqual([[".runs", "game"], false]);
  });

  it("never takes what is somebody else's, though its place was noted before", async () => {
    write(prepared(), { ".git/HEAD": "ref: refs/heads/main\n" });
    write(runFolder, { "project.json": JSON.stringify({ folder: game(), name: "game" }) });
    mkdirSync(game());
    await making();
    expect([claim().name, readdirSync(game())]).toEqual(["game-2", []]);
  });

  it("keeps its folder, whatever it is called the next time, and makes it anew where it is gone", async () => {
    const files = { "a.js": "a\n" };
    await commit(await making(), 1, files);
    expect((await commit(await making("other"), 1, files)).already).toBe(true);
    rmSync(game(), { recursive: true });
    expect((await commit(await making(), 1, files)).hash).toMatch(/^\w{7}/);
    expect([readdirSync(workspace), filesIn(game())]).toEqual([[".runs", "game"], files]);
  });

  it("says which note it cannot read", async () => {
    write(runFolder, { "project.json": "{" });
    await expect(making()).rejects.toMatchObject({ name: "DiskError", message: expect.stringContaining(runFolder) });
  });

  it("does nothing of what is done, and leaves what was changed since", async () => {
    const steps: Files[] = [{ "a.js": "a\n", "b.js": "b\n" }, { "b.js": "2\n" }, { "b.js": "2\n" }, { "c.js": "c\n" }];
    const first = await making();
    for (const [at, files] of steps.entries()) await commit(first, at, files);
    write(game(), { "a.js": "mine\n", "b.js": "mine too\n" });

    const again = await making();
    const done = [];
    for (const [at, files] of steps.entries()) done.push(await commit(again, at, files));
    expect(done.map(({ already, written }) => [already, written])).toEqual(steps.map(() => [true, []]));
    expect(done.map(({ hash }) => hash).filter(Boolean)).toEqual(
      git(game(), "log", "--reverse", "--format=%H").split("\n"),
    );
    expect(filesIn(game())).toMatchObject({ "a.js": "mine\n", "b.js": "mine too\n" });
    expect(subjects(game())).toEqual(["step 0", "step 1", "step 3"]);
  });

  it("commits a step again that has another content now; the newest counts", async () => {
    await commit(await making(), 1, { "a.js": "one\n" });
    expect((await commit(await making(), 1, { "a.js": "two\n" })).already).toBeUndefined();
    expect((await commit(await making(), 1, { "a.js": "two\n" })).already).toBe(true);
    expect((await commit(await making(), 1, { "a.js": "one\n" })).already).toBeUndefined();
    expect(subjects(game())).toHaveLength(3);
  });

  it("finds a step done of which a file could not be written, and one that git keeps in another form", async () => {
    const files = { "src/Game.js": "1\n" };
    const twin = { "src/game.js": "2\n", "ok.txt": "one\r\n", ".gitattributes": "*.txt text\n" };
    const first = await making();
    await commit(first, 1, files);
    expect((await commit(first, 2, twin)).warnings).toHaveLength(1);
    const again = await making();
    expect([(await commit(again, 1, files)).already, (await commit(again, 2, twin)).already]).toEqual([true, true]);
  });

  it("does a step again whose file an earlier one has just written again", async () => {
    const first = await making();
    await commit(first, 1, { "a.js": "a 1\n", "b.js": "b 1\n" });
    await commit(first, 2, { "a.js": "a 2\n" });
    const second = await making();
    expect((await commit(second, 1, { "a.js": "a 1\n", "b.js": "b other\n" })).already).toBeUndefined();
    // killed here
    for (const already of [undefined, true]) {
      const next = await making();
      expect((await commit(next, 1, { "a.js": "a 1\n", "b.js": "b other\n" })).already).toBe(true);
      expect((await commit(next, 2, { "a.js": "a 2\n" })).already).toBe(already);
      expect(filesIn(game())).toMatchObject({ "a.js": "a 2\n", "b.js": "b other\n" });
    }
  });

  it("finishes a step that was killed between writing and committing", async () => {
    await commit(await making(), 1, { "a.js": "a\n" });
    write(game(), { "a.js": "2\n", "new.js": "n\n", ".new2.js.metagpt.tmp": "half", ".git/index.lock": "" });
    git(game(), "ls-files");
    const again = await making();
    await commit(again, 1, { "a.js": "a\n" });
    const { byHand, hash } = await commit(again, 2, { "a.js": "2\n", "new.js": "n\n", "new2.js": "whole\n" });
    expect([byHand, hash.length > 6, subjects(game())]).toEqual([undefined, true, ["step 1", "step 2"]]);
    expect(git(game(), "status", "--porcelain")).toBe("");
  });

  it("first records what was changed by hand, so that nothing of it is lost", async () => {
    await commit(await making(), 1, { "a.js": "a\n", "b.js": "b\n", "gone.js": "g\n", ".gitignore": "*.log\n" });
    write(game(), { "a.js": "mine\n", "说明.txt": "mine\n", "x.log": "ignored", "big.bin": "x".repeat(1_000_001) });
    rmSync(join(game(), "gone.js"));
    const again = await making();
    const { byHand } = await commit(again, 2, { "a.js": "theirs\n", "b.js": "b2\n" });
    const message = "Changed by hand while the run was stopped";
    expect(byHand).toMatchObject({ message, files: ["a.js", "gone.js", "说明.txt"] });
    expect(subjects(game())).toEqual(["step 1", message, "step 2"]);
    expect(git(game(), "show", "HEAD~1:a.js")).toBe("mine");
    expect(git(game(), "log", "-1", "--format=%(trailers:only)", "HEAD~1")).toBe("Metagpt-Run: r");
    expect(git(game(), "status", "--porcelain")).toBe("?? big.bin");
    // once: what is changed while it works is the next one's
    write(game(), { "b.js": "later\n" });
    expect((await commit(again, 3, { "c.js": "c\n" })).byHand).toBeUndefined();
    rmSync(join(game(), "big.bin"));
    git(game(), "checkout", "--quiet", "b.js");
    expect((await undoLastRun(game())).reverted).toHaveLength(4);
    expect(filesIn(game())).toEqual({ "x.log": "ignored" });
  });

  it("takes neither heaps of new files nor what a trial may have left for handwork", async () => {
    await commit(await making(), 1, { "a.js": "a\n" });
    write(game(), Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`heap/${at}`, "x"])));
    expect((await commit(await making(), 2, { "b.js": "b\n" })).byHand).toBeUndefined();
    rmSync(join(game(), "heap"), { recursive: true });
    write(runFolder, { "standing.json": JSON.stringify({ folder: game(), paths: ["a.js", "b.js", "known.txt"] }) });
    write(game(), { "known.txt": "mine\n", "left.txt": "by the product\n", "a.js": "mine\n" });
    expect((await commit(await making(), 3, { "c.js": "c\n" })).byHand?.files).toEqual(["a.js", "known.txt"]);
  });

  it("records a folder in the place of a file, and staged changes, too", async () => {
    await commit(await making(), 1, { lib: "a file\n", "a.js": "a\n" });
    rmSync(join(game(), "lib"));
    write(game(), { "lib/x.js": "x\n", "a.js": "staged\n" });
    git(game(), "add", "a.js");
    await commit(await making(), 2, { "b.js": "b\n" });
    expect(git(game(), "ls-tree", "-r", "--name-only", "HEAD").split("\n")).toEqual(["a.js", "b.js", "lib/x.js"]);
    expect(git(game(), "status", "--porcelain")).toBe("");
  });

  it("goes on with a project that an earlier run began", async () => {
    await commit(await making(), 1, { "a.js": "a\n" });
    write(game(), { "a.js": "mine\n" });
    const going = async () => {
      const tree = begunProject({ folder: game(), name: "game" }, "second", runFolder);
      await tree.open("game");
      return tree;
    };
    const files = { "a.js": "second\n" };
    expect((await commit(await going(), 1, files)).already).toBeUndefined();
    expect((await commit(await going(), 1, files)).already).toBe(true);
    // what somebody had changed meanwhile is not lost
    expect(git(game(), "show", "HEAD~1:a.js")).toBe("mine");
  });
});

describe("a changed repository", () => {
  /** A repository with one commit. */
  function repository() {
    write(theirs(), { "a.js": "a\n", "b.js": "b\n", "old.js": "o\n" });
    git(theirs(), "init", "--quiet", "--initial-branch=main");
    git(theirs(), "add", "-A");
    git(theirs(), "commit", "--quiet", "-m", "as it was");
  }

  /** A process of the run; the first one begins it. */
  async function changing({ resuming = true, held = {} } = {}) {
    const opened = await openRepository(theirs(), { allowDirty: false, resuming });
    const tree = changedRepository(opened, { run: "r", runFolder, held });
    return { tree, branch: (await tree.open("add sound")).branch };
  }

  const branchNow = () => git(theirs(), "branch", "--show-current");
  const claim = () => JSON.parse(readFileSync(join(runFolder, "project.json"), "utf8"));

  it("finds its branch and what is done", async () => {
    repository();
    const steps: Files[] = [{ "a.js": "1\n", "old.js": null }, { "b.js": "b\n" }, { "c.js": "c\n" }];
    const { tree } = await changing({ resuming: false });
    const first = [];
    for (const [at, files] of steps.entries()) first.push(await commit(tree, at, files));
    expect(first.map(({ branch }) => branch)).toEqual(["metagpt/add-sound", undefined, undefined]);
    expect(claim()).toMatchObject({ branch: "metagpt/add-sound", base: git(theirs(), "rev-parse", "main") });
    write(theirs(), { "a.js": "mine\n" });

    const again = await changing();
    expect(again.branch).toBe("metagpt/add-sound");
    for (const [at, files] of steps.entries()) expect((await commit(again.tree, at, files)).already).toBe(true);
    await commit(again.tree, 3, { "d.js": "d\n" });
    expect(subjects(theirs())).toEqual(["as it was", "step 0", "step 2", "step 3"]);
    expect(git(theirs(), "status", "--porcelain")).toBe("M a.js");
    git(theirs(), "checkout", "--quiet", "a.js");
    expect((await undoLastRun(theirs())).reverted).toHaveLength(3);
    expect(filesIn(theirs())).toEqual({ "a.js": "a\n", "b.js": "b\n", "old.js": "o\n" });
  });

  it.each<[string, () => void]>([
    ["noted", () => {}],
    ["made", () => git(theirs(), "branch", "metagpt/add-sound")],
    ["checked out", () => git(theirs(), "checkout", "--quiet", "-b", "metagpt/add-sound")],
  ])("begins one branch when it was killed as soon as that was %s", async (_, prepare) => {
    repository();
    await changing({ resuming: false });
    write(runFolder, { "project.json": JSON.stringify({ ...claim(), branch: "metagpt/add-sound" }) });
    prepare();
    const { tree } = await changing();
    await commit(tree, 1, { "a.js": "1\n" });
    expect(git(theirs(), "branch", "--format=%(refname:short)").split("\n")).toEqual(["main", "metagpt/add-sound"]);
    expect([branchNow(), subjects(theirs())]).toEqual(["metagpt/add-sound", ["as it was", "step 1"]]);
  });

  it("names the branch to check out where it is not", async () => {
    repository();
    await commit((await changing({ resuming: false })).tree, 1, { "a.js": "1\n" });
    git(theirs(), "checkout", "--quiet", "main");
    await expect(changing()).rejects.toMatchObject({
      name: "UsageError",
      hint: "Check it out (git checkout metagpt/add-sound), then resume the run.",
    });
    git(theirs(), "branch", "--quiet", "-D", "metagpt/add-sound");
    const base = git(theirs(), "rev-parse", "HEAD").slice(0, 10);
    git(theirs(), "commit", "--quiet", "--allow-empty", "-m", "moved on");
    await expect(changing()).rejects.toMatchObject({
      name: "UsageError",
      hint: `Check it out (git checkout -b metagpt/add-sound ${base}), then resume the run.`,
    });
    expect([branchNow(), filesIn(theirs())["a.js"]]).toEqual(["main", "a\n"]);
  });

  it("does not begin its branch at another commit than the one it was made for", async () => {
    repository();
    await changing({ resuming: false });
    git(theirs(), "commit", "--quiet", "--allow-empty", "-m", "moved on");
    await expect(changing()).rejects.toThrow(/^The run began at the commit \w{10}, which is not checked out/);
  });

  it("finishes a step that was killed between writing and committing", async () => {
    repository();
    await commit((await changing({ resuming: false })).tree, 1, { "a.js": "1\n" });
    const files = { "a.js": "2\n", "new/x.js": "x\n", "old.js": null, "b.js": "2\n" };
    write(theirs(), { "a.js": "2\n", "new/x.js": "x\n", "new/.x.js.metagpt.tmp": "half" });
    rmSync(join(theirs(), "old.js"));
    git(theirs(), "add", "a.js", "new/x.js");
    const { tree } = await changing();
    await commit(tree, 1, { "a.js": "1\n" });
    rmSync(join(theirs(), "new/.x.js.metagpt.tmp"));
    await commit(tree, 2, files);
    expect(subjects(theirs())).toEqual(["as it was", "step 1", "step 2"]);
    expect(git(theirs(), "show", "--name-status", "--no-renames", "--format=").split("\n").sort()).toEqual([
      "A\tnew/x.js",
      "D\told.js",
      "M\ta.js",
      "M\tb.js",
    ]);
    expect(git(theirs(), "status", "--porcelain")).toBe("");
  });

  it("does not overwrite what was changed while it was stopped, but what was there when it began", async () => {
    repository();
    await changing({ resuming: false });
    write(theirs(), { "a.js": "mine\n", "b.js": "from the beginning\n" });
    const { tree } = await changing({ held: { "b.js": "from the beginning\n" } });
    await expect(commit(tree, 1, { "a.js": "1\n", "b.js": "1\n" })).rejects.toMatchObject({
      name: "DiskError",
      message: `a.js in ${theirs()} was changed while the run was stopped; it is not overwritten.`,
      hint: expect.stringContaining("git commit a.js"),
    });
    expect(filesIn(theirs())).toMatchObject({ "a.js": "mine\n", "b.js": "from the beginning\n" });
    git(theirs(), "commit", "--quiet", "-m", "mine", "a.js");
    await commit((await changing({ held: { "b.js": "from the beginning\n" } })).tree, 1, {
      "a.js": "1\n",
      "b.js": "1\n",
    });
    expect(subjects(theirs())).toEqual(["as it was", "mine", "step 1"]);
    expect(filesIn(theirs())).toMatchObject({ "a.js": "1\n", "b.js": "1\n" });
  });

  it("says where the lock of a git lies that was killed", async () => {
    repository();
    await changing({ resuming: false });
    const lock = join(theirs(), ".git/index.lock");
    writeFileSync(lock, "");
    await expect(changing()).rejects.toMatchObject({ hint: `Wait until it has ended; if none is, delete ${lock}.` });
    setTimeout(() => rmSync(lock), 200);
    await commit((await changing()).tree, 1, { "a.js": "1\n" });
    expect(subjects(theirs())).toEqual(["as it was", "step 1"]);
  });

  it("is undone as a whole, though somebody else committed while it was stopped", async () => {
    repository();
    await commit((await changing({ resuming: false })).tree, 1, { "a.js": "1\n" });
    write(theirs(), { "mine.js": "m\n" });
    git(theirs(), "add", "mine.js");
    git(theirs(), "commit", "--quiet", "-m", "mine");
    await commit((await changing()).tree, 2, { "b.js": "2\n" });
    expect((await undoLastRun(theirs())).reverted.map(({ subject }) => subject)).toEqual(["step 2", "step 1"]);
    expect(filesIn(theirs())).toEqual({ "a.js": "a\n", "b.js": "b\n", "mine.js": "m\n", "old.js": "o\n" });
  });
});

describe("standingOf", () => {
  it("gives what the steps of a run wrote, not what was changed by hand, and who committed later", async () => {
    const tree = await making();
    await commit(tree, 1, { "docs/prd.json": "one", "a.js": "a\n" });
    await commit(tree, 2, { "docs/prd.json": "说\r\n" });
    write(game(), { "docs/prd.json": "mine" });
    await commit(await making(), 3, { "a.js": "b\n" });
    const paths = ["docs/prd.json", "a.js", "never.js"];
    const written = { "docs/prd.json": "说\r\n", "a.js": "b\n" };
    expect(await standingOf(game(), "r", paths)).toEqual({ written, laterRun: undefined });

    const later = begunProject({ folder: game(), name: "game" }, "later", runFolder);
    await later.open("game");
    await commit(later, 1, { "a.js": "later\n" });
    expect(await standingOf(game(), "r", paths)).toEqual({ written, laterRun: "later" });
    expect((await standingOf(game(), "later", paths)).written).toEqual({ "a.js": "later\n" });
    expect(await standingOf(game(), "unknown", paths)).toEqual({ written: {}, laterRun: undefined });
  });

  it("knows nothing where there is no history", async () => {
    const none = { written: {}, laterRun: undefined };
    expect(await standingOf(tempFolder(), "r", ["a.js"])).toEqual(none);
    await making();
    expect(await standingOf(game(), "r", ["a.js"])).toEqual(none);
    renameSync(game(), join(workspace, "moved"));
    expect(await standingOf(game(), "r", ["a.js"])).toEqual(none);
  });
});
