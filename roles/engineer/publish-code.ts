import type { CodePlan } from "../../actions/code-plan.ts";
import { writeCode } from "../../actions/write-code.ts";
import type { Desk } from "../../src/desk.ts";

/** Publishes these files in one commit. */
export function publishCode(desk: Desk, { context }: CodePlan, files: Record<string, string>): void {
  const [first] = Object.keys(files);
  if (first !== undefined) desk.publish(writeCode, context(first, {}), files);
}
