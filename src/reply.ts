import type { ZodType } from "zod";
import type { Action, Reply, Rest } from "./action.ts";
import type { Json, Steps } from "./engine/steps.ts";
import type { NewEvent } from "./events.ts";
import { fileNameOf, keyOf } from "./llm/about.ts";
import type { LlmAnswer, LlmFailure } from "./llm/call.ts";
import { neverComes } from "./llm/never-comes.ts";
import type { About, ChatMessage } from "./llm/provider.ts";
import type { RepairChoice } from "./options.ts";
import {
  accepted,
  joinCut,
  type Problem,
  pathText,
  type Reading,
  type Repair,
  readCode,
  repair,
  shapeOf,
  strictSchema,
} from "./repair/index.ts";
import { restOf } from "./rest.ts";
import { shorten } from "./shorten.ts";
import { dedent } from "./text.ts";

/** A document as one JSON object in the shape of the schema, whose field descriptions are the instructions. */
export function json<D extends Json>(name: string, schema: ZodType<D>): Reply<D> {
  return {
    get instruction() {
      return `Answer with one JSON object and nothing else. It has exactly these fields:\n\n${shapeOf(schema)}`;
    },
    get schema() {
      return { name, schema: strictSchema(schema) };
    },
    read: (text, { truncated }) =>
      repair(text, schema, { accept: "exact", ...(truncated ? { finishReason: "length" } : {}) }),
    join: joinCut,
    rest: (problems, partial) => restOf({ name, schema }, problems, partial),
  };
}

/** One source file as one fenced block. */
export function code(path: string): Reply<string> {
  return {
    instruction: dedent`
      Answer with the whole file ${path} in one fenced code block, complete and ready to run: no placeholders,
      nothing left out, nothing after the block.
    `,
    read(text, { truncated }) {
      return truncated
        ? unread("cut", "the file was cut off: it must be complete, so write it shorter")
        : readCode(text, { path });
    },
    join: joinCut,
  };
}

/** Why a question has no answer: the kind of the last failure, or `unusable` when no answer could be read. */
export class AskError extends Error {
  /** The action, and what it was about. */
  readonly title: string;
  readonly kind: string;
  readonly hint: string | undefined;
  /** Milliseconds the server asked to wait. */
  readonly retryAfter: number | undefined;

  constructor(title: string, { kind, message, hint, retryAfter }: Failed) {
    super(message);
    this.name = "AskError";
    this.title = title;
    this.kind = kind;
    this.hint = hint;
    this.retryAfter = retryAfter;
  }
}

interface Failed extends Partial<Pick<LlmFailure, "hint" | "retryAfter">> {
  readonly kind: string;
  readonly message: string;
}

export interface Question<I, D extends Json> {
  readonly action: Action<I, D>;
  readonly input: I;
  readonly role: string;
  readonly persona: string;
  readonly subject: string;
  readonly attempt: number;
  /** The deployment that answers. */
  readonly lane: string;
  /** Another one takes its place if it fails. */
  readonly replaceable: boolean;
  /** The one in whose place it answers. */
  readonly insteadOf?: string | undefined;
  /** Numbers the turns of this attempt, from 1, whoever answers. */
  readonly nextTurn: () => number;
  /** The share of the prompt that is sent: 1 is all of it, less leaves out what the action can spare. */
  readonly share: number;
  readonly maxReasks: number;
  readonly repair: RepairChoice;
  /** Asked in place of the prompt of the action. */
  readonly conversation?: readonly ChatMessage[] | undefined;
  /** An earlier answer and what somebody wants changed about it. */
  readonly revision?: { readonly answer: string; readonly remark: string };
}

/** A usable answer and who gave it, be it now or before the run was interrupted. */
export interface Answered<D> {
  readonly document: D;
  readonly author: Author;
}

interface Author {
  readonly model: string;
  /** The deployment in whose place it answered. */
  readonly insteadOf?: string;
}

/** More continuations than this means that the model repeats itself. */
const maxContinuations = 6;

/**
 * Asks a question until its answer can be used: lets a cut answer go on, reads it, and asks again in the same
 * conversation with the exact problems. Throws an AskError when the model is silent or stays unusable.
 */
