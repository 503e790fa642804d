import { z } from "zod";
import { defineAction } from "../src/action.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";

/** So many questions a person still answers with care. */
const most = 5;

const Questions = z.object({
  questions: z
    .array(z.string())
    .describe(`up to ${most}, most important first, each one sentence; none if the request is clear enough`)
    .meta({ aliases: ["问题", "问题列表", "Clarifying questions", "Open questions"] }),
});

export interface QuestionsRequest {
  readonly idea: string;
  /** Of the questions; empty for the language of the idea. */
  readonly language: string;
}

/** Asks what the user alone can say about the idea, before anything is written. */
export const askQuestions = defineAction({
  name: "AskQuestions",
  reply: json("questions", Questions),
  prompt: ({ idea, language }: QuestionsRequest) => dedent`
    Before the product requirements for the request below are written, you may ask the person who made it up to ${most}
    questions. Ask only what would change what is built, what the request leaves open, and what that person can answer in
    one line: what the product shall do, for whom and where it is used. Ask nothing about how it is built, and nothing that
    has a usual answer. A small, clear request needs no question. ${writtenIn(language)}

    ## Request
    ${idea}
  `,
  settle: ({ questions }) => ({
    document: {
      questions: questions
        .map((question) => question.trim())
        .filter((question) => question !== "")
        .slice(0, most),
    },
  }),
  spare: ["## Request"],
  usual: { calls: ({ clarify }) => (clarify ? 1 : 0), input: 400, output: 200 },
});

const writtenIn = (language: string) =>
  `Write the questions in ${language || "the language of the request"}, and the field name as it is given.`;
