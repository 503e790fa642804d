import { checkCode } from "../actions/check-code.ts";
import { type Evidence, evidence, type Verdict, verdictOf } from "../actions/verification.ts";
import { writeCode } from "../actions/write-code.ts";
import { type Design, writeDesign } from "../actions/write-design.ts";
import { type Prd, writePrd } from "../actions/write-prd.ts";
import { productOf, type Tasks, writeTasks } from "../actions/write-tasks.ts";
import { CompanyError, exitCodes } from "../src/errors.ts";
import type { NewEvent } from "../src/events.ts";
import type { CheckResult } from "../src/project/checks/finding.ts";
import type { Tally } from "../src/tally.ts";
import type { TeamResult } from "../src/team.ts";

type RunEnd = Extract<NewEvent, { type: "run-end" }>;

interface Circumstances {
  readonly tally: Tally;
  readonly seconds: number;
  /** The exit code if a signal ended the run. */
  readonly interrupted: number;
  /** Whether a signal came, also where everything was done by then. */
  readonly stopped: boolean;
  /** Of the run. */
  readonly folder: string;
  readonly idea: string;
  /** Whether a product that is not verified ends with exit code 7. */
  readonly requireVerified: boolean;
  /** The command with which the run goes on after such an end. */
  readonly resume: (outcome: TeamResult["outcome"]) => string;
}

/** The last event of a run: how it ended, what it cost, what is missing, and how to go on. */
export function ending(
  result: TeamResult | CompanyError,
  { tally, seconds, interrupted, folder, idea, requireVerified, stopped, resume }: Circumstances,
): RunEnd {
  const { totals, repairs, usd, project } = tally;
  const sums = { totals: [...totals], repairs: { ...repairs }, usd, seconds, project };
  if (result instanceof CompanyError) {
    const { message, hint, exitCode } = result;
    const said = { message, ...(hint === undefined ? {} : { hint }) };
    const rest = { resume: resume("stopped"), runCommand: "", missing: [] };
    return { type: "run-end", outcome: "stopped", exitCode, ...said, ...rest, ...sums };
  }
  const { missing } = result;
  const outcome = stopped && result.outcome === "done" ? "stopped" : result.outcome;
  const verification = verificationOf(result, idea);
  const unverified = requireVerified && outcome === "done" && verification?.level !== "verified";
  const exitCode = unverified ? exitCodes.unverified : { ...codes, stopped: interrupted }[outcome];
  const hint = missing.find((item) => item.hint !== undefined)?.hint ?? hints(folder)[outcome];
  return {
    type: "run-end",
    outcome,
    exitCode,
    message: unverified ? "the product is finished, but not verified" : messages[outcome],
    ...(hint === undefined ? {} : { hint }),
    ...(outcome === "done" ? {} : { resume: resume(outcome) }),
    runCommand: runCommand(result),
    ...(verification && { verification: { ...verification, problems: [...verification.problems] } }),
    missing: missing.map(({ subject, reason }) => ({ subject, reason })),
    ...sums,
  };
}

const codes = {
  done: exitCodes.done,
  budget: exitCodes.budget,
  rounds: exitCodes.rounds,
  incomplete: exitCodes.llm,
  review: exitCodes.review,
  unreachable: exitCodes.llm,
} as const;

const messages: Record<TeamResult["outcome"], string> = {
  done: "done",
  budget: "the investment is used up; everything so far is kept",
  rounds: "the rounds are used up; everything so far is kept",
  incomplete: "some questions got no usable answer; everything else is kept",
  unreachable: "an LLM could not be reached; everything so far is kept",
  review: "somebody has to look at it before it goes on",
  stopped: "stopped; everything so far is kept",
};

const hints = (folder: string): Record<TeamResult["outcome"], string | undefined> => ({
  done: undefined,
  budget: "With a higher --investment it goes on where it stopped.",
  rounds: "With a higher --n-round it goes on where it stopped.",
  incomplete: `What the models answered lies in ${folder}; metagpt repair reads it. Another LLM is asked with --llm NAME.`,
  unreachable: "`metagpt llms` shows which LLM is asked for what, and where; another one is asked with --llm NAME.",
  review: "Read it, and change it if need be.",
  stopped: undefined,
});

/** What is known of the product, once its code was checked. */
function verificationOf({ documents }: TeamResult, idea: string): Verdict | undefined {
  const of = (kind: string) => documents[kind]?.[""];
  const check = of(checkCode.name) as CheckResult | undefined;
  const known = (of(evidence.name) as Evidence | undefined) ?? (check && { check });
  if (!known) return undefined;
  const prd = of(writePrd.name) as Prd | undefined;
  // a repository without documents is spoken of in the language of the request
  const language = prd?.language ?? (/\p{Script=Han}/u.test(idea) ? "中文" : "English");
  return verdictOf(known, language);
}

/** The one command that runs the product, from its folder; empty as long as files of the design are missing. */
function runCommand({ documents }: TeamResult): string {
  const of = (kind: string) => documents[kind]?.[""];
  const [prd, design, tasks] = [of(writePrd.name), of(writeDesign.name), of(writeTasks.name)];
  if (!prd || !design || !tasks) return "";
  const request = { prd: prd as Prd, design: design as Design };
  const whole = request.design.files.every(({ path }) => documents[writeCode.name]?.[path] !== undefined);
  return whole ? productOf(request, tasks as Tasks).runCommand(process.platform) : "";
}
