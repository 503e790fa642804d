import { z } from "zod";
import { defineAction, type Settled } from "../src/action.ts";
import { fenced } from "../src/project/markdown.ts";
import { cleanPath, uniquePaths } from "../src/project/path.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import type { ChangeRequest } from "./existing.ts";
import { withOtherNames } from "./field-names.ts";
import { extension } from "./write-code.ts";

const ChangePlan = withOtherNames(
  z.object({
    cause: z.string().describe("of a bug: what is wrong in the code, and where; of a requirement: empty"),
    changes: z
      .array(
        z.object({
          path: z.string().describe("relative to the repository").meta({ exact: true }),
          action: z.enum(["add", "change", "delete"]).meta({
            synonyms: {
              create: "add",
              new: "add",
              modify: "change",
              edit: "change",
              update: "change",
              remove: "delete",
            },
          }),
          what: z.string().describe("what exactly to write or change in it: names, rules, numbers, texts"),
          why: z.string().describe("what it is for, in one sentence"),
          depends_on: z
            .array(z.string())
            .describe("paths among these changes that must be made before it; usually none"),
        }),
      )
      .describe("as few as it takes, in the order in which they are made; those that others build on come first"),
  }),
);
export type ChangePlan = z.infer<typeof ChangePlan>;
export type Change = ChangePlan["changes"][number];

/** What the plan of a change is made from. Its size does not grow with the repository. */
export interface PlanRequest {
  readonly request: ChangeRequest;
  /** The most important files with what they offer, within a budget. */
  readonly map: string;
  /** The files that come nearest to the request, with their code. */
  readonly nearest: readonly { readonly path: string; readonly code: string }[];
  /** What the documents say has to be done in which file; empty where there are no documents. */
  readonly tasks: string;
  /** Every path there is that can be changed. */
  readonly paths: readonly string[];
  /** Files and folders that stand there and are not to be written. */
  readonly closed: readonly string[];
}

/** Decides which files of an existing repository are added, changed or deleted, and why. */
export const planChange = defineAction({
  name: "WriteCodePlanAndChange",
  reply: json("change_plan", ChangePlan),
  prompt: ({ request, map, nearest, tasks }: PlanRequest) => dedent`
    Plan a change of an existing repository. Each file of your plan will be changed by an engineer who sees that file,
    your words about it and little else.

    ## ${request.kind === "bug" ? "The bug" : "The new requirement"}
    ${request.idea}
    ${request.reproduction ? reproduced(request.reproduction) : ""}

    ## Map of the repository
    ${map}

    ## The files that come nearest to it
    ${nearest.map(({ path, code }) => `### ${path}\n${fenced(code, extension(path))}`).join("\n\n")}
    ${tasks === "" ? "" : `\n## Tasks\n${tasks}\n`}
    Change as little as the request needs, in the style of what is there. Files that need no change are not listed; those
    below docs/ and resources/ are kept by others. The README is part of it where it says something that changes. Write
    in the language of the request.
    ${request.kind === "bug" ? "Find the cause first; remove it where it arises, not where it shows." : ""}
  `,
  settle: (plan, request) => settlePlan(plan, request),
  spare: ["## The files that come nearest to it", "## Map of the repository"],
  usual: { calls: ({ change, reqaFile }) => (change && !reqaFile ? 1 : 0), input: 4000, output: 600 },
});

const reproduced = ({ test, output }: NonNullable<ChangeRequest["reproduction"]>) => dedent`

  ${test.path} is a test that fails because of it. It stays as it is. It prints:

  ${fenced(output.slice(-3000), "text")}
`;

/** Keeps what can be done: clean paths, each once; what exists is changed and not added, what does not is added. */
function settlePlan(plan: ChangePlan, { paths, closed }: PlanRequest): Settled<ChangePlan> {
  const there = new Set(paths);
  const shut = new Set(closed);
  const warnings: string[] = [];
  const seen = new Set<string>();
  const refuse = (path: string, why: string) => {
    warnings.push(`the plan's ${path} is left out: ${why}`);
    return [];
  };
  const changes = plan.changes.flatMap((change): Change[] => {
    const cleaned = there.has(change.path) ? { path: change.path } : cleanPath(change.path);
    if ("refused" in cleaned) {
      warnings.push(`a file of the plan was refused: ${cleaned.refused}`);
      return [];
    }
    const { path } = cleaned;
    const names = path.split("/");
    const standing = names.map((_, index) => names.slice(0, index + 1).join("/")).find((part) => shut.has(part));
    if (standing !== undefined) return refuse(path, `${standing} was not read, or git does not track it`);
    if (seen.has(path)) return refuse(path, "it is named twice");
    if (change.action === "delete" && !there.has(path)) return refuse(path, "there is no such file to delete");
    const [clash] = there.has(path) ? [] : uniquePaths([...paths, ...closed, ...seen, path]).refused.slice(-1);
    if (clash?.path === path) return refuse(path, clash.reason);
    seen.add(path);
    const action = change.action === "delete" ? "delete" : there.has(path) ? "change" : "add";
    return [{ ...change, path, action }];
  });
  if (changes.length === 0)
    return { document: plan, problems: ["changes: not one file that can be changed", ...warnings] };
  const known = changes.map(({ path, depends_on, ...rest }) => {
    return { ...rest, path, depends_on: depends_on.filter((need) => need !== path && seen.has(need)) };
  });
  return { document: { ...plan, changes: known }, warnings };
}
