import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { onOpenAi } from "./helpers/company.ts";
import { code as sources } from "./helpers/greeter.ts";
import { filesIn } from "./helpers/temp.ts";

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
    encoding: "utf8",
  }).trim();

/** A company and a repository of somebody else with the same code, one file of it with odd bytes. */
async function withForeign() {
  const company = await onOpenAi();
  const repository = join(company.cwd, "foreign");
  const files = { ...sources, "说明.md": "\uFEFF第一行\r\n第二行\r\n", "README.md": "# Mine\n" };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(repository, path, ".."), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  execFileSync("git", ["init", "-q", "-b", "trunk", repository]);
  git(repository, "add", "-A");
  git(repository, "commit", "-qm", "as it is");
  const change = (...args: string[]) => company.program("be politer", "--project-path", repository, ...args);
  return { ...company, repository, files, change };
}

describe("--project-path", () => {
  it("changes what the plan names on a branch of its own, and leaves everything else byte for byte", async () => {
    const { change, repository, questions, files } = await withForeign();
    const { code, stdout, stderr } = await change();
    expect(stderr).toContain("~ change greeter/phrases.py: It is politer.");
    expect([code, stdout]).toEqual([0, `${repository}\n`]);
    expect(questions).toEqual(["ClassifyRequest", "WriteCodePlanAndChange", "EditCode/greeter/phrases.py"]);
    expect(git(repository, "branch", "--show-current")).toBe("metagpt/be-politer");
    expect(git(repository, "log", "--format=%s")).toBe("EditCode by Engineer: greeter/phrases.py\nas it is");
    const expected = { ...files, "greeter/phrases.py": sources["greeter/phrases.py"]?.replace("Hello", "Good day") };
    for (const [path, text] of Object.entries(expected))
      expect(readFileSync(join(repository, path), "utf8"), path).toBe(text);
    expect(git(repository, "diff", "--stat", "trunk", "--", ".", ":!greeter/phrases.py")).toBe("");
  });

  it("with --dry-run shows plan and diff, and writes nothing", async () => {
    const { change, repository, files } = await withForeign();
    const { code, stdout, stderr } = await change("--dry-run");
    expect(code).toBe(0);
    expect(stderr).toContain("~ change greeter/phrases.py");
    expect(stdout).toContain('-    return f"Hello, {name}!"\n+    return f"Good day, {name}!"');
    expect(stdout.startsWith("diff --git") || stdout.startsWith("---")).toBe(true);
    expect(git(repository, "status", "--porcelain", "--branch")).toBe("## trunk");
    expect(Object.keys(filesIn(repository)).toSorted()).toEqual(Object.keys(files).toSorted());
    expect(readFileSync(join(repository, "greeter/phrases.py"), "utf8")).toContain("Hello");
  });

  it("is taken back by undo", async () => {
    const { change, program, repository } = await withForeign();
    await change();
    const { code, stderr } = await program("undo", "--project-path", repository);
    expect([code, stderr]).toEqual([0, expect.stringContaining("EditCode by Engineer: greeter/phrases.py")]);
    expect(readFileSync(join(repository, "greeter/phrases.py"), "utf8")).toBe(sources["greeter/phrases.py"]);
    expect(git(repository, "log", "--format=%s").split("\n")).toHaveLength(3);
    writeFileSync(join(repository, "notes.txt"), "mine\n");
    const dirty = await program("undo", "--project-path", repository);
    expect([dirty.code, dirty.stderr]).toEqual([2, expect.stringContaining("Commit or stash them, then undo again.")]);
  });

  it("refuses a work tree with changes before anything is paid for, unless it may be dirty", async () => {
    const { change, repository, questions } = await withForeign();
    writeFileSync(join(repository, "notes.txt"), "mine\n");
    const refused = await change();
    expect([refused.code, questions]).toEqual([2, []]);
    expect(refused.stderr).toContain("notes.txt");
    expect((await change("--allow-dirty")).code).toBe(0);
    expect(git(repository, "status", "--porcelain")).toBe("?? notes.txt");
  });

  it("never writes over what git does not keep, and stays where it was when nothing comes of it", async () => {
    const plan = (path: string) =>
      JSON.stringify({
        cause: "",
        changes: [{ path, action: "change", what: "x", why: "y", depends_on: [] }],
      });
    const { program, cwd, questions } = await onOpenAi((question) =>
      question === "WriteCodePlanAndChange" ? plan(".env") : undefined,
    );
    const repository = join(cwd, "foreign");
    mkdirSync(repository);
    writeFileSync(join(repository, ".gitignore"), ".env\n");
    writeFileSync(join(repository, "main.py"), "print(1)\n");
    execFileSync("git", ["init", "-q", "-b", "trunk", repository]);
    git(repository, "add", "-A");
    git(repository, "commit", "-qm", "as it is");
    writeFileSync(join(repository, ".env"), "SECRET=mine\n");
    const { code, stderr } = await program("be politer", "--project-path", repository);
    expect(code).toBe(6);
    expect(stderr).toContain(".env was not read, or git does not track it");
    expect(questions.some((question) => question.startsWith("EditCode"))).toBe(false);
    expect(readFileSync(join(repository, ".env"), "utf8")).toBe("SECRET=mine\n");
    expect(git(repository, "branch", "--show-current")).toBe("trunk");
  });

  it("says before anything is paid for that another git is at work", async () => {
    const { change, repository, questions } = await withForeign();
    writeFileSync(join(repository, ".git", "index.lock"), "");
    const { code, stderr } = await change();
    expect([code, questions]).toEqual([2, []]);
    expect(stderr).toContain("index.lock");
  });

  it("refuses a folder that is no repository", async () => {
    const { program, cwd, questions } = await onOpenAi();
    const { code, stderr } = await program("be politer", "--project-path", join(cwd, "config"));
    expect([code, questions]).toEqual([2, []]);
    expect(stderr).toContain("git init");
  });

  it("refines the documents of a project of ours, and leaves its README to its owner", async () => {
    const { run, program, project, questions } = await onOpenAi();
    await run(["--no-code-review"]);
    writeFileSync(join(project, "README.md"), "# My own words\n");
    git(project, "commit", "-qam", "my words");
    const before = questions.length;
    const { code } = await program("be politer", "--inc", "--project-name", "greeter");
    expect(code).toBe(0);
    expect(questions.slice(before)).toEqual([
      ...["ClassifyRequest", "RefinePRD", "RefineDesign", "RefineTasks"],
      ...["WriteCodePlanAndChange", "EditCode/greeter/phrases.py"],
    ]);
    expect(JSON.parse(readFileSync(join(project, "docs/prd.json"), "utf8")).product_goals).toEqual(["Greet politely"]);
    expect(readFileSync(join(project, "README.md"), "utf8")).toBe("# My own words\n");
    expect(git(project, "branch", "--show-current")).toBe("metagpt/be-politer");
    expect(execFileSync("python3", ["main.py", "Ada"], { cwd: project, encoding: "utf8" })).toBe("Good day, Ada!\n");
  });

  it("refuses to test a file that is not there, and says which one may be meant", async () => {
    const { change, questions } = await withForeign();
    const { code, stderr } = await change("--reqa-file", "greeter/name.py", "--yes");
    expect([code, questions]).toEqual([2, []]);
    expect(stderr).toContain("Did you mean greeter/names.py?");
  });

  it("waits with a document of a change that nobody is there to review, and goes on from what was edited", {
    timeout: 60_000,
  }, async () => {
    const { run, program, project, questions } = await onOpenAi();
    await run();
    const asked = questions.length;
    const changed = await program("greet politely", "--project-path", project, "--review");
    expect([changed.code, questions.slice(asked)]).toEqual([9, ["ClassifyRequest", "RefinePRD"]]);
    const file = join(project, "docs/prd.json");
    const document = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, `${JSON.stringify({ ...document, product_goals: ["Bow"] }, null, 2)}\n`);
    for (const next of ["RefineDesign", "RefineTasks"]) {
      expect((await program("resume")).code).toBe(9);
      expect(questions.at(-1)).toBe(next);
    }
    expect((await program("resume")).code).toBe(0);
    expect(readFileSync(join(project, "docs/prd.md"), "utf8")).toContain("Bow");
    expect(git(project, "status", "--porcelain")).toBe("");
    expect(questions.filter((question, index) => index >= asked && question.startsWith("Refine"))).toHaveLength(3);
  });

  it("with --reqa-file writes the tests of that file anew and runs them", async () => {
    const { run, program, project, questions } = await onOpenAi();
    await run(["--no-code-review", "--run-tests", "--yes"]);
    rmSync(join(project, "tests/test_greeter_names.py"));
    git(project, "commit", "-qam", "lost");
    const before = questions.length;
    const { code, stderr } = await program(
      "--reqa-file",
      "greeter/names.py",
      "--project-path",
      project,
      "--yes",
      "--require-verified",
    );
    expect([code, questions.slice(before)]).toEqual([0, ["WriteTest/greeter/names.py"]]);
    expect(stderr).toContain("✓ test: python3 -m unittest tests.test_greeter_names: exit code 0");
    expect(git(project, "diff", "--name-only", "HEAD~1", "--", "greeter", "main.py")).toBe("");
  });
});
