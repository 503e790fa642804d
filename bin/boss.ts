import type { BossAnswer, BossQuestion } from "../src/boss.ts";
import type { Operation, Traits } from "../src/engine/steps.ts";
import { type Draft, draftOf, type Look } from "./draft.ts";
import { findEditor, runEditor } from "./editor.ts";
import { markdownLines } from "./markdown-lines.ts";
import { createPaint, type Paint } from "./paint.ts";
import { forgetTyped, type Seat, somebodyIsHere, type Talk, talkWith } from "./person.ts";
import { terminalOf } from "./terminal.ts";
import { oneLine } from "./width.ts";

interface BossOptions {
  /** When it is aborted, questions are withdrawn: the run is continued later. */
  readonly signal: AbortSignal;
  /** Keeps everything else off the screen until the function that it gives is called. */
  readonly hold?: () => () => void;
  readonly seat?: Seat;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

type Review = Extract<BossQuestion, { asks: "review" }>;
type Questions = Extract<BossQuestion, { asks: "questions" }>;

/** Asks the person at the terminal, one question after the other; where nobody is, everything waits for later. */
export function bossOperation({ hold = () => () => {}, seat, env = process.env, ...options }: BossOptions): Operation {
  let last: Promise<unknown> = Promise.resolve();
  return (input, about) => {
    const answered = last.then(() => askInTurn(input as unknown as BossQuestion, about.signal));
    last = answered.catch(() => {});
    return answered;
  };

  async function askInTurn(question: BossQuestion, withdrawn: AbortSignal): Promise<BossAnswer> {
    const { input, output } = seat ?? { input: process.stdin, output: process.stderr };
    const signal = AbortSignal.any([options.signal, withdrawn]);
    if (!somebodyIsHere({ input, output }) || signal.aborted) return { says: "later" };
    const release = hold();
    const talk = talkWith({ input, output }, signal);
    const { color, columns } = terminalOf(output, env);
    const say = (lines: readonly string[]) => void output.write(`${lines.join("\n")}\n`);
    try {
      await forgetTyped({ input, output });
      const page = { paint: await createPaint(color), columns: columns - 1 };
      if (question.asks === "questions") return await answersTo(question, { talk, say, ...page });
      return await verdictOn(question, { talk, say, env, signal, ...page });
    } finally {
      talk.leave();
      release();
    }
  }
}

/** Who was not there is asked again when the run goes on. */
export const rememberedBoss: Traits = {
  settles: (answer) => (answer as unknown as BossAnswer).says !== "later",
};

interface Conversation {
  readonly talk: Talk;
  readonly say: (lines: readonly string[]) => void;
  readonly paint: Paint;
  readonly columns: number;
}

/** Asks one question after the other; `q` leaves the rest unanswered. */
async function answersTo({ role, questions }: Questions, { talk, say, paint }: Conversation): Promise<BossAnswer> {
  if (questions.length === 0) return { says: "answers", answers: [] };
  say(["", paint.bold(`${oneLine(role)} asks before the work begins. Enter skips a question, q skips all the rest.`)]);
  const answers: string[] = [];
  for (const [index, question] of questions.entries()) {
    say(["", `${index + 1}/${questions.length} ${oneLine(question)}`]);
    const answer = await talk.ask("> ");
    if (answer === undefined) return { says: "later" };
    if (wishOf(answer) === "stop") break;
    answers.push(answer);
  }
  return { says: "answers", answers: questions.map((_, index) => answers[index] ?? "") };
}

interface ReviewConversation extends Conversation {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Shows the document, and asks until it is approved of, edited or remarked on. */
async function verdictOn(review: Review, conversation: ReviewConversation): Promise<BossAnswer> {
  const { say, paint } = conversation;
  const rule = paint.dim("─".repeat(Math.min(60, conversation.columns)));
  say(["", paint.bold(`${oneLine(review.role)} shows ${oneLine(review.file)} (${oneLine(review.action)})`), rule]);
  say([...markdownLines(review.shown, conversation), rule]);
  const draft = draftOf(review.file, review.text);
  const answer = await decide(draft, conversation);
  const kept = await draft.leave(answer.says === "edited");
  if (kept !== undefined) say([`What you wrote is kept in ${kept}`]);
  return answer;
}

const choices = "[Enter] go on · e edit · q stop here · or type a remark: ";
const mending = "[Enter] edit again · d drop what you wrote · q stop here · or type a remark: ";

async function decide(draft: Draft, conversation: ReviewConversation): Promise<BossAnswer> {
  const { talk, say, paint } = conversation;
  /** What was written cannot be taken as it is. */
  let stuck = false;
  const taken = (look: Look, trouble?: string): BossAnswer | undefined => {
    stuck = look.is === "broken" || (look.is === "changed" && trouble !== undefined);
    if (look.is === "broken") say([`${paint.red("✗")} This cannot be taken: ${oneLine(look.why)}`]);
    return look.is === "changed" && !stuck ? { says: "edited", text: look.text } : undefined;
  };
  for (;;) {
    const said = await talk.ask(stuck ? mending : choices);
    const wish = said === undefined ? "stop" : wishOf(said);
    if (wish === "stop") return { says: "later" };
    if (wish === "go on" && !stuck) {
      // an editor with a window of its own may have saved since
      const look = await draft.look();
      const edited = taken(look);
      if (edited || look.is === "same") return edited ?? { says: "go-on" };
    } else if (wish === "go on" || wish === "edit") {
      const trouble = await edit(draft, conversation);
      const look = await draft.look();
      const edited = taken(look, trouble);
      if (edited) return edited;
      if (trouble !== undefined) say([`${paint.yellow("!")} ${trouble}`]);
      else if (look.is === "same")
        say(["Nothing was changed. An editor with a window must wait: EDITOR='code --wait'"]);
    } else if (wish === "drop" && stuck) {
      await draft.restore();
      stuck = false;
    } else if (wish === undefined) {
      return { says: "remark", text: said ?? "" };
    } else say(["Say in words what shall be different, or press Enter if nothing."]);
  }
}

/** Lets the person's editor have the terminal; gives what went wrong, if anything. */
async function edit(draft: Draft, { talk, env, signal }: ReviewConversation): Promise<string | undefined> {
  const editor = await findEditor(env);
  if (editor === undefined) return "No editor was found: set EDITOR to the name of yours.";
  talk.leave();
  return runEditor(editor, await draft.file(), signal);
}

/** What a word alone asks for; a single sign or a no without a reason says nothing. Everything else is a remark. */
function wishOf(said: string): "go on" | "edit" | "stop" | "drop" | "unclear" | undefined {
  const word = said.normalize("NFKC").toLowerCase();
  if (/^(?:|y|yes|ok|okay|好|好的|可以|是)$/.test(word)) return "go on";
  if (/^(?:e|edit)$/.test(word)) return "edit";
  if (/^(?:q|quit|exit)$/.test(word)) return "stop";
  if (/^(?:d|drop)$/.test(word)) return "drop";
  return /^(?:[\x21-\x7e]|no|不)$/.test(word) ? "unclear" : undefined;
}
