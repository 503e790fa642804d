import { writeCode } from "../actions/write-code.ts";
import { type Design, writeDesign } from "../actions/write-design.ts";
import { type Prd, writePrd } from "../actions/write-prd.ts";
import { productOf, type Tasks, writeTasks } from "../actions/write-tasks.ts";
import { CompanyError, exitCodes } from "../src/errors.ts";
import type { NewEvent } from "../src/events.ts";
import type { Tally } from "../src/tally.ts";
import type { TeamResult } from "../src/team.ts";

type RunEnd = Extract<NewEvent, { type: "run-end" }>;

interface Circumstances {
  readonly tally: Tally;
  readonly seconds: number;
  /** The exit code if a signal ended the run. */
  readonly interrupted: number;
  /** Of the run. */
  readonly folder: string;
  readonly idea: string;
}

/** The last event of a run: how it ended, what it cost, what is missing, and how to go on. */
export function ending(
  result: TeamResult | CompanyError,
  { tally, seconds, interrupted, folder, idea }: Circumstances,
): RunEnd {
  const { totals, repairs, usd, project } = tally;
  const sums = { totals: [...totals], repairs: { ...repairs }, usd, seconds, project };
  if (result instanceof CompanyError) {
    const { message, hint, exitCode } = result;
    const said = { message, ...(hint === undefined ? {} : { hint }) };
    return { type: "run-end", outcome: "stopped", exitCode, ...said, runCommand: "", missing: [], ...sums };
  }
  const { outcome, missing } = result;
  const exitCode = { ...codes, stopped: interrupted }[outcome];
  const hint = missing.find((item) => item.hint !== undefined)?.hint ?? hints(folder, idea)[outcome];
  return {
    type: "run-end",
    outcome,
    exitCode,
    message: messages[outcome],
    ...(hint === undefined ? {} : { hint }),
    runCommand: runCommand(result),
    missing: missing.map(({ subject, reason }) => ({ subject, reason })),
    ...sums,
  };
}

const codes = {
  done: exitCodes.done,
  budget: exitCodes.budget,
  rounds: exitCodes.rounds,
  incomplete: exitCodes.llm,
  unreachable: exitCodes.llm,
} as const;

const messages: Record<TeamResult["outcome"], string> = {
  done: "done",
  budget: "the investment is used up; everything so far is kept",
  rounds: "the rounds are used up; everything so far is kept",
  incomplete: "some questions got no usable answer; everything else is kept",
  unreachable: "an LLM could not be reached; everything so far is kept",
  stopped: "stopped; everything so far is kept",
};

const hints = (folder: string, idea: string): Record<TeamResult["outcome"], string | undefined> => ({
  done: undefined,
  budget: "Start again with a higher --investment to get the rest.",
  rounds: "Start again with a higher --n-round to get the rest.",
  incomplete: `What the models answered lies in ${folder}; metagpt repair reads it. Go on with a stronger model: ${again(idea)}`,
  unreachable: "`metagpt llms` shows which LLM is asked for what, and where.",
  stopped: undefined,
});

/** The command that starts a run anew with another LLM. */
function again(idea: string): string {
  const words = idea.trim();
  if (words.length > 80 || /[\p{Cc}"$`\\!]/u.test(words)) return "the same command with --llm NAME.";
  return `metagpt "${words}" --llm NAME`;
}

/** The one command that runs the product, from its folder; empty as long as files of the design are missing. */
function runCommand({ documents }: TeamResult): string {
  const of = (kind: string) => documents[kind]?.[""];
  const [prd, design, tasks] = [of(writePrd.name), of(writeDesign.name), of(writeTasks.name)];
  if (!prd || !design || !tasks) return "";
  const request = { prd: prd as Prd, design: design as Design };
  const whole = request.design.files.every(({ path }) => documents[writeCode.name]?.[path] !== undefined);
  return whole ? productOf(request, tasks as Tasks).runCommand : "";
}
