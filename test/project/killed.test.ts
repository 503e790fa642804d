import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { filesIn, tempFolder } from "../helpers/temp.ts";
import { effectsOf, type Scene } from "./killed-run.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = realpathSync(mkdtempSync(join(tmpdir(), "metagpt-test-")));
const script = join(built, "killed-run.mjs");

/** As one file it starts in a fraction of the time, and it is started often. */
beforeAll(async () => {
  await build({
    ...{ config: false, entry: [join(root, "test/project/killed-run.ts")], outDir: built, clean: false },
    ...{ format: "esm", platform: "node", dts: false, noExternal: [/./], logLevel: "error" },
  });
  return () => rmSync(built, { recursive: true, force: true });
});

beforeEach(() => {
  const home = tempFolder();
  writeFileSync(join(home, ".gitconfig"), "[user]\n name = Ann\n email = ann@example.com\n");
  for (const [name, value] of Object.entries({ HOME: home, XDG_CONFIG_HOME: home, GIT_CONFIG_NOSYSTEM: "1" }))
    vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-c", "core.quotePath=false", ...args], { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();

/** A place for a run, with a repository to change where one is wanted. */
function scene(kind: "new" | "changed"): Scene {
  const workspace = join(realpathSync(tempFolder()), "workspace");
  const runFolder = join(workspace, ".runs", "1");
  mkdirSync(runFolder, { recursive: true });
  if (kind === "new") return { workspace, runFolder };
  const repository = join(workspace, "theirs");
  mkdirSync(join(repository, "src"), { recursive: true });
  writeFileSync(join(repository, "src/a.js"), "a0\n");
  writeFileSync(join(repository, "old.txt"), "old\n");
  git(repository, "init", "--quiet", "--initial-branch=main");
  git(repository, "add", "-A");
  git(repository, "commit", "--quiet", "-m", "as it was");
  return { workspace, runFolder, repository };
}

/** Everything that a run leaves behind, and that git finds nothing wrong. */
function left({ workspace, runFolder, repository }: Scene) {
  const { folder } = JSON.parse(readFileSync(join(runFolder, "project.json"), "utf8"));
  return {
    fsck: git(folder, "fsck", "--strict", "--no-dangling"),
    log: git(folder, "log", "--format=%s%n%(trailers:only)"),
    tree: git(folder, "ls-tree", "-r", "HEAD"),
    branch: git(folder, "branch", "--show-current"),
    status: git(folder, "status", "--porcelain"),
    files: filesIn(folder),
    workspace: readdirSync(workspace).sort(),
    // what a step was writing is remembered until the next one
    run: readdirSync(runFolder).filter((name) => name !== "project.json" && name !== "writing.json"),
    ...(repository !== undefined && { theirs: git(repository, "log", "--format=%s", "main") }),
  };
}

/** A process that does the run as soon as it is told to: it takes a while until it could. */
function waiting(at: Scene) {
  const child = spawn(process.execPath, [script, JSON.stringify(at)], {
    cwd: root,
    detached: true,
    stdio: "pipe",
  });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  child.stdin.on("error", () => {});
  const ended = once(child, "exit");
  const ready = Promise.race([once(child.stdout, "data"), ended]);
  return {
    /** Lets it work for so many milliseconds, then kills it, with its git or without; false if it had ended by then. */
    async killed(milliseconds: number, withGit: boolean): Promise<boolean> {
      await ready;
      child.stdin.end("go");
      const pid = child.pid ?? 0;
      const timer = setTimeout(() => process.kill(withGit ? -pid : pid, "SIGKILL"), milliseconds);
      const [code] = await ended;
      clearTimeout(timer);
      if (code !== null && code !== 0) throw new Error(complaint);
      return code === null;
    },
    async dismissed(): Promise<void> {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Numbers between 0 and 1 that are the same every time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How often each run is killed, at the least. */
const atLeast = 6;

it.each(["new", "changed"] as const)(
  "ends a run on a %s project as if it had never been killed, wherever it was",
  { timeout: 240_000 },
  async (kind) => {
    const undisturbed = scene(kind);
    const began = performance.now();
    const events = await effectsOf(undisturbed);
    const whole = performance.now() - began;
    const expected = left(undisturbed);
    expect([expected.status, expected.fsck, expected.run]).toEqual(["", "", []]);
    expect(events.filter(({ type }) => type === "commit")).toHaveLength(8);

    const random = chance(kind === "new" ? 1 : 2);
    let kills = 0;
    while (kills < atLeast) {
      const disturbed = scene(kind);
      let longest = whole / 2;
      let next = waiting(disturbed);
      for (let going = true; going; ) {
        const present = next;
        next = waiting(disturbed);
        going = await present.killed(random() * longest, kind === "new" && kills % 8 === 7);
        // however slow the machine is, it gets further
        longest *= 1.1;
        if (going) kills += 1;
      }
      await next.dismissed();
      expect(left(disturbed)).toEqual(expected);
      // everything is done, so nothing is done or told again
      expect((await effectsOf(disturbed)).filter(({ type }) => type === "commit")).toEqual([]);
      expect(left(disturbed)).toEqual(expected);
    }
    expect(kills).toBeGreaterThanOrEqual(atLeast);
  },
);
