import { z } from "zod";
import { defineAction, type Reply } from "../src/action.ts";
import { fenced } from "../src/project/markdown.ts";
import { stripReasoning } from "../src/repair/index.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { withOtherNames } from "./field-names.ts";
import { type CodeContext, codeContext, extension } from "./write-code.ts";

const Review = withOtherNames(
  z.object({
    comments: z
      .array(z.string())
      .describe("what must change, each with the place and the change; at least one for LBTM, none for LGTM"),
    verdict: z.string().describe("LGTM if the file can be used as it is, LBTM if it must change first"),
  }),
);

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
  spare: ["## The files it uses", "# Project:"],
  usual: {
    calls: ({ codeReview, codeReviewTimes, change }) => (codeReview && codeReviewTimes > 0 && !change ? 7 : 0),
    input: 3500,
    output: 300,
  },
});

const approval = /\b(?:lgtm|approved?|accept(?:ed)?|pass(?:ed)?)\b|looks good|^(?:yes|ok|true)\b|通过|批准|同意/i;
const refusals = [
  /\blbtm\b|\b(?:can)?not\b|n['’]t\b|\bunable|\breject|\bfail|\b(?:unless|until|once|before|after)\b|must change/i,
  /(?<!\bno )\bchanges? (?:requested|needed|required)\b/i,
  /[不未没法][^，,。.；;]{0,4}(?:通过|批准|同意)|拒绝|(?<!无需|无须|不需要|不用|不必|没有)修改/,
];

/** Reads verdict and comments leniently: JSON, or prose that names a verdict. What is unclear is no approval. */
function review(): Reply<CodeReview> {
  const shape = json("review", Review);
  const { rest: _, ...whole } = shape;
  return {
    ...whole,
    read(text, { truncated }) {
      const reading = shape.read(text, { truncated });
      if (reading.ok && reading.repairs.some(({ kind, path }) => kind === "truncated" && path[0] === "verdict"))
        return half;
      if (reading.ok) {
        const { verdict, comments } = reading.value;
        return { ...reading, value: judge(verdict, comments) };
      }
      const answer = stripReasoning(text).trim();
      const sentences = answer.split(/[\n.!?;。！？；]/);
      const verdict =
        sentences.findLast((sentence) => /\b(?:lgtm|lbtm)\b/i.test(sentence)) ??
        sentences.findLast((sentence) => approval.test(sentence.trim()));
      if (verdict === undefined) return reading;
      const comments = judge(verdict, []).approved ? [] : [answer];
      const repairs = [{ kind: "prose", path: [], span: [0, text.length], lossy: true }] as const;
      return { ok: true, value: judge(verdict, comments), repairs, lossy: true, truncated, extras: [] };
    },
  };
}

/** What was cut off in the middle of its verdict may have been either. */
const half = {
  ok: false,
  problems: [{ kind: "cut", path: ["verdict"], message: "the verdict was cut off" }],
  partial: undefined,
  truncated: true,
} as const;

const judge = (verdict: string, comments: readonly string[]): CodeReview => ({
  approved: approval.test(verdict.trim()) && !refusals.some((refusal) => refusal.test(verdict)),
  comments,
});
