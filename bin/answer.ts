import type { NewEvent } from "../src/events.ts";
import type { Delta } from "../src/llm/provider.ts";
import { wrapText } from "./columns.ts";
import { money, roundSeconds, seconds, tokens, yuan } from "./figures.ts";
import type { Paint } from "./paint.ts";
import { oneLine } from "./width.ts";

type CallEnd = Extract<NewEvent, { type: "call-end" }>;

/** How an answer ended: with its figures, or with what went wrong and the exit code that means. */
export type End =
  | ({ readonly ok: true } & Pick<CallEnd, "seconds" | "usage" | "cost" | "finish">)
  | {
      readonly ok: false;
      readonly kind: string;
      readonly message: string;
      readonly hint?: string | undefined;
      readonly exitCode: number;
    };

/** The answer of one LLM while it comes. */
export interface Answer {
  readonly llm: string;
  model: string;
  text: string;
  reasoning: string;
  /** From 1; each try begins the answer anew. */
  tries: number;
  /** Why nothing comes just now; empty when there is nothing to say about it. */
  remark: string;
  /** A person types it in this very terminal. */
  typed: boolean;
  /** Milliseconds; when its clock was started. */
  asked: number;
  /** Seconds until something came. */
  firstToken: number | undefined;
  /** Received so far, about. */
  tokens: number;
  end: End | undefined;
}

/** Nothing yet of an answer. */
export const openAnswer = (llm: string, model: string, asked: number): Answer => ({
  llm,
  model,
  asked,
  text: "",
  reasoning: "",
  tries: 1,
  remark: "",
  typed: false,
  firstToken: undefined,
  tokens: 0,
  end: undefined,
});

/** Adds the next piece. */
export function takeDelta(answer: Answer, delta: Delta, now: number): void {
  answer.firstToken ??= (now - answer.asked) / 1000;
  answer.remark = "";
  if (delta.type === "text") answer.text += delta.text;
  if (delta.type === "reasoning") answer.reasoning += delta.text;
}

/** Keeps up with what is told of a call. */
export function takeEvent(answer: Answer, event: NewEvent, now: number): void {
  if (event.type === "call-start") answer.asked = now;
  if (event.type === "call-progress") answer.tokens = event.tokens;
  if (event.type === "retry") {
    const remark = `again in ${roundSeconds(event.wait)}: ${oneLine(event.reason)}`;
    Object.assign(answer, {
      tries: answer.tries + 1,
      text: "",
      reasoning: "",
      firstToken: undefined,
      tokens: 0,
      remark,
    });
  }
  if (event.type === "prompt-waiting") {
    answer.typed = event.file === "";
    if (!answer.typed) answer.remark = `answer ${oneLine(event.file)} by writing ${oneLine(event.answer)}`;
  }
  if (event.type === "call-end") {
    const { model, seconds, usage, cost, finish } = event;
    Object.assign(answer, { model, end: { ok: true, seconds, usage, cost, finish }, typed: false });
  }
}

/** Who answers: the name of the LLM, and its model where the name does not say it. */
export function nameOf({ llm, model }: Pick<Answer, "llm" | "model">): string {
  const named = llm === model || llm.endsWith(`/${model}`);
  return oneLine(named ? llm : `${llm} ${model}`);
}

/** How an answer that has not ended stands: what it waits for, or its time and tokens so far. */
export function standing({ remark, asked, tokens: count }: Answer, now: number): string {
  const time = `${Math.floor((now - asked) / 1000)} s`;
  return remark || (count === 0 ? time : `${time}, ${tokens(count)} tokens`);
}

/** How an answer stands or ended, in lines of that width: its figures, or what went wrong and what to do. */
export function footer(
  answer: Answer,
  { paint, width, now, title = "" }: { paint: Paint; width: number; now: number; title?: string },
): string[] {
  const { end } = answer;
  const marked = (mark: string, text: string, style = paint.dim) =>
    wrapText(oneLine(text), Math.max(1, width - 2)).map((line, row) => `${row === 0 ? mark : " "} ${style(line)}`);
  if (!end) return marked(paint.dim("·"), title + standing(answer, now));
  if (!end.ok) {
    const hint = end.hint === undefined ? [] : marked(" ", end.hint);
    return [...marked(paint.red("✗"), title + end.message, (line) => line), ...hint];
  }
  const figures = marked(paint.green("✓"), title + figuresOf(answer, end));
  const cut = cuts[end.finish];
  return cut === undefined ? figures : [...figures, ...marked(paint.yellow("!"), cut)];
}

/** What is said of an answer that is not whole. */
const cuts: Readonly<Record<string, string>> = {
  length: "cut off at max_token",
  content_filter: "cut off by a content filter",
};

function figuresOf({ firstToken }: Answer, { seconds: all, usage, cost }: Extract<End, { ok: true }>): string {
  const about = usage.source === "estimated" ? "~" : "";
  const price = cost.cny === undefined ? money(cost.usd) : yuan(cost.cny);
  return [
    firstToken === undefined ? seconds(all) : `${seconds(all)} (first token ${seconds(firstToken)})`,
    `${about}${tokens(usage.input)} in`,
    `${about}${tokens(usage.output)} out`,
    cost.basis === "assumed" ? `${price} (assumed price)` : price,
  ].join(", ");
}
