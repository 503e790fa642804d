import { holderOf } from "../src/runs/lock.ts";
import type { Run } from "../src/runs/run.ts";
import type { Spending } from "../src/runs/spending.ts";
import { minuteOf } from "../src/text.ts";
import type { Page } from "./call-line.ts";
import { exactTokens, money, plural } from "./figures.ts";
import { optionName } from "./flags.ts";
import { filesInWords, filesOf } from "./run-files.ts";
import { duration, rowOf } from "./runs-table.ts";
import { renderTable } from "./table.ts";
import { foldToWidth, oneLine } from "./width.ts";

type Paper = Pick<Page, "paint" | "columns">;

/** Everything that is known of a run, as `--json` prints it. */
type Report = Awaited<ReturnType<typeof reportOf>>;

/** Gathers what is known of a run. `resume` is the command that goes on with it. */
export async function reportOf(run: Run, resume: string) {
  const { past, spending, llms, investment, flags, options, folder } = run;
  const holder = await holderOf(folder);
  return {
    ...rowOf(run),
    ...(run.resumable && { resume }),
    ...(investment !== undefined && { investment }),
    flags,
    options,
    llms,
    spending,
    ...(holder && { holder }),
    ...(!holder && past.end && { message: past.end.message, hint: past.end.hint }),
    missing: past.end?.missing ?? [],
    /** The calls that had begun and not ended. */
    underWay: past.underWay,
    files: await filesOf(folder),
  };
}

/** The report for people. */
export function runReport(report: Report, paper: Paper): string {
  const { paint, columns } = paper;
  return [
    paint.bold(oneLine(report.id)),
    ...foldToWidth(oneLine(report.idea), columns - 2).map((line) => `  ${line}`),
    "",
    ...facts(report, paper),
    ...(report.llms.length > 0 ? ["", llmTable(report, paper)] : []),
    ...(report.spending.length > 0 ? ["", spendingTable(report, paper)] : []),
  ].join("\n");
}

function facts(report: Report, paper: Paper): string[] {
  const { state, exitCode, began, sessions, seconds, usd, calls, investment, version } = report;
  const under = state === "running" ? "under way" : "cut off";
  return [
    ...fact("state", `${state}${exitCode ? `, exit code ${exitCode}` : ""}`, paper),
    ...fact("", heldBy(report), paper),
    ...fact("", report.message === state ? "" : (report.message ?? ""), paper),
    ...fact("", report.hint ?? "", paper),
    ...("resume" in report ? copied("go on with", report.resume ?? "", paper) : []),
    ...fact("began", `${minuteOf(began)}, by version ${version || "unknown"}`, paper),
    ...fact("took", `${duration(seconds)}${sessions > 1 ? ` in ${sessions} sessions` : ""}`, paper),
    ...fact("cost", `${money(usd)}${investment === undefined ? "" : ` of ${money(investment)}`}`, paper),
    ...fact("calls", String(calls), paper),
    ...fact("asked with", flagsInWords(report.flags), paper),
    ...report.underWay.flatMap((key) => fact(under, key, paper)),
    ...report.missing.flatMap(({ subject, reason }) => fact("missing", `${subject}: ${reason}`, paper)),
    ...copied("project", report.project, paper),
    ...copied("kept in", report.folder, paper),
    ...fact("", filesInWords(report.files), paper),
  ];
}

const heldBy = ({ holder }: Report): string =>
  holder ? `process ${holder.pid} on ${holder.host} works on it since ${minuteOf(holder.since)}` : "";

const nameWidth = 12;

/** A fact with its name before it, folded so that nothing of it is lost. */
function fact(name: string, text: string, { paint, columns }: Paper): string[] {
  if (text === "") return [];
  return foldToWidth(oneLine(text), columns - nameWidth - 2).map(
    (line, index) => `  ${paint.dim((index === 0 ? name : "").padEnd(nameWidth))}${line}`,
  );
}

/** What is there to be copied is never folded. */
const copied = (name: string, text: string, paper: Paper) => fact(name, text, { ...paper, columns: Infinity });

/** The flags of the run as one would type them. */
function flagsInWords(flags: Report["flags"]): string {
  const typed = Object.entries(flags).map(([name, value]) => {
    const words = optionName(name);
    if (typeof value === "boolean") return value ? `--${words}` : `--no-${words}`;
    return `--${words} ${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return typed.join(" ");
}

function llmTable({ llms }: Report, { paint, columns }: Paper): string {
  const rows = llms.map(({ role, action, llm, model }) => [role, action, llm, model].map(oneLine));
  return renderTable(["role", "action", "LLM", "model"], rows, { columns, paintHeader: paint.dim });
}

function spendingTable({ spending, usd }: Report, { paint, columns }: Paper): string {
  const sum = (of: (row: Spending) => number) => spending.reduce((all, row) => all + of(row), 0);
  const total: Spending = {
    action: "total",
    model: "",
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    input: sum(({ input }) => input),
    output: sum(({ output }) => output),
    estimated: spending.some(({ estimated }) => estimated),
    usd,
    seconds: sum(({ seconds }) => seconds),
  };
  const rows = [...spending, total].map((row) => [
    oneLine(row.action),
    oneLine(row.model),
    `${row.calls}${row.failed > 0 ? `, ${plural(row.failed, "failure")}` : ""}`,
    exactTokens(row.input, row.estimated),
    exactTokens(row.output, row.estimated),
    money(row.usd),
    row.seconds.toFixed(1),
  ]);
  return renderTable(["action", "model", ...numbers], rows, { columns, right: numbers, paintHeader: paint.dim });
}

const numbers = ["calls", "tokens in", "out", "cost", "seconds"];
