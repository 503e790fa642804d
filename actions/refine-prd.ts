import type { z } from "zod";
import { defineAction } from "../src/action.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { merged } from "./merged.ts";
import { Prd, prdBrief } from "./write-prd.ts";

const PrdChange = Prd.pick({
  product_goals: true,
  user_stories: true,
  requirement_analysis: true,
  requirement_pool: true,
  ui_design: true,
  anything_unclear: true,
}).partial();

/** Says what a new requirement changes in the product requirements: the fields that change, and no others. */
export const refinePrd = defineAction({
  name: "RefinePRD",
  reply: json("prd_change", PrdChange),
  prompt: ({ prd, idea }: { readonly prd: Prd; readonly idea: string }) => dedent`
    The product below exists. A new requirement has come in; bring the product requirements up to date.

    ## New requirement
    ${idea}

    ## The product requirements as they stand
    ${prdBrief(prd)}

    Answer with the fields that the new requirement changes, each as it shall read from now on, whole, with what stays
    true kept in it; a list may grow beyond the number given for it. Leave out every field that stays as it is. Write in the language of the document.
  `,
  spare: ["## The product requirements as they stand"],
  usual: { calls: ({ change, reqaFile }) => (change && !reqaFile ? 1 : 0), input: 1500, output: 600 },
});

/** The requirements with their changes. */
export const refinedPrd = (prd: Prd, change: z.infer<typeof PrdChange>, idea: string): Prd => ({
  ...merged(prd, change),
  original_requirements: `${prd.original_requirements}\n${idea}`,
});
