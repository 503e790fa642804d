import type { Action } from "../../src/action.ts";
import type { Json } from "../../src/engine/steps.ts";
import { ask } from "../../src/reply.ts";
import { failed, scriptedSteps } from "./scripted-steps.ts";

/** The whole question as a model gets it, the instruction for its answer included. */
export async function promptOf<I, D extends Json>(action: Action<I, D>, input: I): Promise<string> {
  const { steps, asked } = scriptedSteps(failed("stopped", "only the question is wanted"));
  const about = {
    role: "",
    persona: "",
    subject: "",
    attempt: 1,
    lane: "",
    replaceable: false,
    share: 1,
    maxReasks: 0,
  };
  await ask(steps, { ...about, nextTurn: () => 1, repair: true, action, input }).catch(() => {});
  return asked[0]?.request.messages[1]?.content ?? "";
}
