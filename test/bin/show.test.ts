import { Writable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { createScreen } from "../../bin/show.ts";
import { displayWidth } from "../../bin/width.ts";
import { type NewEvent, RunEvent } from "../../src/events.ts";
import { FakeTerminal } from "../helpers/fake-terminal.ts";
import { done, ends, eventful, opening, question, stamped, starts } from "../helpers/scripted-run.ts";

/** A stream that is no terminal. */
function pipe() {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, next) {
      chunks.push(chunk);
      next();
    },
  });
  return Object.assign(stream, { text: () => chunks.join("") });
}

type Options = Partial<Omit<Parameters<typeof createScreen>[0], "stderr" | "stdout">>;

/** Everything a screen writes for these events. */
async function show(events: readonly NewEvent[], options: Options = {}) {
  const stderr = pipe();
  const stdout = pipe();
  const screen = await createScreen({
    stderr,
    stdout,
    mode: "plain",
    verbose: false,
    color: false,
    columns: 80,
    ...options,
  });
  for (const event of stamped(events)) screen.handle(event);
  screen.close();
  return { stdout: stdout.text(), stderr: stderr.text(), lines: stderr.text().split("\n").slice(0, -1) };
}

/** Waits for the spinner to draw what is expected. */
const soon = (expectation: () => void) => vi.waitFor(expectation, { timeout: 10_000 });

