import { defineAction, type Publication, type Reply } from "../src/action.ts";
import { applyBlocks, type Block, readBlocks, rewritten } from "../src/project/edits/index.ts";
import { bulletList, fenced } from "../src/project/markdown.ts";
import { type Problem, type Reading, readCode } from "../src/repair/index.ts";
import { code } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import type { ChangeRequest } from "./existing.ts";
import type { Change } from "./plan-change.ts";
import { extension } from "./write-code.ts";

/** One file of an existing repository that is to be added or changed. */
export interface EditRequest {
  readonly request: ChangeRequest;
  readonly change: Change;
  /** As it stands; empty where it is added. */
  readonly before: string;
  /** What is planned for the other files. */
  readonly others: readonly Change[];
  /** Other files it works with, with their code or with what they offer. */
  readonly used: readonly { readonly path: string; readonly code: string }[];
  /** What the documents say of the file; empty where there are none. */
  readonly agreed: string;
  /** What a check found after an earlier edit; empty for the first. */
  readonly comments: readonly string[];
}

/** Adds or changes one file: a small one is written whole, a large one by blocks that replace others. */
export const editCode = defineAction({
  name: "EditCode",
  reply: (request: EditRequest) =>
    isSmall(request.before) ? code(request.change.path) : blocksOf(request.change.path, request.before),
  prompt: ({ request, change, before, others, used, agreed, comments }: EditRequest) => dedent`
    A repository is changed. Your part is one file of it.

    ## ${request.kind === "bug" ? "The bug" : "The new requirement"}
    ${request.idea}

    ## Your file: ${change.path}
    ${change.what}

    Why: ${change.why}
    ${agreed && `\n## What the documents say of it\n${request.kind === "bug" ? "Where they contradict the report of the bug, the report counts.\n\n" : ""}${agreed}\n`}
    ## What changes in other files
    ${others.length > 0 ? bulletList(others.map(({ path, action, what }) => `${path} (${action}): ${what}`)) : "Nothing."}

    ## Files it works with
    ${used.map(({ path, code }) => `### ${path}\n${fenced(code, extension(path))}`).join("\n\n") || "None are shown."}

    ## ${change.path} as it stands
    ${before === "" ? "It does not exist yet." : fenced(before, extension(change.path))}

    ${comments.length > 0 ? `A check of the changed file found this:\n${bulletList(comments)}\n` : ""}
    ${before === "" ? "Write the file." : "Make this change and keep everything else as it is, to the letter: names, comments, layout."}
  `,
  settle: (text, { before }) => ({ document: before === "" ? text : rewritten(before, text) }),
  spare: ["## What the documents say of it", "## Files it works with", "## What changes in other files"],
  usual: { calls: ({ change, reqaFile }) => (change && !reqaFile ? 3 : 0), input: 3000, output: 1200 },
});

/** A file of a changed repository as it is to stand, or null for one that goes; what publishes edits. */
export const changedFile: Publication<undefined, string | null> = {
  name: editCode.name,
  write: (text, path) => ({ [path]: text }),
};

/** Up to here a file is written whole; the longer it is, the more a model leaves out. */
const mostWhole = { lines: 150, characters: 7000 };

const isSmall = (text: string) => text.length <= mostWhole.characters && text.split("\n").length <= mostWhole.lines;

/** What was good of an answer whose other blocks do not fit. */
type Partly = { readonly good: readonly Block[] };

/** A large file, changed by blocks; those that do not fit are asked for again, with the lines that come nearest. */
function blocksOf(path: string, before: string): Reply<string> {
  const read = (text: string, good: readonly Block[]): Reading<string> => {
    const { blocks, problems } = readBlocks(text);
    const whole = blocks.length === 0 && problems.length === 0 ? readCode(text, { path }) : undefined;
    // a model that writes the whole file has done its work; one that writes a piece of it has not
    if (whole?.ok && whole.value.length > before.length / 2) return whole;
    const all = [...good, ...blocks];
    const { text: after, failed } = applyBlocks(before, all);
    const wrong = [...problems, ...failed.map(({ block, reason, nearest }) => failure(block, reason, nearest))];
    if (blocks.length === 0 && wrong.length === 0) wrong.push("there is no block in the answer");
    if (wrong.length === 0) return { ok: true, value: after, repairs: [], lossy: false, truncated: false, extras: [] };
    const partial: Partly = { good: all.filter((block) => !failed.some((one) => one.block === block)) };
    return { ok: false, problems: wrong.map(problem), partial, truncated: false };
  };
  const shape = blockShape(path);
  return {
    instruction: dedent`
      Answer with the places that change, each as a block of this form, and nothing else:

      ${shape}

      The lines under SEARCH stand in the file exactly like that, with their indentation, and only once; take as few as
      make the place clear. Several places take several blocks, from the top of the file to its end.
    `,
    read: (text, { truncated }) =>
      truncated
        ? { ok: false, problems: [problem("the answer was cut off")], partial: undefined, truncated }
        : read(text, []),
    join: (text, more) => text + more,
    rest(_problems, partial) {
      const { good = [] } = (partial ?? {}) as Partial<Partly>;
      return {
        instruction: `Give only the blocks that did not fit, with their lines as they stand in ${path}:\n\n${shape}`,
        read: (text) => read(text, good),
      };
    },
  };
}

const blockShape = (path: string) =>
  [
    "```",
    path,
    "<<<<<<< SEARCH",
    "lines as they are",
    "=======",
    "lines as they shall be",
    ">>>>>>> REPLACE",
    "```",
  ].join("\n");

const failure = ({ search }: Block, reason: string, nearest: string) =>
  `a block does not fit: ${reason}\nIts SEARCH:\n${search}\n${nearest ? `The file has:\n${nearest}` : ""}`.trimEnd();

const problem = (message: string): Problem => ({ kind: "no-code", path: [], message });
