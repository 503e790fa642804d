import { checkCode } from "../../actions/check-code.ts";
import { debugError } from "../../actions/debug-error.ts";
import { bugReport, existing, testRequest } from "../../actions/existing.ts";
import { reproduceBug } from "../../actions/reproduce-bug.ts";
import { writeTest } from "../../actions/write-test.ts";
import { defineRole } from "../../src/role.ts";
import { reproduce } from "./reproduce.ts";
import { testChange } from "./test-change.ts";
import { testProduct } from "./test-product.ts";

/** Tests what was written or changed, has the product run, and mends what fails; reproduces bugs before they are mended. */
export const qaEngineer = defineRole({
  profile: "QaEngineer",
  name: "Edward",
  goal: "Find out whether the product does what was promised, and make it so",
  constraints: "Test what contracts and requirements promise, nothing else; never weaken a test to have it pass",
  watch: [checkCode, bugReport, testRequest],
  actions: [writeTest, debugError, reproduceBug],
  async act(desk) {
    if (!desk.find(existing)) return testProduct(desk);
    const isNews = desk.find(bugReport) && !desk.find(checkCode);
    return isNews ? reproduce(desk) : testChange(desk);
  },
});
