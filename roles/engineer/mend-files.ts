import type { CodePlan } from "../../actions/code-plan.ts";
import { writeCode } from "../../actions/write-code.ts";
import type { Desk } from "../../src/desk.ts";
import { rewriteEach } from "./rewrite-each.ts";

/** What is to change in one file. */
export interface Change {
  readonly path: string;
  readonly comments: readonly string[];
  /** Files whose contracts the change touches, besides those that the file uses anyway. */
  readonly about?: readonly string[];
}

/** Asks for these files anew with their changes made, all at once; a file stays as it was if its question fails. */
export function mendFiles(
  desk: Desk,
  {
    plan,
    code,
    changes,
    says,
  }: {
    readonly plan: CodePlan;
    readonly code: Readonly<Record<string, string>>;
    readonly changes: readonly Change[];
    /** Who wants the changes, as a sentence before a colon. */
    readonly says: string;
  },
): Promise<Record<string, string>> {
  const changeOf = new Map(changes.map((change) => [change.path, change]));
  const paths = changes.map(({ path }) => path);
  return rewriteEach(desk, paths, code, (path) => {
    const { comments, about = [] } = changeOf.get(path) as Change;
    const used = [...(plan.needs[path] ?? []), ...about.filter((other) => other !== path && plan.has(other))];
    const context = plan.context(path, Object.fromEntries(used.map((other) => [other, code[other] ?? ""])));
    return desk.ask(writeCode, { ...context, change: { code: code[path] ?? "", comments, says } }, path);
  });
}
