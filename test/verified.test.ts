import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { onOpenAi } from "./helpers/company.ts";
import { prd, tests } from "./helpers/greeter.ts";
import { filesIn } from "./helpers/temp.ts";

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();

describe("--run-tests", () => {
  it("ends with a product whose tests passed and that was started, and says what ran", async () => {
    const { run, project } = await onOpenAi();
    const { code, stderr } = await run(["--run-tests", "--yes", "--require-verified"]);
    expect(stderr).toMatch(/✓ test: python3 -m unittest tests\.test_greeter_names: exit code 0/);
    expect(stderr).toMatch(/✓ start: python3 main\.py: /);
    expect(stderr).toMatch(/✓ Verified: .*2\/2 test files pass/);
    expect(code).toBe(0);
    const files = filesIn(project);
    expect(files["tests/test_greeter_names.py"]).toBe(tests["greeter/names.py"]);
    expect(files["docs/verification.md"]).toContain("**Verified: ");
    expect(files["docs/verification.md"]).toContain("Ran 1 test in");
    expect(files["README.md"]).toContain("python3 -m unittest discover -s tests -t .");
    expect(git(project, "status", "--porcelain")).toBe("");
    // the command that the README names works for whoever reads it
    execFileSync("python3", "-m unittest discover -s tests -t .".split(" "), { cwd: project, stdio: "pipe" });
  });

  it("says honestly what does not work, and ends with 7 where it had to", async () => {
    const broken = tests["greeter/phrases.py"]?.replace('"Ada", greeting', '"Bob", greeting') ?? "";
    const { run, project, questions } = await onOpenAi((question) => {
      if (question === "WriteTest/greeter/phrases.py") return `\`\`\`python\n${broken}\`\`\``;
      // an answer that changes nothing
      return question === "DebugError"
        ? `File: tests/test_greeter_phrases.py\n\`\`\`python\n${broken}\`\`\``
        : undefined;
    });
    const { code, stderr } = await run(["--run-tests", "--yes", "--require-verified"]);
    expect(code).toBe(7);
    expect(stderr).toMatch(/! Partly verified: .*1\/2 test files pass/);
    expect(stderr).toContain("the product is finished, but not verified");
    expect(questions.filter((question) => question === "DebugError").length).toBeLessThanOrEqual(5);
    const verification = readFileSync(join(project, "docs", "verification.md"), "utf8");
    expect(verification).toContain("AssertionError: 'Bob' not found in 'Hello, Ada!'");
    expect(readFileSync(join(project, "README.md"), "utf8")).toContain("Known problems:");
  });

  it("runs nothing that nobody agreed to, and says so before anything is paid for", async () => {
    const { run, questions, cwd } = await onOpenAi();
    const { code, stderr } = await run(["--run-tests"]);
    expect([code, questions]).toEqual([2, []]);
    expect(stderr).toContain("nobody is here to agree to that\nAdd --yes");
    expect(Object.keys(filesIn(cwd))).toEqual(["config/config2.yaml"]);
  });

  it("does not begin where a sandbox is required and there is none", async () => {
    const { run, questions, cwd } = await onOpenAi();
    appendFileSync(join(cwd, "config", "config2.yaml"), "sandbox: docker\n");
    const { code, stderr } = await run(["--run-tests", "--yes"], { env: { DOCKER_HOST: "tcp://127.0.0.1:1" } });
    expect([code, questions]).toEqual([3, []]);
    expect(stderr).toContain("Docker");
  });

  it("says beforehand what an open sandbox cannot hold", async () => {
    const { run, cwd } = await onOpenAi();
    appendFileSync(join(cwd, "config", "config2.yaml"), 'sandbox: "off"\n');
    const { stderr } = await run(["--run-tests", "--yes"]);
    expect(stderr.indexOf("what is run could")).toBeGreaterThan(0);
    expect(stderr.indexOf("what is run could")).toBeLessThan(stderr.indexOf("WritePRD"));
  });
});

describe("a run without tests", () => {
  it("says that nothing was run, on the screen and in the repository", async () => {
    const { run, project } = await onOpenAi();
    const { code, stderr } = await run();
    expect(code).toBe(0);
    expect(stderr).toContain("· Not verified: nothing was run; only the code was checked.");
    expect(readFileSync(join(project, "docs", "verification.md"), "utf8")).toContain(
      "| Python | tree-sitter (Python) |",
    );
  });

  it("has what the check finds mended, and tells what remains", async () => {
    const wrong = "from greeter.nowhere import nothing\nprint(nothing)\n";
    const { run, questions, project } = await onOpenAi((question, times) =>
      question === "WriteCode/main.py" && times === 1 ? `\`\`\`python\n${wrong}\`\`\`` : undefined,
    );
    const { code, stderr } = await run(["--no-code-review"]);
    expect(code).toBe(0);
    expect(stderr).toContain("! the code was checked: 1 finding");
    expect(questions.filter((question) => question === "WriteCode/main.py")).toHaveLength(2);
    expect(stderr).toContain("· the code was checked: nothing found");
    expect(readFileSync(join(project, "main.py"), "utf8")).toContain("from greeter.names import name_from");
  });
});

describe("--review without a terminal", () => {
  it("leaves each document to be edited, names the command that goes on, and that goes on from what was edited", {
    timeout: 60_000,
  }, async () => {
    const { run, program, project, questions } = await onOpenAi();
    const first = await run(["--review"]);
    expect([first.code, questions]).toEqual([9, ["WritePRD"]]);
    expect(first.stderr.trimEnd().split("\n").at(-1)).toMatch(/^metagpt resume \S+$/);
    const edited = { ...prd, product_goals: ["Greet in Klingon"] };
    writeFileSync(join(project, "docs", "prd.json"), JSON.stringify(edited));
    const second = await program("resume");
    expect([second.code, questions]).toEqual([9, ["WritePRD", "WriteDesign"]]);
    const third = await program("--recover-path", project);
    expect([third.code, questions]).toEqual([9, ["WritePRD", "WriteDesign", "WriteTasks"]]);
    expect((await program("resume")).code).toBe(0);
    expect(questions).toHaveLength(9);
    expect(readFileSync(join(project, "docs", "prd.md"), "utf8")).toContain("Greet in Klingon");
    expect(git(project, "status", "--porcelain")).toBe("");
  });

  it("refuses a document that was spoiled, by its name, before anything is paid for", async () => {
    const { run, program, project, questions } = await onOpenAi();
    await run(["--review"]);
    writeFileSync(join(project, "docs", "prd.json"), '{"language": "English"}');
    const { code, stderr } = await program("--recover-path", project);
    expect([code, questions]).toEqual([2, ["WritePRD"]]);
    expect(stderr).toContain("docs/prd.json cannot be used");
  });
});

describe("--clarify without a terminal", () => {
  it("is refused before anything is paid for", async () => {
    const { run, questions } = await onOpenAi();
    const { code, stderr } = await run(["--clarify"]);
    expect([code, questions]).toEqual([2, []]);
    expect(stderr).toContain("nobody is here to answer");
  });
});
