import { aboutOf, type ChangedWork, checkChange, newFindings } from "../../actions/check-change.ts";
import { documentsOf } from "../../actions/code-plan.ts";
import { type ChangeRequest, changeRequest, existing } from "../../actions/existing.ts";
import { mapCode } from "../../actions/map-code.ts";
import { planChange } from "../../actions/plan-change.ts";
import { refineTasks } from "../../actions/refine-tasks.ts";
import { userRequirement } from "../../actions/user-requirement.ts";
import { writeTasks } from "../../actions/write-tasks.ts";
import type { Desk } from "../../src/desk.ts";
import { breakCycles, withIndirect } from "../../src/graph.ts";
import { readmesOf } from "../../src/project/readme.ts";
import { withChanges } from "../../src/project/with-changes.ts";
import { withinRoom } from "../../src/project/within-room.ts";
import { checkAndMend } from "./check-and-mend.ts";
import { createEdits, type Made } from "./edits.ts";

/** Characters of code of the nearest files that a plan is made with. */
const room = 12_000;

/** Plans a change of the repository, makes it file by file along its dependencies, and has the result checked. */
export async function changeCode(desk: Desk): Promise<void> {
  const { files, closed } = desk.latest(existing);
  const request = desk.find(changeRequest) ?? { idea: desk.latest(userRequirement).idea, kind: "requirement" };
  const map = await desk.perform(mapCode, { files, focus: focusOf(request) });
  const documents = documentsOf(desk);
  const { changes } = await desk.ask(planChange, {
    request,
    map: map.map,
    nearest: withinRoom([...map.nearest, ...readmesOf(Object.keys(files))], files, room),
    tasks: tasksOf(desk),
    paths: Object.keys(files),
    closed,
  });
  const needs = withIndirect(breakCycles(Object.fromEntries(changes.map((one) => [one.path, one.depends_on]))).needs);
  desk.plan(changes.toSorted((a, b) => (needs[a.path]?.length ?? 0) - (needs[b.path]?.length ?? 0)));

  const edits = createEdits(desk, { request, changes, map, documents });
  const made: Made = await desk.graph<string | null>({
    // each edit is made beside what was changed before it, also where it builds on that through others
    needs,
    node: (path, needed) => edits.make(path, withChanges(files, needed)),
    wave: (done) => edits.publish(done),
  });
  const work = (code: ChangedWork["files"]): ChangedWork => ({ files: code, ...(documents && aboutOf(documents)) });
  const before = await desk.perform(checkChange, { files, quiet: true });
  const { code, check } = await checkAndMend(desk, {
    code: withChanges(files, made),
    check: async (now) => newFindings(await desk.perform(checkChange, work(now)), before),
    mine: (path) => typeof made[path] === "string",
    mend: (now, corrections) => edits.mend(now, corrections),
    publish: (done) => edits.publish(done),
  });
  desk.publish(checkChange, work(code), { "": check });
}

/** What the nearest files are told by: the request, and what a failing test says. */
const focusOf = ({ idea, reproduction }: ChangeRequest) =>
  reproduction ? `${idea}\n${reproduction.output.slice(-2000)}` : idea;

/** What the documents say is to be done; empty without documents. */
function tasksOf(desk: Desk): string {
  const change = desk.find(refineTasks);
  if (!change) return "";
  const { shared_knowledge } = desk.latest(writeTasks);
  const tasks = change.tasks.map(({ path, logic }) => `${path}: ${logic}`);
  return [...tasks, `All files agree on this: ${shared_knowledge}`].join("\n");
}
