import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openHistory } from "../../../src/project/history.ts";
import { openRepository, type Repository } from "../../../src/project/repository/index.ts";
import { undoLastRun } from "../../../src/project/repository/undo.ts";
import { filesIn, tempFolder } from "../../helpers/temp.ts";

let root: string;
let home: string;

beforeEach(() => {
  root = join(realpathSync(tempFolder()), "repository");
  mkdirSync(root);
  home = tempFolder();
  writeFileSync(
    join(home, ".gitconfig"),
    "[user]\n name = Ann\n email = ann@example.com\n[init]\n defaultBranch = main\n",
  );
  for (const [name, value] of Object.entries({ HOME: home, XDG_CONFIG_HOME: home, GIT_CONFIG_NOSYSTEM: "1" }))
    vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();

function write(files: Readonly<Record<string, string | Buffer>>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A repository with one commit of these files. */
function repository(files: Readonly<Record<string, string | Buffer>>) {
  git("init", "--quiet");
  write(files);
  git("add", "-A");
  git("commit", "--quiet", "-m", "as it was");
}

const open = (allowDirty = false) => openRepository(root, { allowDirty });

/** Begins a branch of that name, and gives the name that it got. */
async function branchOff(there: Repository, name: string): Promise<string> {
  const [base, branch] = await there.newBranch(name);
  await there.standOn({ base, branch });
  return branch;
}

describe("openRepository", () => {
  it("says where a repository stands", async () => {
    repository({ "a.js": "a\n", ".gitignore": "out\n" });
    write({ "out/x": "ignored" });
    expect(await open()).toMatchObject({ folder: root, branch: "main", head: git("rev-parse", "HEAD") });
    git("checkout", "--quiet", "--detach");
    expect(await open()).toMatchObject({ branch: "", head: git("rev-parse", "HEAD") });
  });

  it("changes nothing by looking", async () => {
    repository({ "a.js": "a\n" });
    write({ "a.js": "a\n" });
    const before = readFileSync(join(root, ".git/index"));
    await (await open()).read();
    expect(readFileSync(join(root, ".git/index")).equals(before)).toBe(true);
  });

  it.each<[string, () => void, RegExp, RegExp | undefined]>([
    ["a folder that is not there", () => rmSync(root, { recursive: true }), /^There is no folder /, undefined],
    ["a folder without a repository", () => write({ a: "" }), / is not a git repository\.$/, /git init && git add -A/],
    ["a bare repository", () => git("init", "--quiet", "--bare"), / is a bare repository/, undefined],
    ["a repository without a commit", () => git("init", "--quiet"), / has no commit yet/, /git commit/],
    [
      "uncommitted changes, naming five",
      () => {
        repository({ "a.js": "a\n" });
        write({ "a.js": "b\n", "说 明.md": "", b: "", c: "", d: "", e: "", f: "" });
      },
      / has changes that are not committed: a\.js, b, c, d, e and 2 more\.$/,
      /--allow-dirty/,
    ],
    [
      "a merge under way",
      () => {
        repository({ "a.js": "a\n" });
        git("checkout", "--quiet", "-b", "other");
        write({ b: "" });
        git("add", "b");
        git("commit", "--quiet", "-m", "b");
        git("checkout", "--quiet", "main");
        git("merge", "--quiet", "--no-ff", "--no-commit", "other");
      },
      / a merge is under way\.$/,
      /git merge --abort/,
    ],
    [
      "files elsewhere",
      () => {
        repository({ a: "" });
        git("config", "core.worktree", home);
      },
      / is not the folder of the files of its repository\.$/,
      undefined,
    ],
    [
      "a filter that the repository itself brings along",
      () => {
        repository({ a: "" });
        git("config", "filter.shout.clean", "tr a-z A-Z");
        git("config", "merge.ours.driver", "true");
      },
      /name programs that git would run: filter\.shout\.clean, merge\.ours\.driver\.$/,
      /git config --global/,
    ],
  ])("refuses %s", async (_, prepare, message, hint) => {
    prepare();
    const error = await open().catch((error: unknown) => error);
    expect(error).toMatchObject({ name: "UsageError", exitCode: 2, message: expect.stringMatching(message) });
    expect(error).toMatchObject({ hint: hint ? expect.stringMatching(hint) : undefined });
  });

  it("refuses a folder inside a repository, naming its root", async () => {
    repository({ "lib/a.js": "a\n" });
    await expect(openRepository(join(root, "lib"), { allowDirty: false })).rejects.toMatchObject({
      name: "UsageError",
      hint: `Give the repository: ${root}`,
    });
  });

  it("refuses conflicts even where changes are allowed", async () => {
    repository({ "a.js": "a\n" });
    write({ "a.js": "b\n" });
    git("stash");
    write({ "a.js": "c\n" });
    git("commit", "--quiet", "-a", "-m", "c");
    expect(() => git("stash", "pop")).toThrow();
    await expect(open(true)).rejects.toThrow("has unresolved conflicts: a.js");
  });

  it("lets the filters of Git LFS and those of the user pass", async () => {
    repository({ a: "" });
    git("config", "filter.lfs.clean", "git-lfs clean -- %f");
    git("config", "filter.lfs.process", "git-lfs filter-process");
    git("config", "--global", "filter.own.clean", "cat");
    expect((await open()).branch).toBe("main");
  });
});

describe("read", () => {
  it("reads text files as they are on the disk", async () => {
    const files = {
      "a.js": "one\r\ntwo",
      "bom.txt": "\uFEFF说明\n",
      '说 明 "x".md': "你好\n",
      "new\nline.txt": "x\n",
      "empty.txt": "",
      constructor: "c\n",
    };
    repository(files);
    expect(await (await open()).read()).toEqual({ files, leftOut: [], closed: [] });
  });

  it("leaves out what is no source, with a word why", async () => {
    repository({
      "a.js": "a\n",
      "big.txt": "x".repeat(200_001),
      "latin.txt": Buffer.from([0x68, 0xe4, 0x68]),
      "logo.png": Buffer.from([0x89, 0x50, 0, 1]),
      "package-lock.json": "{}",
      "lib/vendor/x/a.js": "v\n",
      "lib/vendor/x/b.js": "v\n",
      "lib/q.min.js": "q\n",
      "lib/packed.js": "x();".repeat(2000),
    });
    symlinkSync("/etc/hostname", join(root, "link"));
    git("add", "link");
    git("commit", "--quiet", "-m", "link");
    expect(await (await open()).read()).toEqual({
      files: { "a.js": "a\n" },
      leftOut: [
        "big.txt (201 kB)",
        "latin.txt (binary)",
        "lib/packed.js (minified)",
        "lib/q.min.js (minified)",
        "lib/vendor/ (foreign code)",
        "link (no plain file)",
        "logo.png (binary)",
        "package-lock.json (lock file)",
      ],
      closed: [
        ...["big.txt", "latin.txt", "lib/packed.js", "lib/q.min.js", "lib/vendor/x/a.js", "lib/vendor/x/b.js"],
        ...["link", "logo.png", "package-lock.json"],
      ],
    });
  });

  it("never overwrites what git does not track", async () => {
    repository({ "a.js": "a\n", ".gitignore": "*.env\n" });
    write({ "my.env": "mine\n" });
    const there = await open();
    await expect(there.commit("x", { "my.env": "theirs\n", "b.js": "b\n" }, "r")).rejects.toThrow(/would be lost/);
    expect([readFileSync(join(root, "my.env"), "utf8"), existsSync(join(root, "b.js"))]).toEqual(["mine\n", false]);
  });

  it("reads what is not committed yet where that is allowed, but nothing that is ignored or behind a link", async () => {
    repository({ "a.js": "a\n", "gone.js": "g\n", "lib/b.js": "b\n", ".gitignore": "out/\n" });
    rmSync(join(root, "gone.js"));
    rmSync(join(root, "lib"), { recursive: true });
    writeFileSync(join(home, "b.js"), "secret\n");
    symlinkSync(home, join(root, "lib"));
    write({ "a.js": "changed\n", "new.js": "n\n", "out/x.js": "o\n" });
    const { files, closed } = await (await open(true)).read();
    expect(files).toEqual({ "a.js": "changed\n", "new.js": "n\n", ".gitignore": "out/\n" });
    expect(closed).toEqual(["gone.js", "lib", "lib/b.js", "new.js", "out"]);
  });
});

describe("a forged index", () => {
  const forge = (from: string, to: string) => {
    const index = readFileSync(join(root, ".git/index"));
    writeFileSync(join(root, ".git/index"), Buffer.from(index.toString("latin1").replace(from, to), "latin1"));
  };

  it("has no file read from outside", async () => {
    repository({ "a.js": "a\n", "in/b.js": "b\n" });
    writeFileSync(join(root, "../b.js"), "secret\n");
    forge("in/b.js", "../b.js");
    expect(git("ls-files")).toBe("a.js\n../b.js");
    expect((await (await open(true)).read()).files).toEqual({ "a.js": "a\n", "in/b.js": "b\n" });
  });

  it("has no file written into .git", async () => {
    repository({ "a.js": "a\n", "folder/b.js": "b\n" });
    forge("folder/b.js", ".git/hooks");
    await expect((await open(true)).commit("x", { ".git/hooks": "evil\n" }, "r")).rejects.toThrow("inside .git");
  });
});

describe("a new branch", () => {
  it.each<[string, string[], string]>([
    ["Add a High-Score table!", [], "metagpt/add-a-high-score-table"],
    ["fix", ["metagpt/fix", "metagpt/Fix-2"], "metagpt/fix-3"],
    ["fix", ["metagpt/fix/deep"], "metagpt/fix-2"],
    ["fix", ["metagpt"], "metagpt-fix"],
    ["加一个排行榜", [], "metagpt/change"],
    [`x${" long".repeat(30)}`, [], "metagpt/x-long-long-long-long-long-long-long"],
  ])("names a branch for %j beside %j", async (name, others, branch) => {
    repository({ "a.js": "a\n" });
    for (const other of others) git("branch", other);
    expect(await branchOff(await open(), name)).toBe(branch);
    expect(git("branch", "--show-current")).toBe(branch);
    expect(git("rev-parse", branch)).toBe(git("rev-parse", "main"));
  });

  it("takes uncommitted changes along as they are", async () => {
    repository({ "a.js": "a\n" });
    write({ "a.js": "changed\n", "b.js": "b\n" });
    git("add", "b.js");
    await branchOff(await open(true), "x");
    expect(git("status", "--porcelain")).toBe("M a.js\nA  b.js");
  });
});

describe("commit", () => {
  it("records exactly the files it is given, by the user, naming the run", async () => {
    repository({ "a.js": "a\n", "lib/b.js": "b\n", "c.js": "c\n" });
    const before = git("rev-parse", "HEAD");
    const hash = await (await open()).commit(
      "feat: more\n\nWith a body.",
      { "a.js": "A\n", "lib/b.js": undefined, "new/d.js": "d\n" },
      "r-1",
    );
    expect(git("log", "-1", "--format=%h|%an <%ae>|%cn|%P|%B")).toBe(
      `${hash}|Ann <ann@example.com>|Ann|${before}|feat: more\n\nWith a body.\n\nMetagpt-Run: r-1`,
    );
    expect(git("show", "--name-status", "--format=")).toBe("M\ta.js\nD\tlib/b.js\nA\tnew/d.js");
    expect(git("status", "--porcelain")).toBe("");
    expect(filesIn(root)).toEqual({ "a.js": "A\n", "c.js": "c\n", "new/d.js": "d\n" });
    expect(existsSync(join(root, "lib"))).toBe(false);
  });

  it("is by metagpt where git knows no user", async () => {
    repository({ "a.js": "a\n" });
    rmSync(join(home, ".gitconfig"));
    await (await open()).commit("x", { "a.js": "A\n" }, "r");
    expect(git("log", "-1", "--format=%an <%ae>|%cn <%ce>")).toBe(
      "metagpt <metagpt@localhost>|metagpt <metagpt@localhost>",
    );
  });

  it("makes no commit where nothing changes, and touches no file", async () => {
    repository({ "a.js": "a\n" });
    const { mtimeMs } = statSync(join(root, "a.js"));
    const there = await open();
    expect(await there.commit("x", { "a.js": "a\n", "never.js": undefined }, "r")).toBe("");
    expect(await there.commit("x", {}, "r")).toBe("");
    expect(statSync(join(root, "a.js")).mtimeMs).toBe(mtimeMs);
    expect(git("log", "--format=%s")).toBe("as it was");
  });

  it("leaves other changes of the user as they are, staged or not", async () => {
    repository({ "a.js": "a\n", "b.js": "b\n", "c.js": "c\n" });
    write({ "b.js": "staged\n", "c.js": "changed\n", "d.js": "new\n" });
    git("add", "b.js");
    await (await open(true)).commit("x", { "a.js": "A\n" }, "r");
    expect(git("show", "--name-only", "--format=")).toBe("a.js");
    expect(git("status", "--porcelain")).toBe("M  b.js\n M c.js\n?? d.js");
  });

  it("keeps rights, line ends and odd names", async () => {
    const odd = '说 明 "x"\n*.md';
    repository({ "run.sh": "#!/bin/sh\r\n", [odd]: "1\n", "[a].js": "1\n", "a.js": "1\n" });
    chmodSync(join(root, "run.sh"), 0o755);
    git("commit", "--quiet", "-a", "-m", "rights");
    await (await open()).commit("x", { "run.sh": "#!/bin/bash\r\n", [odd]: "2\n", "[a].js": "2\n" }, "r");
    expect(git("show", "--name-only", "--format=", "-z").split("\0").filter(Boolean).sort()).toEqual(
      ["run.sh", odd, "[a].js"].sort(),
    );
    expect(statSync(join(root, "run.sh")).mode & 0o777).toBe(0o755);
    expect(execFileSync("git", ["cat-file", "-p", "HEAD:run.sh"], { cwd: root, encoding: "utf8" })).toBe(
      "#!/bin/bash\r\n",
    );
    expect(git("ls-tree", "HEAD", "run.sh")).toMatch(/^100755 /);
  });

  it("stores line ends as the attributes of the repository say", async () => {
    repository({ ".gitattributes": "*.txt text eol=crlf\n", "a.txt": "one\r\n" });
    expect((await (await open()).read()).files["a.txt"]).toBe("one\r\n");
    await (await open()).commit("x", { "a.txt": "one\r\ntwo\r\n" }, "r");
    expect(git("cat-file", "-s", "HEAD:a.txt")).toBe(String("one\ntwo\n".length));
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("one\r\ntwo\r\n");
    expect(git("status", "--porcelain")).toBe("");
  });

  it("puts a folder in the place of a file", async () => {
    repository({ lib: "a file\n" });
    await (await open()).commit("x", { "lib/a.js": "a\n", lib: undefined }, "r");
    expect(git("ls-tree", "-r", "--name-only", "HEAD")).toBe("lib/a.js");
  });

  it("runs no program that the repository brings along", async () => {
    repository({ "a.js": "a\n", ".gitattributes": "* diff=spy\n" });
    const trace = join(home, "trace");
    const spy = join(home, "spy");
    writeFileSync(spy, `#!/bin/sh\necho "$0 $@" >> ${trace}\nexit 0\n`);
    chmodSync(spy, 0o755);
    for (const hook of [
      "pre-commit",
      "commit-msg",
      "post-commit",
      "post-checkout",
      "post-index-change",
      "reference-transaction",
    ])
      symlinkSync(spy, join(root, ".git/hooks", hook));
    for (const key of [
      "core.fsmonitor",
      "core.sshCommand",
      "core.editor",
      "core.pager",
      "diff.external",
      "diff.spy.textconv",
      "diff.spy.command",
      "gpg.program",
      "credential.helper",
      "sequence.editor",
    ])
      git("config", key, spy);
    git("config", "commit.gpgSign", "true");
    git("config", "alias.status", `!${spy}`);
    git("status");
    expect(existsSync(trace)).toBe(true);
    rmSync(trace);

    const there = await open();
    await there.read();
    await branchOff(there, "x");
    await there.commit("x", { "a.js": "A\n", "b.js": "b\n" }, "r");
    await undoLastRun(root);
    expect(existsSync(trace)).toBe(false);
    expect(filesIn(root)["a.js"]).toBe("a\n");
  });

  it("refuses a filter that comes into force with the new branch", async () => {
    repository({ "a.js": "a\n", ".gitattributes": "* filter=spy\n" });
    writeFileSync(join(root, ".git/more"), '[filter "spy"]\n clean = cat\n');
    git("config", "includeIf.onbranch:metagpt/**.path", "more");
    const there = await open();
    await branchOff(there, "x");
    await expect(there.commit("x", { "a.js": "A\n" }, "r")).rejects.toThrow("filter.spy.clean");
    expect(filesIn(root)["a.js"]).toBe("a\n");
  });

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ["a path out of the repository", { "../x.js": "x" }, /leaves the project/],
    ["an absolute path", { "/tmp/x.js": "x" }, /no plain path/],
    ["a path into .git", { ".git/hooks/pre-commit": "x" }, /inside \.git/],
    ["a path through a link", { "link/x.js": "x" }, /leads through the link link/],
    ["a link itself", { "file-link": "x" }, /leads through the link file-link/],
    ["a folder", { lib: "x" }, /is there already and is not a file/],
    ["a file below a file", { "a.js/x.js": "x" }, /needs a folder a\.js/],
    ["a name that differs only in case", { "LIB/new.js": "x" }, /differs only in case from the existing lib/],
    ["the deletion of what git does not know", { "loose.txt": undefined }, /git does not know it/],
    ["a name that not every system has", { "a?b.js": "x" }, /cannot be in a file name/],
  ])("refuses %s, and puts back what was written before", async (_, files, message) => {
    repository({ "a.js": "a\n", "b.js": "b\n", "lib/c.js": "c\n", "bin.dat": Buffer.from([0, 255]) });
    symlinkSync(home, join(root, "link"));
    symlinkSync("a.js", join(root, "file-link"));
    git("add", "-A");
    git("commit", "--quiet", "-m", "links");
    write({ "loose.txt": "loose\n" });
    const all = { "a.js": "A\n", "new/deep/x.js": "x\n", "bin.dat": undefined, "b.js": undefined, ...files };
    await expect((await open(true)).commit("x", all, "r")).rejects.toThrow(message);
    expect(git("status", "--porcelain")).toBe("?? loose.txt");
    expect(existsSync(join(root, "new"))).toBe(false);
    expect(git("log", "-1", "--format=%s")).toBe("links");
  });

  it("puts the files back where git fails", async () => {
    repository({ "a.js": "a\n" });
    const there = await open();
    write({ ".git/index.lock": "" });
    await expect(there.commit("x", { "a.js": "A\n", "b.js": "b\n" }, "r")).rejects.toMatchObject({
      name: "DiskError",
      hint: "If no other git is at work there, delete that lock file and run again.",
    });
    expect(filesIn(root)).toEqual({ "a.js": "a\n" });
    expect(git("log", "--format=%s")).toBe("as it was");
  });

  it("puts files and index back where the branch cannot be moved", async () => {
    repository({ "a.js": "a\n" });
    const there = await open();
    write({ ".git/refs/heads/main.lock": "" });
    await expect(there.commit("x", { "a.js": "A\n", "b.js": "b\n" }, "r")).rejects.toThrow("main.lock");
    expect(git("status", "--porcelain")).toBe("");
    expect(filesIn(root)).toEqual({ "a.js": "a\n" });
  });

  it("takes many files at once", async () => {
    repository({ "a.js": "a\n" });
    const files = Object.fromEntries(Array.from({ length: 350 }, (_, index) => [`lib/${index}.js`, `${index}\n`]));
    await (await open()).commit("x", files, "r");
    expect(git("ls-files", "lib").split("\n")).toHaveLength(350);
    expect(git("status", "--porcelain")).toBe("");
  });
});

describe("undoLastRun", () => {
  const change = async (run: string, files: Record<string, string | undefined>, message = run) =>
    (await open()).commit(message, files, run);

  it("reverts the commits of the last run, newest first, and of the run before next time", async () => {
    repository({ "a.js": "a\n", "gone.js": "g\n" });
    await change("one", { "a.js": "1\n" });
    await change("two", { "a.js": "2\n" }, "second");
    const last = await change("two", { "b.js": "b\n", "gone.js": undefined }, "third");

    const { run, reverted } = await undoLastRun(root);
    expect({ run, subjects: reverted.map(({ subject }) => subject) }).toEqual({
      run: "two",
      subjects: ["third", "second"],
    });
    expect(reverted[0]?.hash.startsWith(last)).toBe(true);
    expect(filesIn(root)).toEqual({ "a.js": "1\n", "gone.js": "g\n" });
    expect(git("log", "-2", "--format=%s|%an")).toBe('Revert "second"|Ann\nRevert "third"|Ann');
    expect((await undoLastRun(root)).run).toBe("one");
    expect(filesIn(root)).toEqual({ "a.js": "a\n", "gone.js": "g\n" });
    expect(git("status", "--porcelain")).toBe("");
    await expect(undoLastRun(root)).rejects.toThrow(/The last commit in .* is not of a run: \w{10} as it was$/);
  });

  it("undoes a run that was brought back by reverting its undoing", async () => {
    repository({ "a.js": "a\n" });
    await change("one", { "a.js": "1\n" });
    await undoLastRun(root);
    git("revert", "--no-edit", "HEAD");
    expect(filesIn(root)).toEqual({ "a.js": "1\n" });
    expect((await undoLastRun(root)).run).toBe("one");
    expect(filesIn(root)).toEqual({ "a.js": "a\n" });
  });

  it("undoes the making of a project, down to nothing", async () => {
    const history = await openHistory(root, { run: "first run" });
    write({ "a.js": "a\n" });
    await history.commit("WritePRD", ["a.js"]);
    write({ "b.js": "b\n" });
    await history.commit("WriteCode", ["b.js"]);
    expect(git("log", "-1", "--format=%B")).toBe("WriteCode\n\nMetagpt-Run: first run");
    expect(await undoLastRun(root)).toMatchObject({
      run: "first run",
      reverted: [{ subject: "WriteCode" }, { subject: "WritePRD" }],
    });
    expect(filesIn(root)).toEqual({});
    await expect(undoLastRun(root)).rejects.toThrow(/^Every run in .* is undone already\.$/);
  });

  it("leaves a history alone whose last commit is somebody else's", async () => {
    repository({ "a.js": "a\n" });
    await change("one", { "a.js": "1\n" });
    write({ "b.js": "mine\n" });
    git("add", "-A");
    git("commit", "--quiet", "-m", "my own");
    await expect(undoLastRun(root)).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringMatching(/is not of a run: \w{10} my own$/),
    });
  });

  it("refuses uncommitted changes", async () => {
    repository({ "a.js": "a\n" });
    await change("one", { "a.js": "1\n" });
    write({ "a.js": "mine\n" });
    await expect(undoLastRun(root)).rejects.toThrow("has changes that are not committed: a.js.");
    expect(filesIn(root)).toEqual({ "a.js": "mine\n" });
  });

  it.each([0, 1])("leaves everything as it was where a commit cannot be reverted, after %i others", async (others) => {
    repository({ "a.js": "a\n" });
    git("branch", "side");
    await change("one", { "a.js": "1\n" });
    git("checkout", "--quiet", "side");
    write({ "b.js": "b\n" });
    git("add", "-A");
    git("commit", "--quiet", "-m", "b");
    git("checkout", "--quiet", "main");
    git("merge", "--quiet", "--no-ff", "-m", "merge", "-m", "Metagpt-Run: one", "side");
    for (let count = 0; count < others; count++) await change("one", { "a.js": `${count + 2}\n` });
    const before = git("rev-parse", "HEAD");
    await expect(undoLastRun(root)).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringMatching(/^The run one could not be taken back in .*; nothing was changed\.$/),
      hint: expect.stringMatching(/^Revert it by hand: git revert \w{10}\^\.\.\w{10}$/),
    });
    expect(git("rev-parse", "HEAD")).toBe(before);
    expect(git("status", "--porcelain")).toBe("");
    expect(existsSync(join(root, ".git/REVERT_HEAD"))).toBe(false);
  });
});
