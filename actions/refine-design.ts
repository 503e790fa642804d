import { z } from "zod";
import { defineAction } from "../src/action.ts";
import { bulletList } from "../src/project/markdown.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { merged } from "./merged.ts";
import { settleDesign } from "./settle-design.ts";
import { contract, Design } from "./write-design.ts";
import { type Prd, prdBrief } from "./write-prd.ts";

const DesignChange = Design.pick({
  implementation_approach: true,
  classes: true,
  relations: true,
  call_flow: true,
  run_command: true,
  build_command: true,
  anything_unclear: true,
})
  .partial()
  .extend({
    files: Design.shape.files.describe("only the files that are new or whose purpose, dependencies or exports change"),
    removed_files: z.array(z.string()).describe("paths of files that are no longer needed; usually none"),
  });
type DesignChange = z.infer<typeof DesignChange>;

interface DesignRefinement {
  readonly prd: Prd;
  readonly design: Design;
  readonly idea: string;
}

/** Says what a new requirement changes in the design: new and changed files, and the fields that change. */
export const refineDesign = defineAction({
  name: "RefineDesign",
  reply: json("design_change", DesignChange),
  prompt: ({ prd, design, idea }: DesignRefinement) => dedent`
    The system below exists and works. Bring its design up to date with a new requirement, with as few changes as it
    needs: prefer changing what is there to adding files.

    ## New requirement
    ${idea}

    ## The product, with the new requirement
    ${prdBrief(prd)}

    ## The design as it stands
    ${design.implementation_approach}

    Entry point: ${design.entry_point}

    Classes:
    ${bulletList(design.classes.map(({ name, attributes, methods }) => `${name}: ${[...attributes, ...methods].join("; ")}`))}

    Relations: ${design.relations.map(({ from, to, kind }) => `${from} ${to} (${kind})`).join(", ") || "none"}

    Call flow:
    ${bulletList(design.call_flow.map(({ from, to, message }) => `${from} -> ${to}: ${message}`))}

    ${design.files.map((file) => `${contract(file)}\nDepends on: ${file.depends_on.join(", ") || "nothing"}`).join("\n\n")}

    ## Rules
    ${bulletList([
      "In files list only those that are new, or whose purpose, dependencies or exports change, each whole with all its exports.",
      "A file whose code changes inside, behind the same exports, is not listed.",
      "depends_on may name every file of the design, whether it is listed here or not. Dependencies must not form a circle.",
      "Leave out every other field that stays as it is.",
    ])}
  `,
  settle(change, { design }) {
    const { warnings = [], problems = [] } = settleDesign(withChange(design, change));
    return { document: change, warnings, problems };
  },
  spare: ["## The product, with the new requirement"],
  usual: { calls: ({ change, reqaFile }) => (change && !reqaFile ? 1 : 0), input: 2500, output: 900 },
});

/** The design with its changes, safe and workable again. */
export const refinedDesign = (design: Design, change: DesignChange): Design =>
  settleDesign(withChange(design, change)).document;

function withChange(design: Design, { files, removed_files, ...fields }: DesignChange): Design {
  const changed = new Map(files.map((file) => [file.path, file]));
  const kept = design.files
    .filter(({ path }) => !removed_files.includes(path))
    .map((file) => changed.get(file.path) ?? file);
  const added = files.filter(({ path }) => !design.files.some((file) => file.path === path));
  return { ...merged(design, fields), files: [...kept, ...added] };
}
