import { z } from "zod";
import { defineAction, type Publication, type Settled } from "../src/action.ts";
import { fenced, prose, table } from "../src/project/markdown.ts";
import { cleanPath } from "../src/project/path.ts";
import type { Product } from "../src/project/product.ts";
import { scaffold } from "../src/project/scaffold.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { type Words, wordsIn } from "./document-words.ts";
import { withOtherNames } from "./field-names.ts";
import { moduleRule } from "./module-rule.ts";
import { contract, type Design } from "./write-design.ts";
import { type Prd, prdBrief } from "./write-prd.ts";

export const Tasks = withOtherNames(
  z.object({
    required_packages: z
      .array(
        z.object({
          name: z.string().describe("as the package manager of the programming language knows it"),
          version: z.string().describe("such as ^4.19.0 or >=2.31; empty for any"),
          why: z.string(),
        }),
      )
      .describe("third-party packages of the programming language; empty if the standard library is enough"),
    other_packages: z
      .array(z.object({ name: z.string(), version: z.string(), why: z.string() }))
      .describe("programs that must be on the machine besides the programming language, such as ffmpeg; empty if none"),
    tasks: z
      .array(
        z.object({
          path: z.string().describe("a file of the design").meta({ exact: true }),
          logic: z.string().describe("what to write in it: functions, rules, edge cases, numbers; a few sentences"),
          depends_on: z
            .array(z.string())
            .describe("paths of the files that must be written before it: those of the design, and more if need be"),
        }),
      )
      .describe("one for every file of the design, those that others depend on first"),
    shared_knowledge: z
      .string()
      .describe("what every file must agree on: names, constants, data formats, element ids, events, conventions"),
    api_spec: z.string().describe("OpenAPI 3 as YAML if the product has an HTTP interface; otherwise empty"),
    anything_unclear: z.string().describe("open questions and what you assume; empty if none"),
  }),
);
export type Tasks = z.infer<typeof Tasks>;

export interface TasksRequest {
  readonly prd: Prd;
  readonly design: Design;
}

/** Breaks the design into one task a file, and says what they must all agree on. */
export const writeTasks = defineAction({
  name: "WriteTasks",
  reply: json("tasks", Tasks),
  prompt: ({ prd, design }: TasksRequest) => dedent`
    Break the design below into tasks, one for every file. Each file will be written by a different engineer who sees
    its own task, its contract, the contracts of the files it depends on, and shared_knowledge, but neither these
    requirements nor this design. So put into shared_knowledge whatever several files must agree on: element ids and
    class names, state and data formats, events, constants, key bindings, texts on the screen. Put into each task the
    behaviour it must have, with the rules, numbers, texts and edge cases of the requirements that belong to it.

    ${prdBrief(prd)}

    ## Design
    ${design.implementation_approach}

    Entry point: ${design.entry_point}
    Assumptions: ${design.anything_unclear || "none"}
    ${moduleRule(design) && `\n${moduleRule(design)} If the design says otherwise, this holds.\n`}
    ${design.files.map((file) => `${contract(file)}\nDepends on: ${file.depends_on.join(", ") || "nothing"}`).join("\n\n")}
  `,
  settle: (tasks, { design }) => settleTasks(tasks, design),
  write: (tasks, _subject, request) => ({ ...tasksFiles(tasks, request), ...productOf(request, tasks).files }),
  spare: ["## Design"],
  usual: { calls: ({ change }) => (change ? 0 : 1), input: 2500, output: 2000 },
});

/** The same document of a product that exists: its README and package files are its owner's by now. */
export const changedTasks: Publication<TasksRequest, Tasks> = {
  name: writeTasks.name,
  write: (tasks, _subject, request) => tasksFiles(tasks, request),
};

const tasksFiles = (tasks: Tasks, { prd }: TasksRequest) => ({
  "docs/task.json": `${JSON.stringify(tasks, null, 2)}\n`,
  "docs/task.md": tasksMarkdown(tasks, wordsIn(prd.language)),
});

/** The package files and README of the product, and the commands that run it; `state` is what is known of it by now. */
export const productOf = ({ prd, design }: TasksRequest, tasks: Tasks, state?: Product["state"]) =>
  scaffold({
    name: prd.project_name,
    description: prd.original_requirements,
    goals: prd.product_goals,
    language: prd.language,
    programmingLanguage: prd.programming_language,
    files: design.files,
    entryPoint: design.entry_point,
    runCommand: design.run_command,
    buildCommand: design.build_command,
    testCommand: design.test_command,
    packages: tasks.required_packages,
    otherPackages: tasks.other_packages,
    ...(state && { state }),
  });

/** Keeps the tasks of designed files, under the paths the design gave them. */
function settleTasks(tasks: Tasks, design: Design): Settled<Tasks> {
  const paths = new Set(design.files.map(({ path }) => path));
  const known = (raw: string) => {
    const cleaned = cleanPath(raw);
    const path = "path" in cleaned ? cleaned.path : raw;
    return paths.has(path) ? path : [...paths].find((other) => other.endsWith(`/${path}`));
  };
  const warnings: string[] = [];
  const kept = tasks.tasks.flatMap((task) => {
    const path = known(task.path);
    if (path === undefined) {
      warnings.push(`WriteTasks names ${task.path}, which the design does not have; the task was left out`);
      return [];
    }
    return [{ ...task, path, depends_on: task.depends_on.flatMap((need) => known(need) ?? []) }];
  });
  return { document: { ...tasks, tasks: kept }, warnings };
}

function tasksMarkdown(tasks: Tasks, say: Words): string {
  const packages = (list: Tasks["required_packages"]) =>
    list.length === 0
      ? say("None.")
      : table(
          [say("Package"), say("Version"), say("Why")],
          list.map(({ name, version, why }) => [name, version, why]),
        );
  return `${dedent`
    # ${say("Tasks")}

    ## ${say("Required packages")}

    ${packages(tasks.required_packages)}

    ## ${say("Other packages")}

    ${packages(tasks.other_packages)}

    ## ${say("Files")}

    ${table(
      [say("File"), say("Logic"), say("After")],
      tasks.tasks.map(({ path, logic, depends_on }) => [path, logic, depends_on.join(", ")]),
    )}

    ## ${say("Shared knowledge")}

    ${prose(tasks.shared_knowledge) || say("None.")}

    ## ${say("HTTP interface")}

    ${tasks.api_spec ? fenced(tasks.api_spec, "yaml") : say("None.")}

    ## ${say("Open questions")}

    ${prose(tasks.anything_unclear) || say("None.")}
  `}\n`;
}
