import { editCode } from "../../actions/edit-code.ts";
import { changeRequest, existing } from "../../actions/existing.ts";
import { planChange } from "../../actions/plan-change.ts";
import { summarizeCode } from "../../actions/summarize-code.ts";
import { writeCode } from "../../actions/write-code.ts";
import { writeCodeReview } from "../../actions/write-code-review.ts";
import { writeTasks } from "../../actions/write-tasks.ts";
import { defineRole } from "../../src/role.ts";
import { changeCode } from "./change-code.ts";
import { writeProduct } from "./write-product.ts";

/** Writes the code of new tasks, or changes the code of a repository that exists. */
export const engineer = defineRole({
  profile: "Engineer",
  name: "Alex",
  goal: "Write correct, readable, complete code",
  constraints: "Keep to the contract of each file; use only what exists",
  watch: [writeTasks, changeRequest],
  actions: [writeCode, writeCodeReview, summarizeCode, planChange, editCode],
  act: (desk) => (desk.find(existing) ? changeCode(desk) : writeProduct(desk)),
});
