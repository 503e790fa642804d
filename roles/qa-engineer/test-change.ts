import { aboutOf, checkChange, newFindings } from "../../actions/check-change.ts";
import { codePlan, type Documents, documentsOf, promisedOf } from "../../actions/code-plan.ts";
import { changedFile, editCode } from "../../actions/edit-code.ts";
import { type ChangeRequest, changeRequest, existing, testRequest } from "../../actions/existing.ts";
import { reproduceBug } from "../../actions/reproduce-bug.ts";
import { tryRepository } from "../../actions/try-repository.ts";
import { userRequirement } from "../../actions/user-requirement.ts";
import { evidence } from "../../actions/verification.ts";
import type { Desk } from "../../src/desk.ts";
import { withChanges } from "../../src/project/with-changes.ts";
import { debugged } from "./debug.ts";
import { writeTests } from "./write-tests.ts";

/** Has a changed repository tested by its own tests and by new ones of what changed, and mended where that fails. */
export async function testChange(desk: Desk): Promise<void> {
  const { files: before } = desk.latest(existing);
  const edits = desk.all(editCode);
  const request = desk.find(changeRequest);
  const after = withChanges(before, { ...edits, ...desk.all<string>(reproduceBug) });
  const wanted = desk.find(testRequest)?.path;
  const changed = wanted === undefined ? Object.keys(edits).filter((path) => edits[path] !== null) : [wanted];
  const known = documentsOf(desk);
  const tests = await testsOf(desk, known, request, changed);
  const about = known ? aboutOf(known) : {};
  const found = await desk.perform(checkChange, { files: before, quiet: true, ...about });
  const idea = request?.idea ?? desk.latest(userRequirement).idea;
  const { code, check, trial } = await debugged(desk, {
    code: withChanges(after, tests.code),
    common: `${known ? codePlan(known).common : ""}\n\n# What was changed\n${idea}`.trim(),
    tests: tests.files,
    ...(request?.reproduction && { reproduction: request.reproduction.test.path }),
    mine: (path) => changed.includes(path) && wanted === undefined,
    contractOf: (path) => (known ? promisedOf(known, path) : ""),
    suspects: changed.slice(0, 3),
    async try(code) {
      const check = newFindings(await desk.perform(checkChange, { files: code, ...about }), found);
      const trial = await desk.perform(tryRepository, { files: code, tests: tests.files, only: false, ...about });
      return { check, trial };
    },
    publish: (files) => desk.publish(changedFile, undefined, files),
  });
  desk.publish(tryRepository, { files: code, tests: tests.files, only: false, check, ...about }, { "": trial });
  desk.send(evidence, { check, trial });
}

/** The test of a bug, or new tests of what changed by what the documents say of it by now. */
function testsOf(
  desk: Desk,
  known: Documents | undefined,
  request: ChangeRequest | undefined,
  changed: readonly string[],
): ReturnType<typeof writeTests> {
  // the documents do not know of a bug, and may even want it
  if (request?.kind === "bug")
    return Promise.resolve({ files: request.reproduction ? [request.reproduction.test] : [], code: {} });
  if (!known) return Promise.resolve({ files: [], code: {} });
  return writeTests(desk, codePlan(known), known, (of) => changed.includes(of));
}
