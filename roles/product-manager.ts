import { userRequirement } from "../actions/user-requirement.ts";
import { writePrd } from "../actions/write-prd.ts";
import { defineRole } from "../src/role.ts";

/** Turns the idea into product requirements, and names the project. */
export const productManager = defineRole({
  profile: "ProductManager",
  name: "Alice",
  goal: "Understand what the user wants and write it down so that it can be built and checked",
  constraints: "Keep to the request; use the language of the request",
  watch: [userRequirement],
  actions: [writePrd],
  async act(desk) {
    const { language, projectName } = desk.options;
    const request = { idea: desk.latest(userRequirement).idea, language, projectName };
    const prd = await desk.ask(writePrd, request);
    desk.open(prd.project_name);
    desk.publish(writePrd, request, { "": prd });
  },
});