describe("plain lines", () => {
  it("tell the whole run in 80 columns", async () => {
    expect((await show(eventful)).lines).toEqual([
      "写一个2048小游戏， 在浏览器里玩",
      "  Ollama at 127.0.0.1:11434: qwen2.5-coder:7b",
      "  estimate $0.42 for 14 calls, stops at $3.00",
      "? WritePRD: answer prompts/0001-WritePRD.prompt.md by writing",
      "  0001-WritePRD.answer.md",
      "✓ ProductManager WritePRD                    3.0 s   1.2k in    840 out       $0",
      "· ProductManager WritePRD asked again: project_name: required; product_goals[3]…",
      "· project game_2048 in workspace/game_2048",
      "· commit 1a2b3c4 ProductManager: WritePRD, 2 files",
      "· written Engineer: WriteCode, 1 file",
      "· Engineer       WriteCode js/board.js again in 2 s: 429 Too Many Requests: thi…",
      "! js/tiles.js -> js/board.js -> js/tiles.js is a cycle; js/tiles.js is written",
      "  first",
      "… Engineer       WriteCode js/board.js       3.0 s   ~24k in  ~8.2k out  $0.0042",
      "✓ Engineer       WriteCodeReview …rd.js #2   12 s   1.2k in    840 out  <$0.0001",
      "· Engineer       WriteCodeReview js/board.js changes asked for: 合并之后没有更…",
      "· Engineer       WriteCodeReview js/ui.js approved",
      "✓ Engineer       WriteCode …/persistence.js  3.0 s   1.2k in    840 out  $0.0042",
      "✗ WriteCode js/ui.js: qwen2.5-coder:7b at http://127.0.0.1:11434 refused the key",
      "  Check api_key in config/config2.yaml, line 3.",
      "✗ WriteCode js/end.js: no usable answer: no code in the answer",
      "  saved as answers/WriteCode_js_end.js_1.3.txt",
      '! WritePRD: the prompt has changed since "write a 2048 game" was recorded',
    ]);
  });

  it("leave out roles and tokens in 40 columns", async () => {
    expect((await show(eventful, { columns: 40 })).lines).toEqual([
      "写一个2048小游戏， 在浏览器里玩",
      "  Ollama at 127.0.0.1:11434:",
      "  qwen2.5-coder:7b",
      "  estimate $0.42 for 14 calls, stops at",
      "  $3.00",
      "? WritePRD: answer",
      "  prompts/0001-WritePRD.prompt.md by",
      "  writing 0001-WritePRD.answer.md",
      "✓ WritePRD                3.0 s       $0",
      "· WritePRD asked again: project_name: r…",
      "· project game_2048 in",
      "  workspace/game_2048",
      "· commit 1a2b3c4 ProductManager: WriteP…",
      "· written Engineer: WriteCode, 1 file",
      "· WriteCode js/board.js again in 2 s: 4…",
      "! js/tiles.js -> js/board.js ->",
      "  js/tiles.js is a cycle; js/tiles.js is",
      "  written first",
      "… WriteCode js/board.js   3.0 s  $0.0042",
      "✓ WriteCodeReview …s #2   12 s  <$0.0001",
      "· WriteCodeReview js/board.js changes a…",
      "· WriteCodeReview js/ui.js approved",
      "✓ WriteCode …sistence.js  3.0 s  $0.0042",
      "✗ WriteCode js/ui.js: qwen2.5-coder:7b",
      "  at http://127.0.0.1:11434 refused the",
      "  key",
      "  Check api_key in config/config2.yaml,",
      "  line 3.",
      "✗ WriteCode js/end.js: no usable answer:",
      "  no code in the answer",
      "  saved as",
      "  answers/WriteCode_js_end.js_1.3.txt",
      "! WritePRD: the prompt has changed since",
      '  "write a 2048 game" was recorded',
    ]);
  });

  it.each([20, 40, 80, 100, 200])("stay within %i columns", async (columns) => {
    const wide = (await show(eventful, { columns, verbose: true })).lines.filter(
      (line) => displayWidth(line) > columns,
    );
    // a path is never broken: it is there to be copied
    expect(wide.filter((line) => /\s\S*\s/.test(line.trim()))).toEqual([]);
  });

  it("name the model where there is room for it", async () => {
    const { lines } = await show([ends(question("Engineer", "WriteCode", "js/board.js"))], { columns: 100 });
    expect(lines).toEqual([
      "✓ Engineer       WriteCode js/board.js         qwen2.5-coder:7b  3.0 s   1.2k in    840 out  $0.0042",
    ]);
  });

  it("show rounds, repairs and tries when asked for details", async () => {
    const quiet = (await show(eventful)).lines;
    const more = (await show(eventful, { verbose: true })).lines.filter((line) => !quiet.includes(line));
    expect(more).toEqual([
      "· round 1: ProductManager",
      "· repair_key_case WritePRD product_goals",
      "· repair_cut WriteCode/js/board.js (lossy)",
      "  · 401 Unauthorized",
    ]);
  });

  it("say plainly that recorded answers are played", async () => {
    const replay = { name: "write a snake game", model: "gpt-4o", date: "2026-01-02" };
    expect((await show([{ ...opening, replay }])).lines).toEqual([
      "写一个2048小游戏， 在浏览器里玩",
      "  Ollama at 127.0.0.1:11434: qwen2.5-coder:7b",
      "  Replaying recorded answers of gpt-4o from 2026-01-02: no model is called",
    ]);
  });

  it("let no control sequence of a model through", async () => {
    const { stderr } = await show([
      { type: "warning", message: "\u001b[2Ja\u0007b\u009b" },
      ends(question("Engineer", "WriteCode", "\u001b[31mjs/a.js\r")),
      { type: "commit", message: "x\u001b]0;title\u0007y", files: [], hash: "" },
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looks for exactly these
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("end with the summary, and the repository alone on stdout", async () => {
    const { stdout, lines } = await show([done]);
    expect(stdout).toBe("workspace/game_2048\n");
    expect(lines.slice(0, 2)).toEqual([
      "",
      "role            model                 calls  tokens in     out     cost  seconds",
    ]);
    expect(lines.at(-1)).toBe("  run         cd workspace/game_2048 && npx serve");
  });

  it("leave stdout empty when there is no repository", async () => {
    expect((await show([{ ...done, project: "", outcome: "unreachable", exitCode: 6 }])).stdout).toBe("");
  });
});

describe("colours", () => {
  it("are few: dim for what is beside the point, a green tick, a red cross", async () => {
    const board = question("Engineer", "WriteCode", "js/board.js");
    const failed = eventful.filter(({ type }) => type === "call-failed");
    const project = eventful.filter(({ type }) => type === "project");
    const { lines } = await show([ends(board), ...project, ...failed], { color: true });
    expect(lines).toEqual([
      "\u001b[32m✓\u001b[39m Engineer       WriteCode js/board.js       \u001b[2m3.0 s   1.2k in    840 out  $0.0042\u001b[22m",
      "\u001b[2m· project game_2048 in workspace/game_2048\u001b[22m",
      "\u001b[31m✗\u001b[39m WriteCode js/ui.js: qwen2.5-coder:7b at http://127.0.0.1:11434 refused the key",
      "\u001b[2m  Check api_key in config/config2.yaml, line 3.\u001b[22m",
    ]);
  });
});

describe("a quiet run", () => {
  it("shows errors only, and the repository", async () => {
    const { stdout, lines } = await show([...eventful, done], { mode: "quiet" });
    expect(stdout).toBe("workspace/game_2048\n");
    expect(lines).toEqual([
      "✗ WriteCode js/ui.js: qwen2.5-coder:7b at http://127.0.0.1:11434 refused the key",
      "  Check api_key in config/config2.yaml, line 3.",
      "✗ WriteCode js/end.js: no usable answer: no code in the answer",
      "  saved as answers/WriteCode_js_end.js_1.3.txt",
    ]);
  });

  it("shows a bad end", async () => {
    const message = "The budget of $0.05 is used up.";
    const hint = "Start again with a higher --investment to get the rest.";
    const { lines } = await show([{ ...done, outcome: "budget", exitCode: 4, message, hint }], { mode: "quiet" });
    expect(lines).toEqual([
      "! The budget of $0.05 is used up. (84 s, exit code 4)",
      "  Start again with a higher --investment to get the rest.",
    ]);
  });
});

describe("JSON", () => {
  it("is every event as one line on stdout, and nothing else anywhere", async () => {
    const events = [...eventful, done];
    const { stdout, stderr } = await show(events, { mode: "json", verbose: true, color: true });
    const lines = stdout.split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line) => RunEvent.parse(JSON.parse(line)))).toEqual(stamped(events));
    expect(stderr).toBe("");
  });
});

describe("a live screen", () => {
  const prd = question("ProductManager", "WritePRD");
  const board = question("Engineer", "WriteCode", "js/board.js");
  const store = question("Engineer", "WriteCode", "js/存储.js");

  async function live(columns = 80) {
    const terminal = new FakeTerminal(columns);
    const stdout = pipe();
    const clock = { now: 0 };
    const screen = await createScreen({
      stderr: terminal,
      stdout,
      mode: "live",
      verbose: false,
      color: false,
      columns: 80,
      now: () => clock.now,
    });
    const tell = (...events: NewEvent[]) => stamped(events).forEach(screen.handle);
    /** The screen, with one sign for every phase of the spinner. */
    const seen = () => terminal.screen.map((line) => line.replace(/^[⠁-⣿]/, "*")).filter((line) => line !== "");
    return { terminal, stdout, clock, screen, tell, seen };
  }

  it("draws one line per call under way and keeps the finished ones above", async () => {
    const { terminal, clock, screen, tell, seen } = await live();
    tell(starts(board), starts(store));
    clock.now = 65_000;
    tell({ type: "call-progress", ...board, tokens: 1234 }, { type: "warning", message: "slow" });
    await soon(() =>
      expect(seen()).toEqual([
        "! slow",
        "* Engineer       WriteCode js/board.js     qwen2.5-coder:7b   65 s  1.2k tokens",
        "* Engineer       WriteCode js/存储.js      qwen2.5-coder:7b   65 s     0 tokens",
      ]),
    );
    tell(ends(board));
    expect(seen()).toEqual([
      "! slow",
      "✓ Engineer       WriteCode js/board.js       3.0 s   1.2k in    840 out  $0.0042",
      "* Engineer       WriteCode js/存储.js      qwen2.5-coder:7b   65 s     0 tokens",
    ]);
    tell(ends(store));
    const last = [
      "! slow",
      "✓ Engineer       WriteCode js/board.js       3.0 s   1.2k in    840 out  $0.0042",
      "✓ Engineer       WriteCode js/存储.js        3.0 s   1.2k in    840 out  $0.0042",
    ];
    expect(seen()).toEqual(last);
    screen.close();
    expect(seen()).toEqual(last);
    expect(terminal.written.lastIndexOf("\u001b[?25h")).toBeGreaterThan(terminal.written.lastIndexOf("\u001b[?25l"));
  });

  it("follows the width of its terminal and leaves the last column free", async () => {
    const { terminal, screen, tell, seen } = await live(40);
    tell(starts(store));
    expect(seen()).toEqual(["* WriteCode …储.js     0 s     0 tokens"]);
    terminal.columns = 30;
    tell(starts(board));
    await soon(() => expect(seen()).toEqual(["* WriteCode js/存储.js  0 s…", "* WriteCode js/board.js  0 s…"]));
    screen.close();
    expect(seen()).toEqual([]);
  });

  it("counts again from nothing after a retry", async () => {
    const { screen, tell, seen } = await live();
    const retry = eventful.find(({ type }) => type === "retry");
    if (!retry) throw new Error("the scripted run has no retry");
    tell(starts(board), { type: "call-progress", ...board, tokens: 500 }, retry, starts(prd));
    await soon(() => expect(seen()[1]).toMatch(/ 0 s {5}0 tokens$/));
    expect(seen()[0]).toMatch(/^· Engineer {7}WriteCode js\/board.js again in 2 s: 429/);
    screen.close();
  });

  it("holds still while a person is asked in the same terminal", async () => {
    const { screen, tell, seen } = await live();
    tell(starts(prd), starts(board), { type: "prompt-waiting", ...prd, file: "", answer: "" });
    expect(seen()).toEqual([]);
    tell(ends(prd));
    expect(seen()[1]).toBe("* Engineer       WriteCode js/board.js     qwen2.5-coder:7b    0 s     0 tokens");
    screen.close();
  });

  it("is taken down by the end of the run, whatever was still under way", async () => {
    const { stdout, tell, seen } = await live();
    tell(starts(prd), starts(board), { ...done, totals: [], outcome: "stopped", exitCode: 130, message: "Stopped." });
    tell(ends(prd, { subject: "late" }));
    expect(seen()).toEqual([
      "✗ Stopped. (84 s, exit code 130)",
      "  repository  workspace/game_2048",
      "  run         cd workspace/game_2048 && npx serve",
      "✓ ProductManager WritePRD late               3.0 s   1.2k in    840 out  $0.0042",
    ]);
    expect(stdout.text()).toBe("workspace/game_2048\n");
  });
});

describe("what a run tells about its LLMs", () => {
  const design = question("Architect", "WriteDesign");
  const told = async (event: NewEvent, options: Options = {}) => (await show([event], options)).lines;

  it.each([
    [{ from: "main", to: "spare", reason: "the server failed" }, ["! WriteDesign: spare is asked in place of main"]],
    [
      { from: "main", to: "spare", reason: "skipped: the key was refused (tried again in 40 s)" },
      ["! WriteDesign: spare is asked in place of main, skipped: the key was refused", "  (tried again in 40 s)"],
    ],
    [
      { from: "main", to: "main", reason: "the prompt is too long" },
      ["! WriteDesign: asked again with less of the prompt"],
    ],
  ])("%j", async (turned, lines) => {
    expect(await told({ type: "fallback", ...design, ...turned })).toEqual(lines);
  });

  it("a call that waits for a limit", async () => {
    const waits: NewEvent = { type: "call-queued", ...design, llm: "fast", model: "qwen" };
    expect(await told(waits)).toEqual(["· Architect      WriteDesign waits for its turn: fast has reached a limit"]);
  });

  it("a download, by tenths", async () => {
    const step = (done: number): NewEvent => ({
      type: "download",
      ...design,
      file: "qwen.gguf",
      done,
      total: 4_000_000_000,
    });
    const { lines } = await show([step(0), step(40_000_000), step(400_000_000), step(4_000_000_000)]);
    expect(lines).toEqual([
      "· qwen.gguf: 0 % of 4.0 GB",
      "· qwen.gguf: 10 % of 4.0 GB",
      "· qwen.gguf: 100 % of 4.0 GB",
    ]);
  });

  it("what a model thought, only where details are wanted", async () => {
    const thought: NewEvent = { type: "reasoning", ...design, text: "\nFirst the files,\nthen the names.\n" };
    expect(await told(thought)).toEqual([]);
    expect(await told(thought, { verbose: true })).toEqual(["  thought: First the files, then the names."]);
  });

  it("a cost in yuan, where the price is in yuan", async () => {
    const cost = { usd: 0.002, basis: "known", cny: 0.014 } as const;
    expect(await told(ends(design, { cost }))).toEqual([expect.stringMatching(/ ¥0\.0140$/)]);
  });
});
