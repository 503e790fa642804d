import { defineAction } from "../src/action.ts";
import { fenced } from "../src/project/markdown.ts";
import type { TestFile } from "../src/project/test-files.ts";
import { code } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { extension } from "./write-code.ts";

interface Reproduction {
  readonly idea: string;
  readonly map: string;
  readonly nearest: readonly { readonly path: string; readonly code: string }[];
  readonly test: TestFile;
}

/** Writes a test that fails as long as a bug is there. */
export const reproduceBug = defineAction({
  name: "ReproduceBug",
  reply: ({ test }: Reproduction) => code(test.path),
  prompt: ({ idea, map, nearest, test }: Reproduction) => dedent`
    A bug was reported. Write a test that fails because of it now and passes once it is mended.

    ## The bug
    ${idea}

    ## Map of the repository
    ${map}

    ## The files that come nearest to it
    ${nearest.map(({ path, code }) => `### ${path}\n${fenced(code, extension(path))}`).join("\n\n")}

    Write ${test.path}: one or two cases that do what the report describes and expect what should happen instead. Test
    nothing else, and do not mend anything. Nothing may depend on the time of day, chance or the network.

    ${test.advice}
  `,
  write: (source, path) => ({ [path]: source }),
  spare: ["## The files that come nearest to it", "## Map of the repository"],
  usual: {
    calls: ({ change, runTests, reqaFile }) => (change && runTests && !reqaFile ? 1 : 0),
    input: 4000,
    output: 700,
  },
});
