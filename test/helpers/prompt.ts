import type { Action } from "../../src/action.ts";
import type { Json } from "../../src/engine/steps.ts";
import { ask } from "../../src/reply.ts";
import { failed, scriptedSteps } from "./scripted-steps.ts";

/** The whole question as a model gets it, the instruction for its answer included. */
export async function promptOf<I, D extends Json>(action: Action<I, D>, input: I): Promise<string> {
  const { steps, asked } = scriptedSteps(failed("stopped", "only the question is wanted"));
  const about = { role: "", persona: "", subject: "", attempt: 1, lane: "", maxReasks: 0, repair: true };
  await ask(steps, { ...about, action, input }).catch(() => {});
  return asked[0]?.request.messages[1]?.content ?? "";
}
