import type { Desk } from "../src/desk.ts";
import { breakCycles } from "../src/graph.ts";
import { type CodeContext, projectBrief } from "./write-code.ts";
import { contract, type DesignedFile, writeDesign } from "./write-design.ts";
import { writePrd } from "./write-prd.ts";
import { type Tasks, type TasksRequest, writeTasks } from "./write-tasks.ts";

/** The documents that code is written from. */
export interface Documents extends TasksRequest {
  readonly tasks: Tasks;
}

/** The documents of a run, once all three are there. */
export function documentsOf(desk: Pick<Desk, "find">): Documents | undefined {
  const [prd, design, tasks] = [desk.find(writePrd), desk.find(writeDesign), desk.find(writeTasks)];
  return prd && design && tasks ? { prd, design, tasks } : undefined;
}

export type CodePlan = ReturnType<typeof codePlan>;

/**
 * Who needs what, and what the writer of each file is told. Of a circle one dependency is `broken`: the file does not wait
 * for it.
 */
export function codePlan(documents: Documents) {
  const { prd, design, tasks } = documents;
  const { files } = design;
  const common = projectBrief(prd, design, tasks);
  const taskOf = (path: string) => tasks.tasks.find((task) => task.path === path);
  const wanted = files.map(
    ({ path, depends_on }) => [path, [...depends_on, ...(taskOf(path)?.depends_on ?? [])]] as const,
  );
  const { needs, broken } = breakCycles(Object.fromEntries(wanted));
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
  const has = (path: string) => files.some((file) => file.path === path);
  return { documents, common, files, needs, broken, context, has };
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

/** What the documents promise of a file: its contract and its task; empty if they do not know it. */
export function promisedOf({ design, tasks }: Documents, path: string): string {
  const file = design.files.find((one) => one.path === path);
  const task = tasks.tasks.find((one) => one.path === path);
  return [...(file ? [contract(file)] : []), ...(task ? [`Task: ${task.logic}`] : [])].join("\n\n");
}
