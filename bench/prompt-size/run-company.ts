import { roster } from "../../roles/index.ts";
import { execute } from "../../src/engine/execute.ts";
import { memoryStore } from "../../src/engine/memory-store.ts";
import type { Json, Operation } from "../../src/engine/steps.ts";
import type { LlmAnswer, LlmCall } from "../../src/llm/call.ts";
import { countMessages } from "../../src/llm/tokens.ts";
import type { Message } from "../../src/message.ts";
import type { RunOptions } from "../../src/options.ts";
import { checkOperation } from "../../src/project/check-operation.ts";
import { mapOperation } from "../../src/project/map-operation.ts";
import { hire } from "../../src/team.ts";
import { usual } from "../../test/helpers/team-run.ts";
import { change } from "./change.ts";
import type { Product } from "./product.ts";

/** One question as a model is sent it, with all its messages. */
export interface Prompt {
  readonly action: string;
  readonly subject: string;
  readonly text: string;
  readonly tokens: number;
}

/** Every prompt of a run that writes this product, each file of which is reviewed once. */
export const promptsOf = (product: Product): Promise<Prompt[]> =>
  run({
    idea: product.idea,
    options: {},
    history: [],
    answers: { WritePRD: product.prd, WriteDesign: product.design, WriteTasks: product.tasks },
    code: product.code,
  });

/** Every prompt of a run that changes three files of this product, with or without the documents it was written from. */
export function promptsOfChange(
  { prd, design, tasks, code }: Product,
  { documented }: { readonly documented: boolean },
): Promise<Prompt[]> {
  const documents = [message("WritePRD", prd), message("WriteDesign", design), message("WriteTasks", tasks)];
  return run({
    idea: change.idea,
    options: { change: true },
    history: [message("Repository", { files: code, closed: [] }), ...(documented ? documents : [])],
    answers: {
      ClassifyRequest: { kind: "requirement", why: "Nothing of the kind exists." },
      RefinePRD: change.prd,
      RefineDesign: change.design,
      RefineTasks: change.tasks,
      WriteCodePlanAndChange: change.plan,
    },
    code,
  });
}

interface Run {
  readonly idea: string;
  readonly options: Partial<RunOptions>;
  readonly history: readonly Message[];
  /** Documents by the action that asks for them; a file is answered with its code, and every review approves. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly code: Readonly<Record<string, string>>;
}

/** Runs the whole company on scripted answers; only the model and the disk are missing. */
async function run({ idea, options, history, answers, code }: Run): Promise<Prompt[]> {
  const calls: LlmCall[] = [];
  const nothing: Operation = async () => null;
  const operations: Record<string, Operation> = {
    async llm(input) {
      const call = input as unknown as LlmCall;
      calls.push(call);
      const text = isCode(call)
        ? `\`\`\`js\n${code[call.subject]}\`\`\``
        : JSON.stringify(answers[call.action] ?? approval);
      return { ok: true, text, finish: "stop", model: "scripted", usd: 0 } satisfies LlmAnswer;
    },
    check: checkOperation(() => {}),
    map: mapOperation(),
    ...{ note: nothing, commit: nothing, "save-raw": nothing, "open-project": nothing },
  };
  const team = hire(roster({ implement: true }));
  const requirement = message("UserRequirement", { idea });
  const input = { requirement, options: { ...usual, ...options }, lanes: {}, history };
  const { outcome } = await execute(team, input, memoryStore({ operations }, new AbortController().signal));
  if (outcome !== "done") throw new Error(`the scripted company ended with ${outcome}`);
  return Promise.all(
    calls.map(async ({ action, subject, messages }) => ({
      ...{ action, subject },
      text: messages.map(({ content }) => content).join("\n"),
      tokens: await countMessages(messages),
    })),
  );
}

const approval = { comments: [], verdict: "LGTM" };

const isCode = ({ action }: LlmCall) => action === "WriteCode" || action === "EditCode";

const message = (kind: string, document: unknown): Message => ({
  ...{ kind, subject: "", from: "User" },
  document: document as Json,
});
