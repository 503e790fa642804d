import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { displayWidth } from "../../bin/width.ts";
import manifest from "../../package.json" with { type: "json" };
import type { ChatMessage } from "../../src/llm/provider.ts";
import { answerToAll, prd } from "../helpers/greeter.ts";
import { openaiServer } from "../helpers/openai-server.ts";
import { metagpt } from "../helpers/program.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

/** An LLM that nothing listens for: whoever asks it fails. */
const nobody = 'llm: {api_type: open_llm, base_url: "http://127.0.0.1:9/v1", model: qwen}\n';

/** Runs the program in a folder with these files. */
async function run(args: readonly string[], files: Readonly<Record<string, string>> = {}, input?: string) {
  const cwd = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return { cwd, ...(await metagpt(args, { cwd, ...(input === undefined ? {} : { input }) })) };
}

const configured = { "config/config2.yaml": nobody };

/** Whether a server of the tester's own listens where local models are looked for. */
const ollamaRuns = await new Promise<boolean>((resolve) => {
  const socket = connect(11434, "127.0.0.1");
  socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
  socket.on("connect", () => socket.destroy());
});

describe("what the program says of itself", () => {
  it.each([["--version"], ["-V"], ["--version", "--quiet"]])("prints its version for %s", async (...args) => {
    expect(await run(args)).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it.each([["--help"], ["-h"], ["help"]])(
    "prints its help for %s: 80 columns and 50 lines at most",
    async (...args) => {
      const { code, stdout, stderr } = await run(args);
      expect([code, stderr]).toEqual([0, ""]);
      const lines = stdout.trimEnd().split("\n");
      expect(lines[0]).toBe('Usage: metagpt [options] "IDEA"');
      expect(lines.length).toBeLessThanOrEqual(50);
      expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
      for (const group of ["Idea:", "Company:", "LLMs:", "Existing work:", "Output:", "Commands:"]) {
        expect(lines).toContain(group);
      }
    },
  );

  it.each([
    ["llms", "--help"],
    ["help", "llms"],
  ])("has a help of its own for llms: %s %s", async (...args) => {
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: metagpt llms \[options\]\n/);
  });

  it("writes no file for any of it", async () => {
    const { cwd } = await run(["--help"]);
    expect(filesIn(cwd)).toEqual({});
  });
});

describe("a command line that is wrong ends with 2 and says how", () => {
  it.each([
    [["--investmnt", "3", "a game"], "unknown option '--investmnt'\n(Did you mean --investment?)"],
    [["llms", "--jsn"], "unknown option '--jsn'\n(Did you mean --json?)"],
    [["--xyzzy", "a game"], "unknown option '--xyzzy'"],
    [["llm"], 'there is no command llm; did you mean llms?\nIf it is an idea, say more: metagpt "write llm".'],
    [["LLMs"], "did you mean llms?"],
    [["hlep"], "did you mean help?"],
    [["llms", "extra"], "too many arguments for 'llms'"],
    [["write", "a", "snake", "game"], 'an idea of several words goes into quotes\nTry: metagpt "write a snake game"'],
    [["a game", "--idea-file", "idea.txt"], "there are two ideas"],
    [[], 'no idea was given\nSay what to build, such as: metagpt "write a snake game"'],
    [["  "], "the idea is empty"],
    [["-"], "the idea is empty"],
    [["--idea-file"], "option '--idea-file <file>' argument missing"],
    [["a game", "--investment", "much"], "It must be an amount in USD."],
    [["a game", "--investment", "-1"], "It must be an amount in USD."],
    [["a game", "--investment="], "It must be an amount in USD."],
    [["a game", "--investment", "Infinity"], "It must be an amount in USD."],
    [["a game", "--n-round", "0"], "It must be a whole number from 1 on."],
    [["a game", "--n-round", "2.5"], "It must be a whole number from 1 on."],
    [["a game", "--concurrency", "0"], "It must be a whole number from 1 on."],
    [["a game", "--concurrency", "1e3"], "It must be a whole number from 1 on."],
    [["a game", "--max-auto-summarize-code", "-2"], "It must be a whole number from -1 on."],
    [["a game", "--project-name", "游戏"], "--project-name 游戏 cannot name a folder"],
    [["llms", "--inc"], "unknown option '--inc'"],
    [["undo", "extra"], "too many arguments for 'undo'"],
    [["undoo"], "there is no command undoo; did you mean undo?"],
    [["a game", "--project-path"], "option '--project-path <dir>' argument missing"],
    [["a game", "--project-path", "none"], "There is no folder"],
    [["a game", "--inc"], "--inc changes a project that exists, and none is named\nName it with --project-path DIR"],
    [["a game", "--inc", "--project-name", "snake_game"], "workspace/snake_game"],
    [["--project-path", "config"], "no idea was given"],
    [["--recover-path", "none"], "none holds no project that was begun: there is no docs/prd.json"],
    [["undo"], "there is no project in"],
    [["undo", "--project-path", "config"], "config is not a git repository"],
  ])("%j", async (args, words) => {
    const { code, stdout, stderr, cwd } = await run(args, configured);
    expect(stderr).toContain(words);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^metagpt: /);
    expect(Object.keys(filesIn(cwd))).toEqual(["config/config2.yaml"]);
  });
});

