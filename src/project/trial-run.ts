import { createRequire } from "node:module";
import { dirname } from "node:path";
import { z } from "zod";
import type { Json, Operation, Traits } from "../engine/steps.ts";
import type { Emit } from "../events.ts";
import { setLeftoversAside, watchLeftovers } from "./leftovers.ts";
import { ProbeRequest } from "./probe/answers.ts";
import { playwrightVariable, probeLine, probeSeconds, readProbe } from "./probe/call.ts";
import { findChromium } from "./probe/chromium.ts";
import { findSandbox, type Ran, type Sandbox, type SandboxChoice } from "./sandbox/index.ts";
import { steady } from "./trace.ts";
import type { Trial, TrialStep, TriedStep } from "./trial.ts";

const Steps = z.object({
  steps: z.array(
    z.object({
      what: z.enum(["install", "build", "test", "start"]),
      line: z.string(),
      subject: z.string().exactOptional(),
      probe: ProbeRequest.exactOptional(),
    }),
  ),
});

interface Circumstances {
  /** The folder of the project, once there is one. */
  readonly folder: () => string;
  /** Remembers what a trial that is killed may leave behind. */
  readonly runFolder: string;
  readonly sandbox: SandboxChoice;
  /** Asked once per run, before anything is run, with the commands; a no is final. */
  readonly consent: (commands: readonly string[], sandbox: Sandbox) => Promise<boolean>;
  /** The program that looks at started products. */
  readonly probe: string;
  readonly emit: Emit;
}

/** Seconds that a step may take. */
const patience = { install: 600, build: 300, test: 60 } as const;

/** Runs the steps of a trial one after the other in a sandbox; what needs a step that failed is not tried. */
export function trialOperation({ folder, runFolder, sandbox: choice, consent, probe, emit }: Circumstances): Operation {
  let agreed: Promise<boolean> | undefined;

  return async (input, { signal }) => {
    const { steps } = Steps.parse(input);
    const sandbox = await findSandbox(choice);
    const about = { sandbox: sandbox.description, gaps: sandbox.gaps };
    agreed ??= consent(
      steps.map(({ line }) => line),
      sandbox,
    );
    if (!(await agreed))
      return { ...about, refused: "running it was not agreed to", steps: [] } satisfies Trial as Json;

    const tried: TriedStep[] = [];
    const { paths, aside } = await setLeftoversAside(folder(), runFolder);
    if (paths.length > 0)
      emit({ type: "warning", message: `${named(paths)} came since a trial was broken off: moved to ${aside}` });
    const cleanUp = await watchLeftovers(folder(), runFolder);
    for (const step of steps) {
      const broken = tried.find(({ what, works }) => (what === "install" || what === "build") && works !== "yes");
      emit({ type: "command-start", what: step.what, line: step.line });
      const result = broken
        ? notTried(step, broken)
        : await tryStep(step, { folder: folder(), sandbox, probe, signal });
      if (signal.aborted) break;
      emit({ type: "command-end", ...result });
      tried.push(result);
    }
    await cleanUp();
    // what was interrupted says nothing about the product
    if (signal.aborted) return { ...about, refused: "the run was stopped", steps: tried } satisfies Trial as Json;
    return { ...about, refused: "", steps: tried } satisfies Trial as Json;
  };
}

/** A trial that did not take place is made when the run goes on. */
export const rememberedTrials: Traits = { settles: (answer) => (answer as unknown as Trial).refused === "" };

const named = (paths: readonly string[]): string =>
  paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");

const resultOf = ({ what, line, subject = "" }: TrialStep) => ({ what, line, subject });

const notTried = (step: TrialStep, broken: TriedStep): TriedStep => ({
  ...resultOf(step),
  works: "not tried",
  why: `${broken.line} did not work`,
  output: "",
  seconds: 0,
});

interface Place {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly probe: string;
  readonly signal: AbortSignal;
}

async function tryStep(step: TrialStep, place: Place): Promise<TriedStep> {
  if (step.probe) return tryStart(step, step.probe, place);
  const { folder, sandbox, signal } = place;
  const install = step.what === "install";
  const ran = await sandbox.run({
    line: step.line,
    folder,
    signal,
    network: install,
    seconds: patience[step.what as keyof typeof patience],
    ...(step.what === "test" ? {} : { disk: 4096, memory: 4096 }),
  });
  return { ...resultOf(step), ...judged(ran), output: steady(ran.output, folder), seconds: ran.seconds };
}

/** The exit code decides; a program that is not on this machine says nothing about the product. */
function judged(ran: Ran): Pick<TriedStep, "works" | "why"> {
  if (ran.code === 0) return { works: "yes", why: "exit code 0" };
  const missing = /(?:^|\n)[^\n]*?(?:sh: (?:line )?\d+: |sh: \d+: )([\w.+-]+): (?:command )?not found/.exec(ran.output);
  if (ran.ended === "missing" || (ran.code === 127 && missing))
    return { works: "unclear", why: `${missing?.[1] ?? "a program it needs"} is not on this machine` };
  if (ran.ended === "timeout") return { works: "no", why: `it had not ended after ${Math.round(ran.seconds)} s` };
  if (ran.ended !== "exit") return { works: "no", why: ran.reason ?? "it was stopped" };
  return { works: "no", why: `exit code ${ran.code}` };
}

/** Starts the product under the eyes of the probe, which stands in the same sandbox. */
async function tryStart(step: TrialStep, request: ProbeRequest, place: Place): Promise<TriedStep> {
  const { folder, sandbox, probe, signal } = place;
  const chromium = findChromium();
  const unclear = (why: string): TriedStep => ({ ...resultOf(step), works: "unclear", why, output: "", seconds: 0 });
  if (request.does === "page" && chromium === undefined)
    return unclear("there is no Chromium on this machine to open the page in");
  const looked: ProbeRequest =
    request.does === "program" || chromium === undefined ? request : { ...request, chromium };
  const ran = await sandbox.run({
    line: [process.execPath, probe, probeLine(looked)],
    folder,
    signal,
    memory: 0,
    seconds: probeSeconds(looked),
    env: { [playwrightVariable]: playwright() },
    readable: [dirname(probe), playwright(), ...(chromium ? browserFolders : [])],
  });
  const answer = readProbe(ran.stdout);
  if (!answer)
    return { ...unclear(ran.reason ?? "how it started could not be seen"), output: steady(ran.output, folder) };
  const said = "output" in answer ? answer.output : [...answer.errors, ...answer.dialogs].join("\n");
  const told = { works: answer.works, why: steady(answer.why, folder), output: steady(said, folder) };
  return { ...resultOf(step), ...told, seconds: ran.seconds };
}

/** Where browsers keep what they need besides themselves. */
const browserFolders = ["/etc/chromium", "/etc/chromium.d", "/etc/fonts", "/usr/share/fonts", "/opt/google"];

const playwright = () => dirname(createRequire(import.meta.url).resolve("playwright-core/package.json"));
