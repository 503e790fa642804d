import { z } from "zod";
import { defineAction, type Reply } from "../src/action.ts";
import { fenced } from "../src/project/markdown.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { type CodeContext, codeContext, extension } from "./write-code.ts";

const Review = z.object({
  comments: z
    .array(z.string())
    .describe("what must change, each with the place and the change; at least one for LBTM, none for LGTM"),
  verdict: z.string().describe("LGTM if the file can be used as it is, LBTM if it must change first"),
});

export type CodeReview = { readonly approved: boolean; readonly comments: readonly string[] };

export interface ReviewRequest extends CodeContext {
  readonly code: string;
}

/** Reads one source file against its contract and its task. */
export const writeCodeReview = defineAction({
  name: "WriteCodeReview",
  reply: review(),
  prompt: (request: ReviewRequest) => dedent`
    ${request.common}

    # The file under review: ${request.file.path}
    ${codeContext(request)}

    ## The code
    ${fenced(request.code, extension(request.file.path))}

    Review this file. Go through it as if you ran it. Ask for a change only where it would fail: it breaks its contract
    or its task, uses something that does not exist, crashes, or is not finished. Style, or more than was asked for, is
    no reason as long as it works.
  `,
  usual: { calls: ({ codeReview }) => (codeReview ? 7 : 0), input: 3500, output: 300 },
});

const approval = /\b(?:lgtm|approved?|accept(?:ed)?|pass(?:ed)?)\b|looks good|^(?:yes|ok|true)\b|通过|批准|同意/i;
const refusal =
  /\blbtm\b|\bnot\b|n't\b|\breject|\bfail|\bchanges? (?:requested|needed|required)\b|must change|不通过|未通过|拒绝|修改/i;

/** Reads verdict and comments leniently: JSON, or prose that names a verdict. What is unclear is no approval. */
function review(): Reply<CodeReview> {
  const shape = json("review", Review);
  return {
    ...shape,
    instruction: shape.instruction,
    read(text, about) {
      const reading = shape.read(text, about);
      if (reading.ok) {
        const { verdict, comments } = reading.value;
        return { ...reading, value: judge(verdict, comments) };
      }
      const verdict = /\b(?:lgtm|lbtm)\b/i.exec(text.split("</think>").at(-1) ?? "")?.[0];
      if (verdict === undefined) return reading;
      const comments = judge(verdict, []).approved ? [] : [text.trim()];
      return { ok: true, value: judge(verdict, comments), repairs: [{ kind: "prose", path: "", lossy: true }] };
    },
  };
}

const judge = (verdict: string, comments: readonly string[]): CodeReview => ({
  approved: approval.test(verdict.trim()) && !refusal.test(verdict),
  comments,
});
