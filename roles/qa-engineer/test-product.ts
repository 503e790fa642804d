import { checkCode } from "../../actions/check-code.ts";
import { codePlan, promisedOf } from "../../actions/code-plan.ts";
import { runCode } from "../../actions/run-code.ts";
import { evidence } from "../../actions/verification.ts";
import { writeCode } from "../../actions/write-code.ts";
import { writeDesign } from "../../actions/write-design.ts";
import { writePrd } from "../../actions/write-prd.ts";
import { writeTasks } from "../../actions/write-tasks.ts";
import { writeTest } from "../../actions/write-test.ts";
import type { Desk } from "../../src/desk.ts";
import { debugged } from "./debug.ts";
import { writeTests } from "./write-tests.ts";

/** Has a new product tested and started, and mended where that fails. */
export async function testProduct(desk: Desk): Promise<void> {
  const documents = { prd: desk.latest(writePrd), design: desk.latest(writeDesign), tasks: desk.latest(writeTasks) };
  const written = desk.all(writeCode);
  const missing = documents.design.files.filter(({ path }) => written[path] === undefined);
  if (missing.length > 0) {
    desk.warn(`nothing is tested, because ${missing.map(({ path }) => path).join(", ")} could not be written`);
    return;
  }
  const plan = codePlan(documents);
  const tests = await writeTests(desk, plan, documents, () => true);
  const work = { ...documents, tests: tests.files };
  const isTest = (path: string) => tests.code[path] !== undefined;
  const part = (files: Record<string, string>, wanted: boolean) =>
    Object.fromEntries(Object.entries(files).filter(([path]) => isTest(path) === wanted));

  const { code, check, trial } = await debugged(desk, {
    code: { ...written, ...tests.code },
    common: plan.common,
    tests: tests.files,
    mine: plan.has,
    contractOf(path) {
      return promisedOf(documents, path) || "A test.";
    },
    suspects: [documents.design.entry_point],
    async try(code) {
      const check = await desk.perform(checkCode, { ...documents, code });
      return { check, trial: await desk.perform(runCode, { ...work, code, check }) };
    },
    publish(files) {
      const [code, test] = [part(files, false), part(files, true)];
      const [source] = Object.keys(code);
      const [first] = tests.files;
      if (source !== undefined) desk.publish(writeCode, plan.context(source, {}), code);
      if (first && Object.keys(test).length > 0)
        desk.publish(writeTest, { ...plan.context(first.of, {}), test: first, stories: [] }, test);
    },
  });
  desk.publish(runCode, { ...work, code, check }, { "": trial });
  desk.send(evidence, { check, trial });
}
