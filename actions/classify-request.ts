import { z } from "zod";
import { defineAction } from "../src/action.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { withOtherNames } from "./field-names.ts";

const Class = withOtherNames(
  z.object({
    kind: z
      .enum(["requirement", "bug"])
      .describe("bug if something that exists does not work as it should; requirement for everything else")
      .meta({ synonyms: { feature: "requirement", 需求: "requirement", 缺陷: "bug", 错误: "bug" } }),
    why: z.string().describe("in one sentence"),
  }),
);

/** Decides whether a request about existing software is a new requirement or a bug. */
export const classifyRequest = defineAction({
  name: "ClassifyRequest",
  reply: json("class", Class),
  prompt: ({ idea, about }: { readonly idea: string; readonly about: string }) => dedent`
    This software exists and is in use:

    ${about}

    Somebody asks for this:
    ${idea}

    Is it a bug, or a new or changed requirement?
  `,
  usual: { calls: ({ change, reqaFile }) => (change && !reqaFile ? 1 : 0), input: 800, output: 60 },
});
