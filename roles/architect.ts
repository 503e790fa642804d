import { writeDesign } from "../actions/write-design.ts";
import { writePrd } from "../actions/write-prd.ts";
import { defineRole } from "../src/role.ts";

/** Answers every new PRD with a system design. */
export const architect = defineRole({
  profile: "Architect",
  name: "Bob",
  goal: "Design a concise, usable, complete software system",
  constraints: "Keep it simple; prefer the standard library and proven open-source packages",
  watch: [writePrd],
  actions: [writeDesign],
  act: (desk) => desk.run(writeDesign, { prd: desk.latest(writePrd) }),
});
