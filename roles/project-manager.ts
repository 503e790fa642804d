import { writeDesign } from "../actions/write-design.ts";
import { writePrd } from "../actions/write-prd.ts";
import { writeTasks } from "../actions/write-tasks.ts";
import { defineRole } from "../src/role.ts";

/** Breaks every new design into tasks. */
export const projectManager = defineRole({
  profile: "ProjectManager",
  name: "Eve",
  goal: "Break the design into tasks that engineers can do side by side without asking",
  constraints: "Cover every file of the design; repeat every number and name that matters",
  watch: [writeDesign],
  actions: [writeTasks],
  act: (desk) => desk.run(writeTasks, { prd: desk.latest(writePrd), design: desk.latest(writeDesign) }),
});
