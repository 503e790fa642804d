import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openHistory } from "../../src/project/history.ts";

const run = promisify(execFile);
const variables = { ...process.env };
let root: string;
let project: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "history-"));
  project = join(root, "project");
  await mkdir(project);
});

afterEach(async () => {
  process.env = { ...variables };
  await rm(root, { recursive: true, force: true });
});

/** Looks at the repository with the git and the settings of whoever runs the tests switched off. */
async function git(...args: string[]): Promise<string> {
  const env = { PATH: variables.PATH, HOME: root, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const { stdout } = await run("git", ["-c", "safe.directory=*", ...args], { cwd: project, env });
  return stdout.trim();
}

const write = async (files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(project, path, ".."), { recursive: true });
    await writeFile(join(project, path), text);
  }
};

const log = () => git("log", "--reverse", "--format=%s|%an <%ae>|%cn <%ce>|%G?");
const by = "metagpt <metagpt@localhost>";

describe("openHistory", () => {
  it("records the listed files on main, as metagpt", async () => {
    const history = await openHistory(project);
    await write({ "docs/prd.md": "prd", "other.txt": "not listed" });
    const first = await history.commit("WritePRD: ProductManager", ["docs/prd.md"]);
    await write({ "src/a.js": "a", "src/b.js": "b" });
    const second = await history.commit("-m WriteCode/1: Engineer", ["src/a.js", "src/b.js"]);

    expect(history.available).toBe(true);
    expect([first, second].join("\n")).toBe(await git("log", "--reverse", "--format=%h"));
    expect(await log()).toBe(`WritePRD: ProductManager|${by}|${by}|N\n-m WriteCode/1: Engineer|${by}|${by}|N`);
    expect(await git("branch", "--show-current")).toBe("main");
    expect(await git("ls-tree", "-r", "--name-only", "HEAD")).toBe("docs/prd.md\nsrc/a.js\nsrc/b.js");
    expect(await git("status", "--porcelain")).toBe("?? other.txt");
  });

  it("makes no commit where nothing has changed", async () => {
    const history = await openHistory(project);
    await write({ "a.js": "a" });
    await history.commit("first", ["a.js"]);
    expect(await history.commit("again", ["a.js"])).toBe("");
    expect(await history.commit("nothing", [])).toBe("");
    expect(await history.commit("not there", ["gone.js"])).toBe("");
    expect(await log()).toBe(`first|${by}|${by}|N`);
  });

  it("goes on with the history that is there, and takes nothing else along", async () => {
    await write({ "a.js": "a", "mine.txt": "mine" });
    const before = await openHistory(project);
    await before.commit("first", ["a.js"]);
    await git("add", "mine.txt");
    await write({ "a.js": "changed" });
    const history = await openHistory(project);
    await history.commit("second", ["a.js"]);
    expect(await git("log", "--reverse", "--format=%s")).toBe("first\nsecond");
    expect(await git("show", "--name-only", "--format=", "HEAD")).toBe("a.js");
    expect(await git("status", "--porcelain")).toBe("A  mine.txt");
  });

  it("records removed files, and a folder in the place of a file", async () => {
    const history = await openHistory(project);
    await write({ "a.js": "a", lib: "a file" });
    await history.commit("first", ["a.js", "lib"]);
    await rm(join(project, "a.js"));
    await rm(join(project, "lib"));
    await write({ "lib/x.js": "x" });
    await history.commit("second", ["a.js", "lib/x.js"]);
    expect(await git("ls-tree", "-r", "--name-only", "HEAD")).toBe("lib/x.js");
  });

  it("takes paths by the letter and records ignored files", async () => {
    const history = await openHistory(project);
    const files = {
      ".gitignore": "*\n",
      "app/[id]/page.js": "1",
      "app/i/page.js": "2",
      ":(top)x": "3",
      "说明.md": "4",
    };
    await write(files);
    await history.commit("odd names", [".gitignore", "app/[id]/page.js", ":(top)x", "说明.md"]);
    expect(await git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "HEAD")).toBe(
      [".gitignore", ":(top)x", "app/[id]/page.js", "说明.md"].join("\n"),
    );
  });

  it("keeps bytes as they are", async () => {
    const history = await openHistory(project);
    await write({ "a.txt": "one\r\ntwo\n" });
    await history.commit("mixed line ends", ["a.txt"]);
    const { stdout } = await run("git", ["-c", "safe.directory=*", "cat-file", "-p", "HEAD:a.txt"], { cwd: project });
    expect(stdout).toBe("one\r\ntwo\n");
  });

  it("is not steered by hooks, signing, templates, ignored files and line ends of the user", async () => {
    const home = join(root, "home");
    const hooks = join(home, "hooks");
    await mkdir(join(home, "template", "hooks"), { recursive: true });
    await mkdir(join(home, ".config", "git"), { recursive: true });
    await mkdir(hooks);
    for (const hook of [
      join(hooks, "pre-commit"),
      join(hooks, "commit-msg"),
      join(home, "template/hooks/pre-commit"),
    ]) {
      await writeFile(hook, "#!/bin/sh\nexit 1\n");
      await chmod(hook, 0o755);
    }
    await writeFile(join(home, "template", "description"), "from the template");
    await writeFile(join(home, "ignored"), "*\n");
    await writeFile(join(home, ".config", "git", "ignore"), "*.js\n");
    await writeFile(join(home, ".config", "git", "attributes"), "* text eol=crlf filter=upper\n");
    await writeFile(
      join(home, ".gitconfig"),
      [
        "[user]\n name = Someone\n email = someone@example.com\n signingkey = nothing",
        `[commit]\n gpgsign = true\n template = ${join(home, "gone")}`,
        "[gpg]\n program = /bin/false",
        `[core]\n hooksPath = ${hooks}\n excludesFile = ${join(home, "ignored")}\n autocrlf = true\n safecrlf = true\n editor = /bin/false`,
        `[init]\n templateDir = ${join(home, "template")}\n defaultBranch = trunk`,
        '[filter "upper"]\n clean = tr a-z A-Z\n required = true',
      ].join("\n"),
    );
    Object.assign(process.env, { HOME: home, XDG_CONFIG_HOME: join(home, ".config") });
    delete process.env.GIT_CONFIG_GLOBAL;

    const history = await openHistory(project);
    await write({ "a.js": "one\r\ntwo\n" });
    expect(await history.commit("first", ["a.js"])).toMatch(/^[0-9a-f]{7,}$/);
    expect(await log()).toBe(`first|${by}|${by}|N`);
    expect(await git("branch", "--show-current")).toBe("main");
    expect(await git("cat-file", "-s", "HEAD:a.js")).toBe(String("one\r\ntwo\n".length));
    expect(await git("config", "--local", "--get-regexp", "hookspath|gpgsign|template|user").catch(() => "")).toBe("");
  });

  it("is not steered by variables of git", async () => {
    const elsewhere = join(root, "elsewhere");
    await mkdir(elsewhere);
    Object.assign(process.env, {
      GIT_DIR: join(elsewhere, ".git"),
      GIT_WORK_TREE: elsewhere,
      GIT_INDEX_FILE: join(elsewhere, "index"),
      GIT_OBJECT_DIRECTORY: join(elsewhere, "objects"),
      GIT_AUTHOR_NAME: "Someone",
      GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z",
      GIT_COMMITTER_EMAIL: "someone@example.com",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "commit.gpgSign",
      GIT_CONFIG_VALUE_0: "true",
      GIT_EDITOR: "/bin/false",
      EDITOR: "/bin/false",
    });
    const history = await openHistory(project);
    await write({ "a.js": "a" });
    await history.commit("first", ["a.js"]);
    expect(await log()).toBe(`first|${by}|${by}|N`);
    expect(await git("log", "--format=%ad", "--date=format:%Y")).toBe(String(new Date().getFullYear()));
    await expect(run("ls", [elsewhere])).resolves.toMatchObject({ stdout: "" });
  });

  it("leaves a repository around it alone", async () => {
    await run("git", ["init", "--quiet", root]);
    const history = await openHistory(project);
    await write({ "a.js": "a" });
    await history.commit("inner", ["a.js"]);
    expect(await log()).toBe(`inner|${by}|${by}|N`);
    await rm(join(project, ".git"), { recursive: true });
    await write({ "a.js": "changed" });
    await expect(history.commit("lost", ["a.js"])).rejects.toThrow(
      /^Could not commit "lost" in .*not a git repository/,
    );
    await expect(run("git", ["rev-parse", "HEAD"], { cwd: root })).rejects.toThrow("HEAD");
  });

  it("says that git is not installed, and records nothing", async () => {
    process.env.PATH = join(root, "empty");
    const history = await openHistory(project);
    await write({ "a.js": "a" });
    expect(history.available).toBe(false);
    expect(await history.commit("first", ["a.js"])).toBe("");
    await expect(run("/bin/ls", ["-A", project])).resolves.toMatchObject({ stdout: "a.js\n" });
  });

  it("takes a git that does not work for none", async () => {
    const bin = join(root, "bin");
    await mkdir(bin);
    await writeFile(join(bin, "git"), "#!/bin/sh\necho 'xcrun: error: invalid active developer path' >&2\nexit 1\n");
    await chmod(join(bin, "git"), 0o755);
    process.env.PATH = bin;
    expect((await openHistory(project)).available).toBe(false);
  });

  it("says what git said when it fails", async () => {
    const history = await openHistory(project);
    await write({ "a.js": "a", ".git/index.lock": "" });
    await expect(history.commit("first", ["a.js"])).rejects.toMatchObject({
      name: "DiskError",
      message: expect.stringMatching(/^Could not commit "first" in .*index\.lock.*File exists/),
      hint: "If no other git is at work there, delete that lock file and run again.",
    });
  });

  it("does not follow a link out of the project", async () => {
    const history = await openHistory(project);
    await mkdir(join(root, "outside"));
    await writeFile(join(root, "outside", "secret"), "secret");
    await symlink(join(root, "outside"), join(project, "link"));
    await expect(history.commit("linked", ["link/secret"])).rejects.toThrow("beyond a symbolic link");
  });
});