describe("options that do not go together are refused before anything is asked", () => {
  const named = "Name the repository with --project-path DIR.";
  const change = ["a pause key", "--project-path", "."];
  it.each([
    [["a game", "--dry-run"], `--dry-run shows a change, and there is nothing to change\n${named}`],
    [["a game", "--allow-dirty"], `--allow-dirty is about a repository, and none is named\n${named}`],
    [["--reqa-file", "src/game.js"], `--reqa-file is a file of a repository, and none is named\n${named}`],
    [
      ["--recover-path", ".", "--project-path", "."],
      "--recover-path goes on with a new project, --project-path changes a finished one\nChoose one of them.",
    ],
    [["--recover-path", ".", "--inc", "--project-name", "greeter"], "--recover-path goes on with a new project"],
    [
      ["--recover-path", ".", "a game"],
      "--recover-path goes on with the idea that the project was begun with\nLeave the idea out.",
    ],
    [["--recover-path", ".", "--idea-file", "docs/prd.json"], "--recover-path goes on with the idea"],
    [
      [...change, "--dry-run", "--run-tests"],
      "a dry run writes nothing, so there is nothing to test\nLeave out --dry-run or --run-tests.",
    ],
    [["--reqa-file", "main.py", "--project-path", ".", "--dry-run"], "a dry run writes nothing"],
    [
      ["a game", "--run-tests", "--no-implement"],
      "without code there is nothing to test\nLeave out --no-implement or --run-tests.",
    ],
    [[...change, "--no-implement"], "a change of a repository is code\nLeave out --no-implement."],
    [["a game", "--require-verified"], "only what was run can be verified\nAdd --run-tests."],
  ])("%j", async (args, words) => {
    const { code, stdout, stderr } = await run(args, { ...configured, "docs/prd.json": JSON.stringify(prd) });
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(`metagpt: ${words}`)]);
  });

  it("counts what the configuration says as well", async () => {
    const files = { "config/config2.yaml": `${nobody}run_tests: true\n` };
    const { code, stderr } = await run(["a game", "--no-implement", "--yes"], files);
    expect([code, stderr]).toEqual([2, expect.stringContaining("without code there is nothing to test")]);
  });

  it("has no say about the commands", async () => {
    expect((await run(["--inc", "--dry-run", "llms"], configured)).code).toBe(0);
  });
});

describe("what needs somebody at the terminal is refused where nobody is", () => {
  it.each([
    [
      ["a game", "--run-tests"],
      "--run-tests runs what a model wrote, and nobody is here to agree to that\nAdd --yes to agree beforehand, or run it in a terminal.",
    ],
    [
      ["a game", "--clarify"],
      "--clarify asks questions, and nobody is here to answer them\nRun it in a terminal, or say more in the idea.",
    ],
    [["a game", "--clarify", "--yes"], "--clarify asks questions"],
  ])("%j", async (args, words) => {
    const { code, stdout, stderr, cwd } = await run(args, configured);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(`metagpt: ${words}`)]);
    expect(Object.keys(filesIn(cwd))).toEqual(["config/config2.yaml"]);
  });

  it("is not needed to say what it would cost", async () => {
    expect((await run(["a game", "--run-tests", "--clarify", "--estimate"], configured)).code).toBe(0);
  });

  it("is not needed by --review, which is gone on with later", async () => {
    const server = await openaiServer(({ body }) => answerToAll(body.messages as ChatMessage[]));
    onTestFinished(() => server.close());
    const config = `llm: {api_type: open_llm, base_url: "${server.url}/v1", model: qwen}\n`;
    const { cwd, code, stderr } = await run(["a greeter", "--review"], { "config/config2.yaml": config });
    expect(code).toBe(9);
    expect(stderr).toMatch(/^metagpt resume \S+\n$/m);
    const folder = join(cwd, "workspace/greeter");
    expect(JSON.parse(readFileSync(join(folder, "docs/prd.json"), "utf8"))).toMatchObject({ project_name: "greeter" });
    expect(existsSync(join(folder, "docs/system_design.json"))).toBe(false);

    const next = await metagpt(["resume", folder], { cwd });
    expect(next.code).toBe(9);
    expect(existsSync(join(folder, "docs/system_design.json"))).toBe(true);
    expect(existsSync(join(folder, "docs/task.json"))).toBe(false);
  });
});

