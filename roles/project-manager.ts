import { refinedTasks, refineTasks } from "../actions/refine-tasks.ts";
import { userRequirement } from "../actions/user-requirement.ts";
import { writeDesign } from "../actions/write-design.ts";
import { writePrd } from "../actions/write-prd.ts";
import { changedTasks, writeTasks } from "../actions/write-tasks.ts";
import { defineRole } from "../src/role.ts";

/** Breaks every new design into tasks, and says of a changed one what is to be done. */
export const projectManager = defineRole({
  profile: "ProjectManager",
  name: "Eve",
  goal: "Break the design into tasks that engineers can do side by side without asking",
  constraints: "Cover every file of the design; repeat every number and name that matters",
  watch: [writeDesign],
  actions: [writeTasks, refineTasks],
  async act(desk) {
    const prd = desk.latest(writePrd);
    const design = desk.latest(writeDesign);
    const tasks = desk.find(writeTasks);
    if (!tasks) return desk.run(writeTasks, { prd, design });
    const { idea } = desk.latest(userRequirement);
    const change = await desk.ask(refineTasks, { design, tasks, idea });
    desk.send(refineTasks, change);
    const refined = await desk.reviewed(writeTasks, { prd, design }, refinedTasks(tasks, change, design));
    return desk.publish(changedTasks, { prd, design }, { "": refined });
  },
});
