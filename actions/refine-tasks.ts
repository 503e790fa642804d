import type { z } from "zod";
import { defineAction } from "../src/action.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { merged } from "./merged.ts";
import { contract, type Design } from "./write-design.ts";
import { Tasks } from "./write-tasks.ts";

const TasksChange = Tasks.pick({
  required_packages: true,
  other_packages: true,
  shared_knowledge: true,
  api_spec: true,
  anything_unclear: true,
})
  .partial()
  .extend({
    tasks: Tasks.shape.tasks.describe("one for every file that is new or whose code has to change, and no others"),
  });
type TasksChange = z.infer<typeof TasksChange>;

interface TasksRefinement {
  readonly design: Design;
  readonly tasks: Tasks;
  readonly idea: string;
}

/** Says what a new requirement changes in the tasks: those of new and changed files. */
export const refineTasks = defineAction({
  name: "RefineTasks",
  reply: json("tasks_change", TasksChange),
  prompt: ({ design, tasks, idea }: TasksRefinement) => dedent`
    The system below exists and works; its design was brought up to date with a new requirement. Say what has to be done
    in which file. Each file will be changed by an engineer who sees its code, its task, its contract and
    shared_knowledge, but not this design.

    ## New requirement
    ${idea}

    ## The design, with the new requirement
    ${design.implementation_approach}

    ${design.files.map((file) => `${contract(file)}\nDepends on: ${file.depends_on.join(", ") || "nothing"}`).join("\n\n")}

    ## The tasks as they stand
    ${tasks.tasks.map(({ path, logic }) => `${path}: ${logic}`).join("\n\n")}

    ## Shared knowledge as it stands
    ${tasks.shared_knowledge || "None."}

    Give a task for every file that is new or whose code has to change, and for no other unless what its task says is no
    longer true. Its logic says all that the file has to do from now on, what stays true included, with rules, numbers and
    texts. Leave out every other
    field that stays as it is; one that changes is given whole, with what stays true kept in it.
  `,
  spare: ["## The tasks as they stand", "## The design, with the new requirement"],
  usual: { calls: ({ change, reqaFile }) => (change && !reqaFile ? 1 : 0), input: 2500, output: 900 },
});

/** The tasks with their changes; those of files that the design no longer has are gone. */
export function refinedTasks(tasks: Tasks, { tasks: changed, ...fields }: TasksChange, design: Design): Tasks {
  const paths = new Set(design.files.map(({ path }) => path));
  const known = changed.filter(({ path }) => paths.has(path));
  const kept = tasks.tasks.filter(({ path }) => paths.has(path) && !known.some((task) => task.path === path));
  return { ...merged(tasks, fields), tasks: [...kept, ...known] };
}