describe("--estimate", () => {
  it("prints what a run would cost and asks nobody", async () => {
    const server = await openaiServer(() => "no");
    onTestFinished(() => server.close());
    const config = `llm: {api_type: open_llm, base_url: "${server.url}/v1", model: qwen, price: {input: 1, output: 10}}\n`;
    const { code, stdout, stderr, cwd } = await run(["a game", "--estimate", "--investment", "0.5"], {
      "config/config2.yaml": config,
    });
    expect([code, stderr, server.requests.length]).toEqual([0, "", 0]);
    const [choice, cost] = stdout.split("\n");
    expect(choice).toContain("config/config2.yaml:1");
    const [, usd, calls, input, output] =
      /^about \$([\d.]+) for (\d+) calls, (\d+) tokens in and (\d+) out; a run stops at \$0\.50$/.exec(cost ?? "") ??
      [];
    expect(Number(calls)).toBe(17);
    expect(Number(usd)).toBeCloseTo((Number(input) + 10 * Number(output)) / 1e6, 2);
    expect(Object.keys(filesIn(cwd))).toEqual(["config/config2.yaml"]);
  });

  it.each(["tetris", "2048", "贪吃蛇"])("takes the single word %s for an idea", async (idea) => {
    expect((await run([idea, "--estimate"], configured)).code).toBe(0);
  });

  it("prints one JSON object with --json", async () => {
    const { stdout } = await run(["a game", "--estimate", "--json", "--no-implement"], configured);
    expect(JSON.parse(stdout)).toMatchObject({ estimate: { calls: 3 }, investment: 3 });
  });

  it("takes the idea from standard input", async () => {
    expect((await run(["-", "--estimate"], configured, "a game\n")).code).toBe(0);
  });
});

describe("a run that cannot begin", () => {
  it("ends with 74 where the idea's file is not there", async () => {
    const { code, stderr } = await run(["--idea-file", "ideas/none.txt"], configured);
    expect([code, stderr]).toEqual([74, "metagpt: the idea file ideas/none.txt cannot be read\nCheck the path.\n"]);
  });

  it("ends with 74 where the workspace is a file", async () => {
    const { code, stderr, stdout } = await run(["a game", "--workspace", "taken"], { ...configured, taken: "mine" });
    expect([code, stdout]).toEqual([74, ""]);
    expect(stderr).toContain("--workspace");
  });

  it.skipIf(ollamaRuns)("ends with 3 and three ways to go on where no LLM is found", async () => {
    const { code, stderr, stdout, cwd } = await run(["an idea that nobody ever had"]);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr.match(/^ {2}\d\. .*$/gm)).toEqual([
      expect.stringContaining("export OPENAI_API_KEY="),
      expect.stringContaining("ollama pull"),
      expect.stringContaining('metagpt "write a snake game"'),
    ]);
    expect(filesIn(cwd)).toEqual({});
  });

  it("ends with 3 naming file, line and key of a slip in the config", async () => {
    const config = "investment: 2\nllm:\n  api_type: open_llm\n  modle: qwen\n";
    const { code, stderr } = await run(["a game"], { "config/config2.yaml": config });
    expect(code).toBe(3);
    expect(stderr).toBe("metagpt: config/config2.yaml:4: unknown key modle, did you mean model?\n");
  });

  it("ends with 3 where --llm names nothing", async () => {
    const { code, stderr } = await run(["a game", "--llm", "opnai"], configured);
    expect([code, stderr]).toEqual([3, expect.stringContaining("--llm: no LLM is called opnai\nDid you mean openai?")]);
  });
});

