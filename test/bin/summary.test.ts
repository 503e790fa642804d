import { describe, expect, it } from "vitest";
import { createPaint } from "../../bin/paint.ts";
import { summary } from "../../bin/summary.ts";
import type { RunEvent } from "../../src/events.ts";
import { done, stamped } from "../helpers/scripted-run.ts";

type End = Extract<RunEvent, { type: "run-end" }>;
type Basis = Extract<RunEvent, { type: "call-end" }>["cost"]["basis"];

const [end] = stamped([done]);
if (end?.type !== "run-end") throw new Error("the scripted run has no end");
const base: End = end;

async function lines(
  more: Partial<End> = {},
  { columns = 80, color = false, bases = {} as Record<string, Basis> } = {},
) {
  const paint = await createPaint(color);
  return summary({ ...base, ...more }, { paint, columns, bases: new Map(Object.entries(bases)) }).split("\n");
}

describe("summary", () => {
  it("of a good run: the table, the end, the repository and the command", async () => {
    expect(await lines()).toEqual([
      "role            model                 calls  tokens in     out     cost  seconds",
      "ProductManager  qwen2.5-coder:7b          1      1,201     840  $0.0042      3.0",
      "Engineer        Qwen/Qwen2.5-Coder-…     12    ~30,603  ~3,720    $1.50     96.0",
      "total                                    13    ~31,804  ~4,560    $1.50     99.0",
      "",
      "✓ game_2048 is ready. (84 s)",
      "  repository  workspace/game_2048",
      "  run         cd workspace/game_2048 && npx serve",
    ]);
  });

  it("of a good run in 40 columns", async () => {
    expect(await lines({}, { columns: 40 })).toEqual([
      "ProductManager",
      "  model qwen2.5-coder:7b, calls 1,",
      "  tokens in 1,201, out 840, cost",
      "  $0.0042, seconds 3.0",
      "Engineer",
      "  model Qwen/Qwen2.5-Coder-32B-Instruct,",
      "  calls 12, tokens in ~30,603, out",
      "  ~3,720, cost $1.50, seconds 96.0",
      "total",
      "  calls 13, tokens in ~31,804, out",
      "  ~4,560, cost $1.50, seconds 99.0",
      "",
      "✓ game_2048 is ready. (84 s)",
      "  repository  workspace/game_2048",
      "  run         cd workspace/game_2048 && npx serve",
    ]);
  });

  it("shows in yuan what is priced in yuan, and the sum in dollars", async () => {
    const [first, ...others] = base.totals;
    if (!first) throw new Error("the scripted run has no totals");
    const told = await lines({ totals: [{ ...first, cny: 0.0294 }, ...others] });
    expect(told.slice(1, 5)).toEqual([
      "ProductManager  qwen2.5-coder:7b          1      1,201     840  ¥0.0294      3.0",
      "Engineer        Qwen/Qwen2.5-Coder-…     12    ~30,603  ~3,720    $1.50     96.0",
      "total                                    13    ~31,804  ~4,560    $1.50     99.0",
      "  the total counts prices in yuan in dollars, at cny_per_usd",
    ]);
  });

  it("counts repairs, the most frequent first", async () => {
    expect(await lines({ totals: [], repairs: { fence: 1, key_case: 2, cut: 1 } })).toContain(
      "  repaired 4: key_case 2, cut 1, fence 1",
    );
  });

  it("lists what is missing and why, what happened, and what to do next", async () => {
    const missing = [
      { subject: "js/end.js", reason: "no usable answer to WriteCode of js/end.js: no code in the answer" },
      { subject: "js/结束.js", reason: "not begun, because it needs js/end.js" },
    ];
    const message = "2 of 4 files are missing.";
    expect(
      await lines({ totals: [], outcome: "incomplete", exitCode: 6, message, missing, hint: "Try a stronger model." }),
    ).toEqual([
      "✗ js/end.js is missing: no usable answer to WriteCode of js/end.js: no code in",
      "  the answer",
      "✗ js/结束.js is missing: not begun, because it needs js/end.js",
      "! 2 of 4 files are missing. (84 s, exit code 6)",
      "  Try a stronger model.",
      "  repository  workspace/game_2048",
      "  run         cd workspace/game_2048 && npx serve",
    ]);
  });

  it.each([
    ["budget", 4, "!"],
    ["rounds", 5, "!"],
    ["incomplete", 6, "!"],
    ["unreachable", 6, "✗"],
    ["stopped", 130, "✗"],
  ] as const)("of the outcome %s says how it ended and how to go on", async (outcome, exitCode, mark) => {
    const end = { totals: [], project: "", outcome, exitCode, message: "It ended." };
    expect(await lines(end)).toEqual([`${mark} It ended. (84 s, exit code ${exitCode})`]);
    expect(await lines({ ...end, hint: "Try again." })).toEqual([
      `${mark} It ended. (84 s, exit code ${exitCode})`,
      "  Try again.",
    ]);
  });

  it("says what the run itself advises rather than the usual", async () => {
    const more: Partial<End> = {
      totals: [],
      project: "",
      outcome: "unreachable",
      exitCode: 6,
      message: "Nobody answers.",
    };
    expect(await lines({ ...more, hint: "Start ollama." })).toEqual([
      "✗ Nobody answers. (84 s, exit code 6)",
      "  Start ollama.",
    ]);
  });

  it("says which prices are assumed", async () => {
    const bases = { mystery: "assumed", "gpt-4o": "known", riddle: "assumed" } as const;
    expect(await lines({}, { bases, columns: 100 })).toContain(
      "  (assumed price) for mystery, riddle: set the right one with price: in its config",
    );
  });

  it("says that the costs of a replay are as recorded", async () => {
    expect(await lines({}, { bases: { "gpt-4o": "recorded" } })).toContain(
      "  a replay: tokens and costs are as recorded, nothing was paid this time",
    );
  });

  it("quotes a folder that a shell would take apart, and joins commands", async () => {
    expect(await lines({ project: "/home/me/my work/it's", runCommand: "npm install\nnpm start\n" })).toContain(
      "  run         cd '/home/me/my work/it'\\''s' && npm install && npm start",
    );
  });

  it("names no command where none is known", async () => {
    expect((await lines({ totals: [], runCommand: "" })).at(-1)).toBe("  repository  workspace/game_2048");
  });

  it("has few colours", async () => {
    expect(await lines({ totals: [] }, { color: true })).toEqual([
      "\u001b[32m✓\u001b[39m game_2048 is ready. (84 s)",
      "  \u001b[2mrepository\u001b[22m  workspace/game_2048",
      "  \u001b[2mrun\u001b[22m         \u001b[1mcd workspace/game_2048 && npx serve\u001b[22m",
    ]);
  });
});
