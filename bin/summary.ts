import type { RunEvent } from "../src/events.ts";
import type { CallEnd, Page } from "./call-line.ts";
import { exactTokens, money, seconds, yuan } from "./figures.ts";
import { below, marked } from "./lines.ts";
import { shellWord } from "./shell-word.ts";
import { renderTable } from "./table.ts";
import { oneLine } from "./width.ts";

type End = Extract<RunEvent, { type: "run-end" }>;
type Paper = Pick<Page, "paint" | "columns">;
/** How each model's price was found. */
type Bases = ReadonlyMap<string, CallEnd["cost"]["basis"]>;

/** What a run did: calls, tokens, cost and time by role and model, repairs, what is missing, and how to go on. */
export function summary(event: End, { bases, ...paper }: Paper & { readonly bases: Bases }): string {
  const parts = [
    event.totals.length > 0 ? [table(event, paper), ...remarks(event, bases, paper)] : [],
    repaired(event, paper),
    event.totals.length > 0 ? [""] : [],
    verdict(event, paper),
    result(event, paper),
  ];
  return parts.flat().join("\n");
}

/** What is missing and why, how the run ended, and what to do next if that was not well. */
export function verdict(event: End, paper: Paper): string[] {
  const { outcome, message, exitCode, missing } = event;
  const took = `(${seconds(event.seconds)}${exitCode === 0 ? "" : `, exit code ${exitCode}`})`;
  return [
    ...missing.flatMap(({ subject, reason }) =>
      marked(paper.paint.red("✗"), `${subject} is missing: ${reason}`, paper),
    ),
    ...verified(event, paper),
    ...marked(markOf(outcome, paper), `${message} ${took}`, paper),
    ...(event.hint ? below(event.hint, paper) : []),
  ];
}

/** How far the product is known to work, and what is known to be wrong with it. */
function verified({ verification }: End, paper: Paper): string[] {
  if (!verification) return [];
  const { level, sentence, problems } = verification;
  const mark = { verified: paper.paint.green("✓"), partly: paper.paint.yellow("!"), not: paper.paint.dim("·") }[level];
  const more = problems.length - mostProblems;
  return [
    ...marked(mark, sentence, paper),
    ...problems.slice(0, mostProblems).flatMap((problem) => below(`- ${problem}`, paper)),
    ...(more > 0 ? below(`and ${more} more in docs/verification.md`, paper) : []),
  ];
}

const mostProblems = 5;

function table({ totals, usd }: End, { paint, columns }: Paper): string {
  const sum = (count: (row: End["totals"][number]) => number) => totals.reduce((all, row) => all + count(row), 0);
  const total = {
    role: "total",
    model: "",
    calls: sum(({ calls }) => calls),
    input: sum(({ input }) => input),
    output: sum(({ output }) => output),
    estimated: totals.some(({ estimated }) => estimated),
    usd,
    cny: undefined,
    seconds: sum((row) => row.seconds),
  };
  const rows = [...totals, total].map((row) => [
    oneLine(row.role),
    oneLine(row.model),
    String(row.calls),
    exactTokens(row.input, row.estimated),
    exactTokens(row.output, row.estimated),
    row.cny === undefined ? money(row.usd) : yuan(row.cny),
    row.seconds.toFixed(1),
  ]);
  return renderTable(["role", "model", ...numbers], rows, { columns, right: numbers, paintHeader: paint.dim });
}

const numbers = ["calls", "tokens in", "out", "cost", "seconds"];

/** What the costs in the table rest on, where that is not a known price. */
function remarks({ totals }: End, bases: Bases, paper: Paper): string[] {
  const assumed = [...bases].filter(([, basis]) => basis === "assumed").map(([model]) => model);
  return [
    ...(assumed.length > 0
      ? below(`(assumed price) for ${assumed.join(", ")}: set the right one with price: in its config`, paper)
      : []),
    ...(totals.some(({ cny }) => cny !== undefined)
      ? below("the total counts prices in yuan in dollars, at cny_per_usd", paper)
      : []),
    ...([...bases.values()].includes("recorded")
      ? below("a replay: tokens and costs are as recorded, nothing was paid this time", paper)
      : []),
  ];
}

function repaired({ repairs }: End, paper: Paper): string[] {
  const kinds = Object.entries(repairs).sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1));
  if (kinds.length === 0) return [];
  const total = kinds.reduce((sum, [, times]) => sum + times, 0);
  return below(`repaired ${total}: ${kinds.map(([kind, times]) => `${kind} ${times}`).join(", ")}`, paper);
}

/** Where the repository is and the command that runs it, whole: they are there to be copied. */
function result({ project, runCommand }: End, { paint }: Paper): string[] {
  if (!project) return [];
  const commands = runCommand.split("\n").filter((line) => line.trim() !== "");
  return [
    `  ${paint.dim("repository")}  ${oneLine(project)}`,
    ...(commands.length > 0
      ? [`  ${paint.dim("run")}         ${paint.bold(oneLine([`cd ${shellWord(project)}`, ...commands].join(" && ")))}`]
      : []),
  ];
}

function markOf(outcome: End["outcome"], { paint }: Paper): string {
  if (outcome === "done") return paint.green("✓");
  return ["budget", "rounds", "incomplete"].includes(outcome) ? paint.yellow("!") : paint.red("✗");
}
