import { refineDesign, refinedDesign } from "../actions/refine-design.ts";
import { userRequirement } from "../actions/user-requirement.ts";
import { writeDesign } from "../actions/write-design.ts";
import { writePrd } from "../actions/write-prd.ts";
import { defineRole } from "../src/role.ts";

/** Answers every new PRD with a system design, and a changed one with a changed design. */
export const architect = defineRole({
  profile: "Architect",
  name: "Bob",
  goal: "Design a concise, usable, complete software system",
  constraints: "Keep it simple; prefer the standard library and proven open-source packages",
  watch: [writePrd],
  actions: [writeDesign, refineDesign],
  async act(desk) {
    const prd = desk.latest(writePrd);
    const design = desk.find(writeDesign);
    if (!design) return desk.run(writeDesign, { prd });
    const change = await desk.ask(refineDesign, { prd, design, idea: desk.latest(userRequirement).idea });
    const refined = await desk.reviewed(writeDesign, { prd }, refinedDesign(design, change));
    return desk.publish(writeDesign, { prd }, { "": refined });
  },
});
