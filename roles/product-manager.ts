import { askQuestions } from "../actions/ask-questions.ts";
import { classifyRequest } from "../actions/classify-request.ts";
import { bugReport, changeRequest, existing, testRequest } from "../actions/existing.ts";
import { refinedPrd, refinePrd } from "../actions/refine-prd.ts";
import { userRequirement } from "../actions/user-requirement.ts";
import { prdBrief, writePrd } from "../actions/write-prd.ts";
import type { Desk } from "../src/desk.ts";
import { readmesOf } from "../src/project/readme.ts";
import { defineRole } from "../src/role.ts";

/** Turns the idea into product requirements, and names the project. */
export const productManager = defineRole({
  profile: "ProductManager",
  name: "Alice",
  goal: "Understand what the user wants and write it down so that it can be built and checked",
  constraints: "Keep to the request; use the language of the request",
  watch: [userRequirement],
  actions: [writePrd, askQuestions, classifyRequest, refinePrd],
  act: (desk) => (desk.find(existing) ? understandChange(desk) : describeProduct(desk)),
});

async function describeProduct(desk: Desk): Promise<void> {
  const { language, projectName } = desk.options;
  const { idea } = desk.latest(userRequirement);
  const request = { idea: desk.options.clarify ? await clarified(desk, idea) : idea, language, projectName };
  const prd = await desk.ask(writePrd, request);
  desk.open(prd.project_name);
  desk.publish(writePrd, request, { "": await desk.reviewed(writePrd, request, prd) });
}

/** The idea, and what its owner answered to questions about it. */
async function clarified(desk: Desk, idea: string): Promise<string> {
  const { questions } = await desk.ask(askQuestions, { idea, language: desk.options.language });
  const answers = await desk.askBoss(questions);
  const said = questions.flatMap((question, index) => (answers[index] ? `- ${question}\n  ${answers[index]}` : []));
  return said.length > 0 ? `${idea}\n\n${said.join("\n")}` : idea;
}

/**
 * Finds out what kind of change is wanted. A new requirement goes the way of the documents where there are any; a bug goes
 * to who tests, if somebody does, and else straight to the engineer.
 */
async function understandChange(desk: Desk): Promise<void> {
  const said = desk.latest(userRequirement).idea;
  const prd = desk.find(writePrd);
  const { reqaFile } = desk.options;
  if (reqaFile !== "") {
    desk.open(`test ${reqaFile}`);
    return desk.send(testRequest, { path: reqaFile });
  }
  const idea = desk.options.clarify ? await clarified(desk, said) : said;
  const { kind } = await desk.ask(classifyRequest, { idea, about: prd ? prdBrief(prd) : aboutFiles(desk) });
  desk.open(said);
  if (kind === "bug") return desk.send(desk.options.runTests ? bugReport : changeRequest, { idea, kind });
  if (!prd) return desk.send(changeRequest, { idea, kind });
  const refined = refinedPrd(prd, await desk.ask(refinePrd, { prd, idea }), idea);
  const about = { idea, language: prd.language, projectName: prd.project_name };
  desk.publish(writePrd, about, { "": await desk.reviewed(writePrd, about, refined) });
}

/** What software without documents says of itself: the beginning of its README, and its files. */
function aboutFiles(desk: Desk): string {
  const { files } = desk.latest(existing);
  const paths = Object.keys(files);
  const [readme] = readmesOf(paths);
  const some = paths.slice(0, 40).join(", ");
  return `${readme ? `${files[readme]?.slice(0, 1500)}\n\n` : ""}Files: ${some}${paths.length > 40 ? ", ..." : ""}`;
}
