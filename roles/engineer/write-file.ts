import { type CodeContext, writeCode } from "../../actions/write-code.ts";
import { writeCodeReview } from "../../actions/write-code-review.ts";
import type { Desk } from "../../src/desk.ts";

const review = "A review asks for these changes";

/** Writes one file, and rewrites it until a review approves of it or has been heard often enough. */
export async function writeFile(desk: Desk, context: CodeContext): Promise<string> {
  const { path } = context.file;
  let code = await desk.ask(writeCode, context, path);
  if (!desk.options.codeReview) return code;
  try {
    for (let times = 0; times < desk.options.codeReviewTimes; times++) {
      const verdict = await desk.ask(writeCodeReview, { ...context, code }, path);
      desk.review(writeCodeReview, path, verdict);
      if (verdict.approved) break;
      const comments = verdict.comments.length > 0 ? verdict.comments : ["Check it against its contract and task."];
      code = await desk.ask(writeCode, { ...context, change: { code, comments, says: review } }, path);
    }
  } catch (error) {
    desk.missing(error, `review of ${path}`);
  }
  return code;
}
