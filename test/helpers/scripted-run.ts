import { emitter, type NewEvent, type RunEvent } from "../../src/events.ts";

type End = Extract<NewEvent, { type: "run-end" }>;
type CallEnd = Extract<NewEvent, { type: "call-end" }>;

/** Stamps events as a run would. */
export function stamped(events: readonly NewEvent[]): RunEvent[] {
  const heard: RunEvent[] = [];
  const emit = emitter("run-1", (event) => heard.push(event), { now: () => new Date("2026-01-02T03:04:05Z") });
  for (const event of events) emit(event);
  return heard;
}

/** What every event about a question carries. */
export const question = (role: string, action: string, subject = "", attempt = 1, turn = 1) => ({
  key: [action, ...(subject ? [subject] : []), `${attempt}.${turn}`].join("/"),
  role,
  action,
  subject,
  attempt,
  turn,
});

const llm = { llm: "coder", model: "qwen2.5-coder:7b" };

export const starts = (about: ReturnType<typeof question>): NewEvent => ({ type: "call-start", ...about, ...llm });

export const ends = (about: ReturnType<typeof question>, more: Partial<CallEnd> = {}): NewEvent => ({
  type: "call-end",
  ...about,
  ...llm,
  seconds: 3.04,
  finish: "stop",
  usage: { input: 1201, output: 840, source: "reported" },
  cost: { usd: 0.0042, basis: "known" },
  ...more,
});

export const opening: Extract<NewEvent, { type: "run-start" }> = {
  type: "run-start",
  idea: "写一个2048小游戏，\n在浏览器里玩",
  folder: "workspace/.runs/run-1",
  choice: "Ollama at 127.0.0.1:11434: qwen2.5-coder:7b",
  llms: [{ role: "Engineer", action: "WriteCode", ...llm }],
  estimate: { usd: 0.42, calls: 14, input: 30_000, output: 12_000 },
  investment: 3,
};

export const done: End = {
  type: "run-end",
  outcome: "done",
  exitCode: 0,
  message: "game_2048 is ready.",
  project: "workspace/game_2048",
  runCommand: "npx serve",
  missing: [],
  totals: [
    {
      role: "ProductManager",
      model: "qwen2.5-coder:7b",
      calls: 1,
      input: 1201,
      output: 840,
      estimated: false,
      usd: 0.0042,
      seconds: 3.04,
    },
    {
      role: "Engineer",
      model: "Qwen/Qwen2.5-Coder-32B-Instruct",
      calls: 12,
      input: 30_603,
      output: 3720,
      estimated: true,
      usd: 1.5,
      seconds: 96,
    },
  ],
  repairs: {},
  usd: 1.5042,
  seconds: 84.2,
};

const review = question("Engineer", "WriteCodeReview", "js/board.js", 2);
const board = question("Engineer", "WriteCode", "js/board.js");
const store = question("Engineer", "WriteCode", "js/某个很长的文件夹/storage/persistence.js");
const prd = question("ProductManager", "WritePRD");

/** A run in which everything happens once. */
export const eventful: readonly NewEvent[] = [
  opening,
  { type: "round-start", round: 1, roles: ["ProductManager"] },
  starts(prd),
  { type: "call-progress", ...prd, tokens: 400 },
  { type: "prompt-waiting", ...prd, file: "prompts/0001-WritePRD.prompt.md", answer: "0001-WritePRD.answer.md" },
  ends(prd, { cost: { usd: 0, basis: "local" } }),
  { type: "reask", ...prd, problems: ["project_name: required", "product_goals[3]: one too many for a calm document"] },
  { type: "repair", ...prd, kind: "key_case", path: "product_goals", lossy: false },
  { type: "repair", ...board, kind: "cut", path: "", lossy: true },
  { type: "project", name: "game_2048", folder: "workspace/game_2048" },
  {
    type: "commit",
    message: "ProductManager: WritePRD",
    files: ["docs/prd.json", "docs/prd.md"],
    hash: "1a2b3c4d5e6f",
  },
  { type: "commit", message: "Engineer: WriteCode", files: ["js/board.js"], hash: "" },
  starts(board),
  starts(store),
  { type: "retry", ...board, ...llm, failed: 1, reason: "429 Too Many Requests: this is a shared server", wait: 2 },
  { type: "warning", message: "js/tiles.js -> js/board.js -> js/tiles.js is a cycle; js/tiles.js is written first" },
  ends(board, { finish: "length", usage: { input: 24_201, output: 8192, source: "estimated" } }),
  ends(review, { seconds: 12.3, cost: { usd: 0.000_02, basis: "known" } }),
  {
    type: "review",
    role: "Engineer",
    action: "WriteCodeReview",
    subject: "js/board.js",
    approved: false,
    comments: ["合并之后没有更新分数", "the end is never reached"],
  },
  {
    type: "review",
    role: "Engineer",
    action: "WriteCodeReview",
    subject: "js/ui.js",
    approved: true,
    comments: ["fine"],
  },
  ends(store),
  {
    type: "call-failed",
    ...question("Engineer", "WriteCode", "js/ui.js"),
    ...llm,
    kind: "auth",
    message: "qwen2.5-coder:7b at http://127.0.0.1:11434 refused the key",
    hint: "Check api_key in config/config2.yaml, line 3.",
    tries: ["401 Unauthorized"],
    seconds: 0.4,
    usage: { input: 0, output: 0, source: "estimated" },
    usd: 0,
  },
  {
    type: "unusable",
    ...question("Engineer", "WriteCode", "js/end.js"),
    problems: ["no code in the answer"],
    saved: "answers/WriteCode_js_end.js_1.3.txt",
  },
  { type: "prompt-changed", ...prd, recording: "write a 2048 game" },
];
