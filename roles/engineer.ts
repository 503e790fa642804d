import { summarizeCode } from "../actions/summarize-code.ts";
import { type CodeContext, projectBrief, writeCode } from "../actions/write-code.ts";
import { writeCodeReview } from "../actions/write-code-review.ts";
import { type DesignedFile, writeDesign } from "../actions/write-design.ts";
import { writePrd } from "../actions/write-prd.ts";
import { writeTasks } from "../actions/write-tasks.ts";
import type { Desk } from "../src/desk.ts";
import { breakCycles } from "../src/graph.ts";
import { defineRole } from "../src/role.ts";

/** Writes the files of the design along their dependencies, has each reviewed, and makes them fit together. */
export const engineer = defineRole({
  profile: "Engineer",
  name: "Alex",
  goal: "Write correct, readable, complete code",
  constraints: "Keep to the contract of each file; use only what exists",
  watch: [writeTasks],
  actions: [writeCode, writeCodeReview, summarizeCode],
  async act(desk) {
    const plan = planOf(desk);
    const written = await desk.graph<string>({
      needs: plan.needs,
      limit: desk.options.concurrency,
      node: (path, needed) => writeFile(desk, plan.context(path, needed)),
      wave: (files) => publishCode(desk, plan, files),
    });
    if (Object.keys(written).length === plan.files.length) await fitTogether(desk, plan, written);
  },
});

type Plan = ReturnType<typeof planOf>;

/** Who needs what, and what the writer of each file is told. */
function planOf(desk: Desk) {
  const tasks = desk.latest(writeTasks);
  const design = desk.latest(writeDesign);
  const { files } = design;
  const common = projectBrief(desk.latest(writePrd), design, tasks);
  const taskOf = (path: string) => tasks.tasks.find((task) => task.path === path);
  const wanted = files.map(
    ({ path, depends_on }) => [path, [...depends_on, ...(taskOf(path)?.depends_on ?? [])]] as const,
  );
  const { needs, broken } = breakCycles(Object.fromEntries(wanted));
  for (const { from, to } of broken) desk.warn(`${from} and ${to} wait for each other; ${from} is written first`);
  const fileOf = (path: string) => files.find((file) => file.path === path) as DesignedFile;
  const context = (path: string, needed: Readonly<Record<string, string>>): CodeContext => ({
    common,
    file: fileOf(path),
    logic: taskOf(path)?.logic ?? "",
    dependencies: shortOnes({ ...unwritten(fileOf(path)), ...needed }).map(([other, code]) => ({
      file: fileOf(other),
      code,
    })),
  });
  return { common, files, needs, context };
}

/** What a file uses by the design, without code: of a circle it does not wait for all, but is told every contract. */
const unwritten = ({ depends_on }: DesignedFile) => Object.fromEntries(depends_on.map((path) => [path, ""]));

/** Characters of code of one dependency, and of all of one file, that its writer is shown; beyond it contracts must do. */
const short = 3_000;
const shortTogether = 9_000;

/** The code of the short dependencies; the others empty. */
function shortOnes(needed: Readonly<Record<string, string>>): [path: string, code: string][] {
  let left = shortTogether;
  return Object.entries(needed).map(([path, code]) => {
    if (code.length > Math.min(short, left)) return [path, ""];
    left -= code.length;
    return [path, code];
  });
}

function publishCode(desk: Desk, { context }: Plan, files: Record<string, string>): void {
  const [first] = Object.keys(files);
  if (first !== undefined) desk.publish(writeCode, context(first, {}), files);
}

/** Writes one file, and rewrites it until a review approves of it or has been heard often enough. */
async function writeFile(desk: Desk, context: CodeContext): Promise<string> {
  const { path } = context.file;
  let code = await desk.ask(writeCode, context, path);
  if (!desk.options.codeReview) return code;
  try {
    for (let times = 0; times < desk.options.codeReviewTimes; times++) {
      const verdict = await desk.ask(writeCodeReview, { ...context, code }, path);
      desk.review(writeCodeReview, path, verdict);
      if (verdict.approved) break;
      const comments = verdict.comments.length > 0 ? verdict.comments : ["Check it against its contract and task."];
      code = await desk.ask(writeCode, { ...context, change: { code, comments } }, path);
    }
  } catch (error) {
    desk.missing(error, `review of ${path}`);
  }
  return code;
}

/** A summary that finds something every time is heard this often when the run sets no other limit. */
const mostSummaries = 10;

/** Has the whole code read and mended, as often as the run allows and as something is left to do. */
async function fitTogether(desk: Desk, plan: Plan, written: Record<string, string>): Promise<void> {
  const { autoSummarize } = desk.options;
  let code = written;
  for (let times = 0; times < (autoSummarize < 0 ? mostSummaries : autoSummarize); times++) {
    const files = plan.files.map((file) => ({ file, code: code[file.path] ?? "" }));
    const { todo } = await desk.ask(summarizeCode, { common: plan.common, files });
    const changes = plan.files
      .map(({ path }) => [path, todo.filter((item) => item.path === path).map(({ change }) => change)] as const)
      .filter(([, comments]) => comments.length > 0);
    if (changes.length === 0) return;
    const mended = await desk.graph<string>({
      needs: Object.fromEntries(changes.map(([path]) => [path, []])),
      limit: desk.options.concurrency,
      node: (path) => mend(desk, plan, code, path, changes.find(([other]) => other === path)?.[1] ?? []),
    });
    publishCode(desk, plan, mended);
    code = { ...code, ...mended };
  }
}

/** One file with changes made; as it was, if the question fails. */
async function mend(
  desk: Desk,
  { needs, context }: Plan,
  code: Record<string, string>,
  path: string,
  comments: readonly string[],
): Promise<string> {
  const needed = Object.fromEntries((needs[path] ?? []).map((need) => [need, code[need] ?? ""]));
  const before = code[path] ?? "";
  try {
    return await desk.ask(writeCode, { ...context(path, needed), change: { code: before, comments } }, path);
  } catch (error) {
    desk.missing(error, `change of ${path}`);
    return before;
  }
}
