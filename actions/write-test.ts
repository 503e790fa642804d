import { defineAction } from "../src/action.ts";
import { bulletList } from "../src/project/markdown.ts";
import type { TestFile } from "../src/project/test-files.ts";
import { code } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { type CodeContext, codeContext } from "./write-code.ts";

export interface TestRequest extends CodeContext {
  readonly test: TestFile;
  /** What the users want of the product. */
  readonly stories: readonly string[];
}

/** Writes the tests of one file from what was promised of it, without having seen its code. */
export const writeTest = defineAction({
  name: "WriteTest",
  reply: ({ test }: TestRequest) => code(test.path),
  prompt: (request: TestRequest) => dedent`
    ${request.common}

    # The file under test: ${request.file.path}
    ${codeContext(request)}

    ## What users want
    ${bulletList(request.stories)}

    Write ${request.test.path}, the automated tests of ${request.file.path}. You do not see its code: test what its
    contract and its task promise, through the names that its contract gives and no others. Choose three to eight cases
    that matter: the main use, the edges that the task mentions, wrong input. Expect only what contract and task say
    outright, such as numbers and texts that they quote; what they leave open (an order, a wording, how something is
    drawn) is not tested. Nothing may depend on the time of day, chance, other tests or other machines; a server may be
    started on this one, on port 0.

    ${request.test.advice}
  `,
  write: (source, path) => ({ [path]: source }),
  spare: ["## What users want", "## The files it uses", "# Project:"],
  usual: { calls: ({ runTests }) => (runTests ? 4 : 0), input: 2000, output: 1500 },
});