describe("metagpt llms", () => {
  const key = "sk-abcdefghijklmnop1234";
  const mixed = {
    "config/config2.yaml": [
      "llm:",
      "  api_type: open_llm",
      '  base_url: "http://127.0.0.1:9/v1"',
      "  model: qwen",
      `  api_key: ${key}`,
      "models:",
      "  coder: {api_type: ollama, model: qwen2.5-coder}",
      "roles:",
      "  - role: Architect",
      "    llm: coder",
      "",
    ].join("\n"),
    "config/multi_llm_config.yaml":
      "Engineer: coder\nWriteCodeReview: mine\nMODEL_LIST:\n  mine: {api_type: deepseek, api_key: short}\n",
  };

  it("shows who is answered by what, where that was decided, and no key", async () => {
    const { code, stdout, stderr } = await run(["llms"], mixed);
    expect([code, stderr]).toEqual([0, ""]);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows.map(([role, action, llm, model]) => [role, action, llm, model])).toEqual([
      ["role", "action", "LLM", "model"],
      ["ProductManager", "WritePRD", "open_llm", "qwen"],
      ["ProductManager", "AskQuestions", "open_llm", "qwen"],
      ["ProductManager", "ClassifyRequest", "open_llm", "qwen"],
      ["ProductManager", "RefinePRD", "open_llm", "qwen"],
      ["Architect", "WriteDesign", "coder", "qwen2.5-coder"],
      ["Architect", "RefineDesign", "coder", "qwen2.5-coder"],
      ["ProjectManager", "WriteTasks", "open_llm", "qwen"],
      ["ProjectManager", "RefineTasks", "open_llm", "qwen"],
      ["Engineer", "WriteCode", "coder", "qwen2.5-coder"],
      ["Engineer", "WriteCodeReview", "mine", "mine"],
      ["Engineer", "SummarizeCode", "coder", "qwen2.5-coder"],
      ["Engineer", "WriteCodePlanAndChange", "coder", "qwen2.5-coder"],
      ["Engineer", "EditCode", "coder", "qwen2.5-coder"],
      ["QaEngineer", "WriteTest", "open_llm", "qwen"],
      ["QaEngineer", "DebugError", "open_llm", "qwen"],
      ["QaEngineer", "ReproduceBug", "open_llm", "qwen"],
    ]);
    expect(stdout).not.toContain(key.slice(0, -4));
    expect(rows[1]?.slice(-2)).toEqual(["sk-…1234", "config/config2.yaml:1"]);
  });

  it("shows the same as JSON", async () => {
    const { code, stdout } = await run(["llms", "--json"], mixed);
    expect(code).toBe(0);
    expect(stdout).not.toContain(key);
    const rows = JSON.parse(stdout);
    expect(rows).toHaveLength(16);
    expect(rows[0]).toEqual({
      role: "ProductManager",
      action: "WritePRD",
      llm: "open_llm",
      fallback: [],
      apiType: "open_llm",
      model: "qwen",
      baseUrl: "http://127.0.0.1:9/v1",
      key: "sk-…1234",
      origin: "config/config2.yaml:1",
    });
    expect(rows.map(({ role, origin }: { role: string; origin: string }) => `${role} ${origin}`)).toEqual([
      ...Array(4).fill("ProductManager config/config2.yaml:1"),
      ...Array(2).fill("Architect config/config2.yaml:10"),
      ...Array(2).fill("ProjectManager config/config2.yaml:1"),
      "Engineer config/multi_llm_config.yaml:1",
      "Engineer config/multi_llm_config.yaml:2",
      ...Array(3).fill("Engineer config/multi_llm_config.yaml:1"),
      ...Array(3).fill("QaEngineer config/config2.yaml:1"),
    ]);
  });

  it("heeds options on either side of the command", async () => {
    const files = { "other/config2.yaml": nobody };
    const [before, after] = [
      await run(["--config", "other", "--json", "llms"], files),
      await run(["llms", "--config", "other", "--json"], files),
    ];
    expect(before.code).toBe(0);
    expect(JSON.parse(before.stdout)).toEqual(JSON.parse(after.stdout));
    expect(JSON.parse(after.stdout)[0].origin).toBe("other/config2.yaml:1");
  });

  it("shows what is incomplete, says what is lacking, and ends with 3", async () => {
    const { code, stdout, stderr } = await run(["llms"], {
      "config/config2.yaml": `${nobody}roles:\n  - role: Engineer\n    llm: openai\n`,
    });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^ProductManager +WritePRD +open_llm/m);
    expect(stdout).toMatch(/^Engineer +WriteCode +openai/m);
    expect(stderr).toContain("OPENAI_API_KEY");
    expect(stderr.match(/^metagpt: /gm)).toHaveLength(1);
  });
});

describe("--init-config", () => {
  it("writes commented files that change nothing, and keeps what was there", async () => {
    const { code, stdout, stderr, cwd } = await run(["--init-config"], { "config/config2.yaml": nobody });
    const file = (name: string) => join(cwd, "config", name);
    expect(code).toBe(0);
    expect(stdout).toBe(`${file("config2.yaml")}\n${file("multi_llm_config.yaml")}\n`);
    expect(stderr).toContain(`kept the old file as ${file("config2.yaml.bak")}`);
    expect(readFileSync(file("config2.yaml.bak"), "utf8")).toBe(nobody);
    expect(readFileSync(file("config2.yaml"), "utf8")).toContain("# llm:\n");
    expect(Object.keys(filesIn(cwd))).toEqual([
      "config/config2.yaml",
      "config/config2.yaml.bak",
      "config/multi_llm_config.yaml",
    ]);
  });

  it("writes to the folder that --config names", async () => {
    const { code, cwd } = await run(["--init-config", "--config", "settings"]);
    expect(code).toBe(0);
    expect(Object.keys(filesIn(cwd))).toEqual(["settings/config2.yaml", "settings/multi_llm_config.yaml"]);
  });
});
