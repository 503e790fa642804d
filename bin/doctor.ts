import { resolve } from "node:path";
import { isLocalAddress } from "../config/address.ts";
import type { Settings } from "../config/load.ts";
import { everyLlm, type Named } from "../config/named.ts";
import { trapsOf } from "../config/traps.ts";
import { roster } from "../roles/index.ts";
import { CompanyError, exitCodes } from "../src/errors.ts";
import { checkup } from "../src/llm/checkup.ts";
import type { FailureKind } from "../src/llm/provider.ts";
import { doctorJson, doctorReport, type Examination, progressLine } from "./doctor-report.ts";
import { plural } from "./figures.ts";
import { finding, worst } from "./finding.ts";
import type { Flags } from "./flags.ts";
import { type Examined, llmFindings } from "./llm-findings.ts";
import { machineFindings } from "./machine.ts";
import { createPaint } from "./paint.ts";
import { questionOf, readSettings, runOptions } from "./plan.ts";
import { terminalOf } from "./terminal.ts";

/** Asks every LLM that the settings name, looks at the machine, and prints how it stands; 0 only if a run would start. */
export async function examine(flags: Flags): Promise<number> {
  const examination = await examined(flags);
  const { columns, color } = terminalOf(process.stdout, process.env);
  const page = { columns: process.stdout.isTTY ? columns : Number.POSITIVE_INFINITY, paint: await createPaint(color) };
  process.stdout.write(flags.json ? doctorJson(examination) : doctorReport(examination, page));
  return examination.exitCode;
}

/** Settings that cannot be read are a finding too. */
async function examined(flags: Flags): Promise<Examination> {
  try {
    const settings = await readSettings(flags);
    const [llms, machine] = await Promise.all([
      examineLlms(settings, flags),
      machineFindings(resolve(settings.options.workspace), process.env, settings.options.sandbox),
    ]);
    return { llms, machine, exitCode: exitCodeOf(llms, worst(machine) === "fail") };
  } catch (error) {
    if (!(error instanceof CompanyError)) throw error;
    const machine = await machineFindings(resolve(flags.workspace ?? "workspace"), process.env);
    const settings = finding("settings", "fail", error.message, error.hint?.split("\n"));
    return { llms: [], machine: [settings, ...machine], exitCode: exitCodes.configuration };
  }
}

/** All at once, but one after the other where they share a machine of this network: models would drive each other out. */
async function examineLlms(settings: Settings, flags: Flags): Promise<Examined[]> {
  const options = runOptions(settings.options, flags);
  const asked = questionOf(
    settings,
    flags,
    "",
    roster({ implement: settings.options.implement, run_tests: options.runTests }),
    {
      asked: (action) => action.usual.calls(options) > 0,
    },
  );
  const { llms, warnings } = await everyLlm(asked);
  const say = flags.quiet ? () => {} : (line: string) => void process.stderr.write(`${line}\n`);
  for (const warning of warnings) say(`! ${warning}`);
  const some = llms.filter(({ deployment }) => deployment).length;
  if (some > 0) say(`asking ${plural(some, "LLM")}, for a few tokens each`);
  const turns = new Map<string, Promise<unknown>>();
  return Promise.all(
    llms.map((llm) => {
      const one = async () => {
        const result = await examineLlm(llm);
        if (llm.deployment) say(progressLine(result));
        return result;
      };
      if (!isLocalAddress(llm.baseUrl)) return one();
      const turn = (turns.get(llm.baseUrl) ?? Promise.resolve()).then(one);
      turns.set(llm.baseUrl, turn);
      return turn;
    }),
  );
}

async function examineLlm(llm: Named): Promise<Examined> {
  const { deployment } = llm;
  if (!deployment) return { llm, traps: [] };
  const seen = await checkup(deployment, { signal: new AbortController().signal });
  return { llm, checkup: seen, traps: trapsOf(seen, deployment, process.env) };
}

/** Where the configuration is at fault it has to be mended first; an LLM that is down may come back. */
function exitCodeOf(examined: readonly Examined[], machineFails: boolean): number {
  const failed = examined.filter((each) => worst(llmFindings(each)) === "fail");
  const isMisconfigured = ({ llm, checkup }: Examined) =>
    llm.problem !== undefined ||
    misconfigured.has(checkup?.trouble?.kind ?? "settings") ||
    checkup?.instead !== undefined;
  if (machineFails || failed.some(isMisconfigured)) return exitCodes.configuration;
  return failed.length > 0 ? exitCodes.llm : exitCodes.done;
}

/** Failures that last until somebody changes the settings. */
const misconfigured: ReadonlySet<FailureKind | "settings"> = new Set([
  ...(["settings", "auth", "request", "overflow", "protocol"] as const),
]);
