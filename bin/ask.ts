import { discoverLlm } from "../config/discover.ts";
import type { Settings } from "../config/load.ts";
import { resolveNames } from "../config/resolve.ts";
import { createBudget } from "../src/budget.ts";
import { CompanyError, exitCodes, UsageError } from "../src/errors.ts";
import { keyOf } from "../src/llm/about.ts";
import { type LlmAnswer, llmOperation } from "../src/llm/call.ts";
import type { Deployment } from "../src/llm/deployment.ts";
import { localModels } from "../src/llm/ollama/models.ts";
import { type Answer, type End, openAnswer, takeDelta, takeEvent } from "./answer.ts";
import { columnWidth, narrowest } from "./columns.ts";
import type { Flags } from "./flags.ts";
import { inTurn, type View } from "./in-turn.ts";
import { type Interrupt, onInterrupt } from "./interrupt.ts";
import { liveColumns } from "./live-columns.ts";
import { createPaint } from "./paint.ts";
import { readSettings } from "./plan.ts";
import { readPrompt } from "./prompt.ts";
import { terminalOf } from "./terminal.ts";

/** Asks one or several LLMs the same at once and shows what they answer; gives the exit code. */
export async function askLlms(flags: Flags): Promise<number> {
  const prompt = await readPrompt(flags);
  const settings = await readSettings(flags);
  const { deployments, warnings } = await chosenLlms(flags, settings);
  for (const warning of warnings) process.stderr.write(`! ${warning}\n`);
  const answers = deployments.map(({ name, model }) => openAnswer(name, model, performance.now()));
  const view = await openView(answers, flags);
  const interrupt = onInterrupt(() => {}, { grace: 0 });
  try {
    const messages = [
      ...(flags.system ? [{ role: "system" as const, content: flags.system }] : []),
      { role: "user" as const, content: prompt },
    ];
    await askAll({ answers, deployments, messages, investment: settings.options.investment, view, interrupt });
  } finally {
    interrupt.release();
    view.close();
  }
  if (interrupt.stop.aborted) return interrupt.exitCode;
  return Math.max(...answers.map(({ end }) => (end?.ok ? exitCodes.done : (end?.exitCode ?? exitCodes.llm))));
}

function chosenLlms({ llm = "" }: Flags, settings: Settings) {
  const { env } = process;
  const names = llm.split(",").flatMap((name) => name.trim() || []);
  if (llm !== "" && names.length === 0) throw new UsageError("--llm names no LLM");
  const localModel = async (baseUrl: string) => (await localModels({ baseUrl }))[0];
  const recording = async () => undefined;
  const discover = () => discoverLlm({ presets: settings.presets, env, localModel, recording });
  return resolveNames(names, { settings, flags: {}, env, localModel, discover });
}

interface Asking {
  readonly answers: readonly Answer[];
  readonly deployments: readonly Deployment[];
  readonly messages: readonly { readonly role: "system" | "user"; readonly content: string }[];
  /** USD, for all of them together. */
  readonly investment: number;
  readonly view: View;
  readonly interrupt: Interrupt;
}

/** Asks all of them at once and fills their answers while they come. */
async function askAll({ answers, deployments, messages, investment, view, interrupt }: Asking): Promise<void> {
  const about = (subject: string) => ({ role: "User", action: "ask", subject, attempt: 1, turn: 1 });
  const keyed = new Map(answers.map((answer) => [keyOf(about(answer.llm)), answer]));
  const tell = (key: string, change: (answer: Answer) => void) => {
    const answer = keyed.get(key);
    if (!answer) return;
    change(answer);
    view.show(answer);
  };
  const operation = llmOperation({
    deployments,
    budget: createBudget(investment),
    emit: (event) => void ("key" in event && tell(event.key, (answer) => takeEvent(answer, event, performance.now()))),
    heard: (key, delta) => tell(key, (answer) => takeDelta(answer, delta, performance.now())),
    stop: interrupt.stop,
  });
  await Promise.all(
    [...keyed].map(async ([key, answer]) => {
      const call = { ...about(answer.llm), messages };
      const failed = await operation(call, { key, lane: answer.llm, signal: interrupt.abort }).then(failureOf, broken);
      if (!failed) return;
      const end = interrupt.stop.aborted ? { ...failed, message: "stopped", hint: undefined } : failed;
      tell(key, () => Object.assign(answer, { end, typed: false }));
    }),
  );
}

function failureOf(result: unknown): Extract<End, { ok: false }> | undefined {
  const answer = result as LlmAnswer;
  if (answer.ok) return undefined;
  const { kind, message, hint } = answer.failure;
  return { ok: false, kind, message, hint, exitCode: kind === "budget" ? exitCodes.budget : exitCodes.llm };
}

/** An LLM that cannot even be connected does not keep the others from answering. */
function broken(error: unknown): Extract<End, { ok: false }> {
  if (!(error instanceof CompanyError)) throw error;
  const { message, hint, exitCode } = error;
  return { ok: false, kind: "configuration", message, hint, exitCode };
}

/** Side by side where there is room for it, else one below the other; for programs as JSON. */
async function openView(answers: readonly Answer[], { json = false, verbose = false }: Flags): Promise<View> {
  if (json) return jsonLines();
  const { stdout, stderr } = process;
  const screen = terminalOf(stdout, process.env);
  const paint = await createPaint(screen.color);
  const now = () => performance.now();
  const width = columnWidth(answers.length, screen.columns - 1);
  if (screen.live && answers.length > 1 && width >= narrowest)
    return liveColumns(answers, { stdout, paint, verbose, now });
  const { live, color, columns } = terminalOf(stderr, process.env);
  const aside = await createPaint(color);
  return inTurn(answers, {
    stdout,
    stderr,
    paint,
    aside,
    columns,
    streaming: stdout.isTTY === true,
    live,
    verbose,
    now,
  });
}

/** Each answer as one line of JSON as soon as it has ended. */
const jsonLines = (): View => ({
  show: (answer) => void (answer.end && process.stdout.write(`${JSON.stringify(recordOf(answer, answer.end))}\n`)),
  close: () => {},
});

function recordOf({ llm, model, text, reasoning, firstToken }: Answer, end: End): object {
  if (!end.ok) {
    const { kind, message, hint } = end;
    return { llm, model, error: { kind, message, hint } };
  }
  const { seconds, usage, cost, finish } = end;
  return { llm, model, text, ...(reasoning && { reasoning }), seconds, firstToken, usage, cost, finish };
}
