import type { Json, Steps } from "./engine/steps.ts";
import { keyOf } from "./llm/about.ts";
import { final } from "./llm/never-comes.ts";
import { type Answered, AskError, ask, type Question } from "./reply.ts";

type Asking<I, D extends Json> = Omit<Question<I, D>, "lane" | "replaceable" | "insteadOf" | "nextTurn" | "share"> & {
  /** The deployments to ask, the first one first. */
  readonly lanes: readonly string[];
};

/**
 * Asks one deployment after the other until one gives a usable answer: the next has its turn when the one before it
 * failed for good. Where the context of every one is too small, those are asked again with less and less of the prompt.
 */
export async function askAlong<I, D extends Json>(steps: Steps, question: Asking<I, D>): Promise<Answered<D>> {
  const { lanes, action, role, subject, attempt } = question;
  const [first = ""] = lanes;
  const turns = [...roundsOf(lanes.length > 0 ? lanes : [""], action.spare ?? [])];
  const tooSmall = new Set<string>();
  let turn = 0;
  const nextTurn = () => {
    turn += 1;
    return turn;
  };
  for (const [place, { lane, share }] of turns.entries()) {
    if (share < 1 && !tooSmall.has(lane)) continue;
    const later = turns.slice(place + 1);
    try {
      const replaceable = later.some((other) => other.share === share && (share === 1 || tooSmall.has(other.lane)));
      const insteadOf = lane === first ? undefined : first;
      return await ask(steps, { ...question, lane, replaceable, insteadOf, nextTurn, share });
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      if (error.kind === "overflow") tooSmall.add(lane);
      else tooSmall.delete(lane);
      const next = later.find((other) => other.share === 1 || tooSmall.has(other.lane));
      if (final.has(error.kind) || !next) throw error;
      const about = { role, action: action.name, subject, attempt, turn };
      const event = { type: "fallback", key: keyOf(about), ...about, from: lane, to: next.lane, reason: error.message };
      steps.apply(`note/${keyOf(about)}.fallback`, "note", event as Json);
    }
  }
  throw new Error("nobody was asked");
}

/** Who may be asked, in order, and which share of the prompt: everybody the whole, then less of it where it can be cut. */
function* roundsOf(lanes: readonly string[], spare: readonly string[]) {
  for (const share of spare.length > 0 ? [1, 0.7, 0.45, 0.25] : [1]) for (const lane of lanes) yield { lane, share };
}
