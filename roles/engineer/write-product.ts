import { checkCode } from "../../actions/check-code.ts";
import { codePlan } from "../../actions/code-plan.ts";
import { writeDesign } from "../../actions/write-design.ts";
import { writePrd } from "../../actions/write-prd.ts";
import { writeTasks } from "../../actions/write-tasks.ts";
import type { Desk } from "../../src/desk.ts";
import { checkAndMend } from "./check-and-mend.ts";
import { fitTogether } from "./fit-together.ts";
import { mendFiles } from "./mend-files.ts";
import { publishCode } from "./publish-code.ts";
import { writeFile } from "./write-file.ts";

/** Writes the files of the design along their dependencies, and has them reviewed, made to fit together, and checked. */
export async function writeProduct(desk: Desk): Promise<void> {
  const documents = { prd: desk.latest(writePrd), design: desk.latest(writeDesign), tasks: desk.latest(writeTasks) };
  const plan = codePlan(documents);
  for (const { from, to } of plan.broken) desk.warn(`${from} and ${to} wait for each other; ${from} is written first`);
  let written: Record<string, string> = await desk.graph<string>({
    needs: plan.needs,
    node: (path, needed) => writeFile(desk, plan.context(path, needed)),
    wave: (files) => publishCode(desk, plan, files),
  });
  if (Object.keys(written).length === plan.files.length) written = await fitTogether(desk, plan, written);
  const { code, check } = await checkAndMend(desk, {
    code: written,
    check: (code) => desk.perform(checkCode, { ...documents, code }),
    mine: plan.has,
    mend: (code, changes) => mendFiles(desk, { plan, code, changes, says: "A check of the code found this" }),
    publish: (files) => publishCode(desk, plan, files),
  });
  desk.publish(checkCode, { ...documents, code }, { "": check });
}
