import type { Row } from "../config/resolve.ts";
import { roster } from "../roles/index.ts";
import { exitCodes } from "../src/errors.ts";
import type { Flags } from "./flags.ts";
import { readSettings, resolveRun } from "./plan.ts";
import { renderTable } from "./table.ts";
import { terminalOf } from "./terminal.ts";

/** Prints which LLM answers which question and where that was decided; a problem is shown, not thrown. */
export async function showLlms(flags: Flags): Promise<number> {
  const settings = await readSettings(flags);
  const { table, warnings } = await resolveRun(settings, flags, "", roster({ implement: true, run_tests: true }), {
    showProblems: true,
  });
  const known = new Map(table.flatMap(({ problem }) => (problem ? [[problem.message, problem] as const] : [])));
  const problems = [...known.values()];
  const [problem] = problems;
  if (problem && table.every(({ origin }) => origin === "")) throw problem;
  if (flags.json) {
    const rows = table.map(({ problem, ...row }) => ({ ...row, ...(problem ? { problem: problem.message } : {}) }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else {
    const columns = process.stdout.isTTY ? terminalOf(process.stdout, process.env).columns : Number.POSITIVE_INFINITY;
    process.stdout.write(`${renderTable(headers, table.map(cells), { columns })}\n`);
  }
  for (const warning of warnings) process.stderr.write(`! ${warning}\n`);
  for (const { message, hint } of problems) process.stderr.write(`metagpt: ${message}\n${hint ? `${hint}\n` : ""}`);
  return problems.length > 0 ? exitCodes.configuration : exitCodes.done;
}

const headers = ["role", "action", "LLM", "model", "base URL", "key", "decided in"];

const cells = ({ role, action, llm, fallback, model, baseUrl, key, origin }: Row) => [
  role,
  action,
  [llm, ...fallback].join(", then "),
  model,
  baseUrl,
  key,
  origin,
];
