import { defineAction } from "../src/action.ts";
import { isPage } from "../src/project/languages.ts";
import { bulletList, fenced } from "../src/project/markdown.ts";
import { code } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { moduleRule } from "./module-rule.ts";
import { contract, type Design, type DesignedFile } from "./write-design.ts";
import type { Prd } from "./write-prd.ts";
import type { Tasks } from "./write-tasks.ts";

/** All that the writer, and later the reviewer, of one file is told about it. Its size does not grow with the project. */
export interface CodeContext {
  /** The same words for every file of the project; they come first, so that prompt caches serve them. */
  readonly common: string;
  readonly file: DesignedFile;
  /** What the task says about this file; empty if it says nothing. */
  readonly logic: string;
  /** The files it depends on, with their code where that is short. */
  readonly dependencies: readonly { readonly file: DesignedFile; readonly code: string }[];
}

export interface CodeRequest extends CodeContext {
  /** Set for a rewrite: the code as it stands, what to change about it, and in `says` who wants that. */
  readonly change?: { readonly code: string; readonly comments: readonly string[]; readonly says: string };
}

/** Writes one source file, or writes it anew after a review. */
export const writeCode = defineAction({
  name: "WriteCode",
  reply: ({ file }: CodeRequest) => code(file.path),
  prompt: (request: CodeRequest) => {
    const { common, file, change } = request;
    return dedent`
      ${common}

      # Your file: ${file.path}
      ${codeContext(request)}

      ${change ? rewriting(file.path, change) : writing(file.path)}
    `;
  },
  write: (source, path) => ({ [path]: source }),
  spare: ["## The files it uses", "# Project:"],
  usual: { calls: ({ codeReview, change }) => (change ? 0 : codeReview ? 7 : 5), input: 2200, output: 2200 },
});

const writing = (path: string) => dedent`
  Write ${path}. Offer what its contract names, exactly as it is named there; helpers of your own are fine. Use of other
  files only what their contracts name. Do everything the task says, mind the edges, and leave no function empty.
`;

const rewriting = (path: string, { code, comments, says }: NonNullable<CodeRequest["change"]>) => dedent`
  This is ${path} as it stands:

  ${fenced(code, extension(path))}

  ${says}:
  ${bulletList(comments)}

  Write the file anew with these changes made and everything else kept.
`;

/** What is common to all files of a project, in the same words each time. */
export const projectBrief = (prd: Prd, design: Design, tasks: Tasks) => dedent`
  # Project: ${prd.project_name}
  ${prd.original_requirements}

  Programming language: ${prd.programming_language}
  Language of comments and of text on the screen: ${prd.language}
  Entry point: ${design.entry_point}
  ${packages(tasks)}

  ## Shared knowledge
  ${tasks.shared_knowledge || "Nothing beyond the contracts below."}

  ${rules(design)}
`;

const packages = ({ required_packages: list }: Tasks) =>
  list.length === 0
    ? "Packages: none, only the standard library"
    : `Packages: ${list.map(({ name, version }) => `${name} ${version}`.trim()).join(", ")}`;

/** What the kind of product asks of every file. */
function rules({ files, entry_point }: Design): string {
  if (isPage(entry_point)) {
    return dedent`
      The page is opened from disk: ordinary script tags, no ES modules, no import or export statements, no fetch. All
      scripts share one name space, so each declares its exports at the top level (const, class or function) and keeps
      every other name inside a function.
    `;
  }
  const rule = moduleRule({ files, entry_point });
  return rule ? `${rule} This holds whatever else is said here.` : "";
}

/** The contract and task of a file and what it depends on, for writer and reviewer alike. */
export function codeContext({ file, logic, dependencies }: CodeContext): string {
  const uses = dependencies.map(({ file: other, code }) =>
    code ? `${contract(other)}\n\nIts code:\n\n${fenced(code, extension(other.path))}` : contract(other),
  );
  return dedent`
    ## Its contract
    ${contract(file)}

    ## Its task
    ${logic || file.purpose}

    ## The files it uses
    ${uses.join("\n\n") || "None."}
  `;
}

export const extension = (path: string) => /\.(\w+)$/.exec(path)?.[1] ?? "";
