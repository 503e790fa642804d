import { bugReport, changeRequest, existing } from "../../actions/existing.ts";
import { mapCode } from "../../actions/map-code.ts";
import { reproduceBug } from "../../actions/reproduce-bug.ts";
import { tryRepository } from "../../actions/try-repository.ts";
import type { Desk } from "../../src/desk.ts";
import { reproductionFile } from "../../src/project/test-files.ts";
import { withinRoom } from "../../src/project/within-room.ts";

/** Characters of code that a reproduction is written from. */
const room = 12_000;

/** Has a test written that fails because of the bug, sees it fail, and sends bug and test to the engineer. */
export async function reproduce(desk: Desk): Promise<void> {
  const { files } = desk.latest(existing);
  const report = desk.latest(bugReport);
  const { map, nearest } = await desk.perform(mapCode, { files, focus: report.idea });
  const test = reproductionFile(files, nearest);
  if (!test) {
    desk.warn("the bug is not reproduced, because there is no test runner here that is known");
    return desk.send(changeRequest, report);
  }
  try {
    const request = { idea: report.idea, map, nearest: withinRoom(nearest, files, room), test };
    const text = await desk.ask(reproduceBug, request, test.path);
    desk.publish(reproduceBug, request, { [test.path]: text });
    const { steps } = await desk.perform(tryRepository, {
      files: { ...files, [test.path]: text },
      tests: [test],
      only: true,
    });
    const failed = steps.find(({ subject, works }) => subject === test.path && works === "no");
    if (!failed) desk.warn(`${test.path} passes already, so it does not show the bug`);
    desk.send(changeRequest, failed ? { ...report, reproduction: { test, output: failed.output } } : report);
  } catch (error) {
    desk.missing(error, `reproduction in ${test.path}`);
    desk.send(changeRequest, report);
  }
}
