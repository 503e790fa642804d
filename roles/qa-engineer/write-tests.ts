import type { CodePlan, Documents } from "../../actions/code-plan.ts";
import { productOf } from "../../actions/write-tasks.ts";
import { writeTest } from "../../actions/write-test.ts";
import type { Desk } from "../../src/desk.ts";
import { type TestFile, testFilesOf, testHelpers } from "../../src/project/test-files.ts";

/** Has the tests of every file that offers something written, all at once, and publishes them. */
export async function writeTests(
  desk: Desk,
  plan: CodePlan,
  documents: Documents,
  wanted: (of: string) => boolean,
): Promise<{ files: readonly TestFile[]; code: Record<string, string> }> {
  const { commands } = productOf(documents, documents.tasks);
  const planned = testFilesOf({ commands, files: documents.design.files, wanted });
  const testAt = new Map(planned.map((test) => [test.path, test]));
  const request = (path: string) => {
    const test = testAt.get(path) as TestFile;
    return { ...plan.context(test.of, {}), test, stories: documents.prd.user_stories };
  };
  const code = await desk.each([...testAt.keys()], (path) => desk.ask(writeTest, request(path), path));
  const files = planned.filter(({ path }) => code[path] !== undefined);
  const [first] = files;
  const all = { ...testHelpers(files), ...code };
  if (first) desk.publish(writeTest, request(first.path), all);
  return { files, code: all };
}
