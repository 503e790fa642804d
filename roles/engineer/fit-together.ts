import type { CodePlan } from "../../actions/code-plan.ts";
import { summarizeCode } from "../../actions/summarize-code.ts";
import type { Desk } from "../../src/desk.ts";
import { mendFiles } from "./mend-files.ts";
import { publishCode } from "./publish-code.ts";

/** A summary that finds something every time is heard this often when the run sets no other limit. */
const mostSummaries = 10;

/** Has the whole code read and mended, as often as the run allows and as something is left to do. */
export async function fitTogether(
  desk: Desk,
  plan: CodePlan,
  written: Record<string, string>,
): Promise<Record<string, string>> {
  const { autoSummarize } = desk.options;
  let code = written;
  for (let times = 0; times < (autoSummarize < 0 ? mostSummaries : autoSummarize); times++) {
    const files = plan.files.map((file) => ({ file, code: code[file.path] ?? "" }));
    const { todo } = await desk.ask(summarizeCode, { common: plan.common, files });
    const changes = plan.files
      .map(({ path }) => ({ path, comments: todo.filter((item) => item.path === path).map(({ change }) => change) }))
      .filter(({ comments }) => comments.length > 0);
    if (changes.length === 0) break;
    const mended = await mendFiles(desk, { plan, code, changes, says: "A review asks for these changes" });
    publishCode(desk, plan, mended);
    code = { ...code, ...mended };
  }
  return code;
}
