import { z } from "zod";
import { defineAction } from "../src/action.ts";
import { fenced } from "../src/project/markdown.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { withOtherNames } from "./field-names.ts";
import { extension } from "./write-code.ts";
import { contract, type DesignedFile } from "./write-design.ts";

const CodeSummary = withOtherNames(
  z.object({
    summary: z.string().describe("how the program works, from start to end, in a few sentences"),
    todo: z
      .array(
        z.object({
          path: z.string().describe("a file shown above"),
          change: z.string().describe("what must change in it and why"),
        }),
      )
      .describe("what keeps the files from working together; empty if nothing does"),
  }),
);

export interface SummaryRequest {
  readonly common: string;
  readonly files: readonly { readonly file: DesignedFile; readonly code: string }[];
}

/** Characters of code that one summary reads; of longer projects it sees the short files whole, the others as contracts. */
const room = 40_000;

/** Reads the whole code once it is written and lists what does not fit together. */
export const summarizeCode = defineAction({
  name: "SummarizeCode",
  reply: json("summary", CodeSummary),
  prompt: ({ common, files }: SummaryRequest) => dedent`
    ${common}

    # All files
    ${withinRoom(files)
      .map(({ file, code }) =>
        code ? `## ${file.path}\n${fenced(code, extension(file.path))}` : `## ${contract(file)}`,
      )
      .join("\n\n")}

    Check that these files work together: every name one file uses of another exists there and takes these arguments,
    every element id and file that is referred to exists, and the main use works from start to end. List only what is
    really broken or missing.
  `,
  spare: ["# All files", "# Project:"],
  usual: { calls: ({ autoSummarize, change }) => (change ? 0 : Math.abs(autoSummarize)), input: 8000, output: 600 },
});

/** The code of the shortest files, as many as there is room for; the others without. */
function withinRoom(files: SummaryRequest["files"]): SummaryRequest["files"] {
  let left = room;
  const whole = new Set(
    files
      .toSorted((a, b) => a.code.length - b.code.length)
      .filter(({ code }) => {
        left -= code.length;
        return left >= 0;
      }),
  );
  return files.map((entry) => (whole.has(entry) ? entry : { ...entry, code: "" }));
}
