import { exitCodes } from "../src/errors.ts";
import type { Page } from "./call-line.ts";
import { type Finding, worst } from "./finding.ts";
import { below, marked } from "./lines.ts";
import { type Examined, llmFindings, saidOf } from "./llm-findings.ts";
import { cutToWidth, displayWidth, foldToWidth, oneLine, padToWidth } from "./width.ts";

/** Everything that was looked at. */
export interface Examination {
  readonly llms: readonly Examined[];
  readonly machine: readonly Finding[];
  readonly exitCode: number;
}

type Paper = Pick<Page, "paint" | "columns">;

/** The report for people: each LLM with its findings, the machine, and the verdict. */
export function doctorReport(examination: Examination, paper: Paper): string {
  const { llms, machine, exitCode } = examination;
  const parts = llms.flatMap((examined) => [...heading(examined, paper), ...table(llmFindings(examined), paper), ""]);
  const verdict =
    exitCode === exitCodes.done
      ? marked(paper.paint.green("✓"), "a run would start", paper)
      : marked(paper.paint.red("✗"), `a run would not start: ${reasons(examination)} (exit code ${exitCode})`, paper);
  return [...parts, paper.paint.bold("this machine"), ...table(machine, paper), "", ...verdict, ""].join("\n");
}

/** The report for programs, without any key. */
export function doctorJson({ llms, machine, exitCode }: Examination): string {
  const report = {
    ok: exitCode === exitCodes.done,
    exitCode,
    llms: llms.map((examined) => {
      const { llm, checkup } = examined;
      const { deployment, problem: _problem, quoted: _quoted, ...named } = llm;
      return {
        ...named,
        ok: llm.problem === undefined && checkup?.trouble === undefined,
        findings: llmFindings(examined),
        context: deployment?.contextLength ?? checkup?.context,
        firstTokenMs: checkup?.answer?.firstToken,
        answerMs: checkup?.answer?.whole,
        structure: checkup?.structure?.mechanism,
        price: deployment && { ...deployment.price, basis: deployment.priceBasis },
        near: checkup?.near,
      };
    }),
    machine,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** One LLM in one line, as soon as it is known how it stands. */
export function progressLine(examined: Examined): string {
  const { llm, checkup } = examined;
  const state = worst(llmFindings(examined));
  const text = checkup?.trouble ? saidOf(checkup.trouble, llm) : (checkup?.unasked ?? "answers");
  return `${{ ok: "✓", warn: "!", fail: "✗" }[state]} ${oneLine(`${llm.name}: ${text}`)}`;
}

/** Which LLM it is, where it is written down, and what a run wants of it. */
function heading({ llm }: Examined, paper: Paper): string[] {
  const { name, model, baseUrl, origin, asked, standsBy } = llm;
  const title = [name || "LLM", model === name ? "" : model].filter(Boolean).join(" ");
  const place = baseUrl ? ` at ${baseUrl}` : "";
  const used = [
    ...(asked.length > 0 ? [`answers ${asked.join(", ")}`] : []),
    ...(standsBy.length > 0 ? [`stands by for ${standsBy.join(", ")}`] : []),
  ];
  const use = used.length > 0 ? used.join("; ") : "a run does not ask it";
  return [
    paper.paint.bold(cutToWidth(oneLine(`${title}${place}`), paper.columns)),
    ...below([origin, use].filter(Boolean).join(": "), paper),
  ];
}

const widest = Math.max(...["reachable", "structure", "workspace"].map((what) => what.length));

/** Marks, what was looked at, how it stands, and below it what to do. */
function table(findings: readonly Finding[], { paint, columns }: Paper): string[] {
  const marks = { ok: paint.green("✓"), warn: paint.yellow("!"), fail: paint.red("✗"), unknown: paint.dim("·") };
  // On a narrow screen the text goes on below its name.
  const indent = columns < 60 ? 4 : 2 + 2 + widest + 2;
  const fold = (text: string) => foldToWidth(oneLine(text), Math.max(20, columns - indent));
  const margin = " ".repeat(indent);
  return findings.flatMap(({ what, state, text, hints }) => {
    const start = `  ${marks[state]} ${columns < 60 ? what : padToWidth(what, widest)}`;
    const lines = fold(text);
    const isShort = displayWidth(start) + 2 + displayWidth(text) <= columns;
    const told =
      columns >= 60 || isShort
        ? [`${start}  ${lines[0]}`, ...lines.slice(1).map((line) => margin + line)]
        : [start, ...lines.map((line) => margin + line)];
    return [...told, ...hints.flatMap(fold).map((line) => margin + paint.dim(line))];
  });
}

/** Why a run would not start, in short. */
function reasons({ llms, machine }: Examination): string {
  const broken = llms.filter((each) => worst(llmFindings(each)) === "fail").map(({ llm }) => llm);
  const names = broken.map(({ name }) => name).filter(Boolean);
  return [
    ...broken.flatMap(({ name, problem }) => (name === "" && problem ? problem.message : [])),
    ...(names.length > 0 ? [`${names.join(" and ")} cannot be asked`] : []),
    ...machine.filter(({ state }) => state === "fail").map(({ what, text }) => `${what}: ${text}`),
  ].join("; ");
}