export async function ask<I, D extends Json>(steps: Steps, question: Question<I, D>): Promise<Answered<D>> {
  const { action, input, role, subject, attempt, lane, maxReasks, replaceable, nextTurn } = question;
  const place = question.insteadOf === undefined ? {} : { insteadOf: question.insteadOf };
  const reply = typeof action.reply === "function" ? action.reply(input) : action.reply;
  const opening = openingOf(question, reply.instruction);
  const title = subject ? `${action.name} of ${subject}` : action.name;
  let messages: readonly ChatMessage[] = opening;
  let rest: Rest<D> | undefined;
  const said = new Set<string>();
  let about: About = { role, action: action.name, subject, attempt, turn: 0 };
  let problems: readonly string[] = [];
  let notes = 0;
  const note = (event: NewEvent) => steps.apply(`note/${keyOf(about)}.${++notes}`, "note", event as unknown as Json);

  for (let reasks = 0; reasks <= maxReasks; reasks++) {
    const { text, truncated, author, loops } = await whole();
    const read = loops ? endless : accepted((rest ?? reply).read(text, { truncated }), acceptance(question.repair));
    const reading = settle(action, input, read);
    const seen = { key: keyOf(about), ...about };
    if (reading.ok) {
      for (const repair of noted(reading.repairs)) note({ type: "repair", ...seen, ...repair });
      for (const message of reading.warnings) note({ type: "warning", message });
      return { document: reading.value, author };
    }
    const saved = `${fileNameOf(about)}.txt`;
    steps.apply(`raw/${keyOf(about)}`, "save-raw", { file: saved, text });
    problems = reading.problems.map(({ message }) => message);
    // Who says the same once more will say it again.
    const last = reasks === maxReasks || (said.has(text) && !loops);
    said.add(text);
    if (last) {
      note({ type: "unusable", ...seen, problems: [...problems], saved });
      break;
    }
    note({ type: "reask", ...seen, problems: [...problems] });
    rest = reply.rest?.(reading.problems, reading.partial);
    // Turns have to alternate, also where there is nothing to repeat.
    const answer = text.trim() === "" ? "(no answer)" : text;
    const asked = rest ? missing(problems, rest.instruction) : again(problems);
    messages = [...opening, { role: "assistant", content: answer }, { role: "user", content: asked }];
  }
  throw new AskError(title, { kind: "unusable", message: `no usable answer to ${title}: ${problems.join("; ")}` });

  /** One answer, continued for as long as the output limit cuts it and it still grows. */
  async function whole() {
    let text = "";
    let author: Author = { model: "" };
    for (let parts = 1; ; parts++) {
      about = { ...about, turn: nextTurn() };
      const continued = text
        ? [...messages, { role: "assistant", content: text }, { role: "user", content: goOn }]
        : messages;
      const shape = (rest ?? reply).schema;
      const kind = text ? { continues: true } : shape ? { schema: shape } : {};
      const request = { ...about, messages: continued, ...kind, ...(replaceable ? { replaceable } : {}), ...place };
      const answer = (await steps.call(keyOf(about), "llm", request as unknown as Json, lane)) as unknown as LlmAnswer;
      if (!answer.ok) {
        if (answer.failure.kind === "loop") return { text: "", truncated: false, author, loops: true };
        if (text === "" || !neverComes.has(answer.failure.kind)) throw new AskError(title, answer.failure);
        return { text, truncated: true, author, loops: false };
      }
      const joined = text ? reply.join(text, answer.text) : answer.text;
      const stuck = joined.length <= text.length || parts === maxContinuations;
      text = joined;
      author = authorOf(answer);
      if (answer.finish !== "length" || stuck) {
        return { text, truncated: answer.finish === "length", author, loops: false };
      }
    }
  }
}

/** What a question begins with; how to answer stands at its end. */
function openingOf<I, D extends Json>(
  { action, input, persona, share, conversation, revision }: Question<I, D>,
  instruction: string,
): readonly ChatMessage[] {
  if (conversation) {
    if (instruction === "") return conversation;
    const last = conversation.at(-1);
    if (last?.role !== "user") return [...conversation, { role: "user", content: instruction }];
    return [...conversation.slice(0, -1), { ...last, content: `${last.content}\n\n${instruction}` }];
  }
  return [
    { role: "system", content: persona },
    { role: "user", content: `${shorten(action.prompt(input), action.spare ?? [], share)}\n\n${instruction}` },
    ...(revision ? revised(revision) : []),
  ];
}

const authorOf = ({ model, insteadOf }: Author): Author => (insteadOf === undefined ? { model } : { model, insteadOf });

function unread(kind: Problem["kind"], message: string) {
  return { ok: false, problems: [{ kind, path: [], message }], partial: undefined, truncated: true } as const;
}

/** A model that fell into saying the same again and again was stopped. */
const endless = unread(
  "cut",
  "it repeated the same passage without end: write each part once, and stop when it is complete",
);

const goOn = "Your answer was cut off. Go on exactly where it stopped. Repeat nothing and add no words around it.";

const again = (problems: readonly string[]) => dedent`
  Your answer could not be used:
  ${problems.map((problem) => `- ${problem}`).join("\n")}

  Answer again, whole and in the form asked for, with this put right.
`;

const revised = ({ answer, remark }: { readonly answer: string; readonly remark: string }): ChatMessage[] => [
  { role: "assistant", content: answer },
  {
    role: "user",
    content: dedent`
      The one who ordered this has read it and says:
      ${remark}

      Answer again, whole and in the form asked for, with this taken into account.
    `,
  },
];

const missing = (problems: readonly string[], instruction: string) => dedent`
  Most of your answer is good and is kept. This is missing or cannot be used:
  ${problems.map((problem) => `- ${problem}`).join("\n")}

  ${instruction}
`;

/** What was repaired, each kind once for a place. */
function noted(repairs: readonly Repair[]) {
  const once = new Map(
    repairs.map(({ kind, path, lossy }) => [
      `${kind} ${pathText(path)} ${lossy}`,
      { kind, path: pathText(path), lossy },
    ]),
  );
  return [...once.values()];
}

/** What each choice of the user accepts. */
const acceptance = (choice: RepairChoice) => (choice === "strict" ? "lossless" : choice ? "any" : "clean");

/** Applies the action's own rules to what was read. */
function settle<I, D extends Json>(action: Action<I, D>, input: I, reading: Reading<D>) {
  if (!reading.ok) return reading;
  const {
    document,
    warnings = [],
    problems = [],
  } = action.settle?.(reading.value, input) ?? { document: reading.value };
  if (problems.length === 0) return { ...reading, value: document, warnings };
  const rules = problems.map((message): Problem => ({ kind: "rule", path: [], message }));
  return { ok: false as const, problems: rules, partial: undefined, truncated: false };
}
