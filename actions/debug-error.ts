import { defineAction, type Reply } from "../src/action.ts";
import { fenced } from "../src/project/markdown.ts";
import { joinCut, readCode, readFiles } from "../src/repair/index.ts";
import { dedent } from "../src/text.ts";
import { extension } from "./write-code.ts";

/** Something that ran and failed, and the files that it can be about. */
export interface FailureReport {
  /** The same words for every question about a project. */
  readonly common: string;
  readonly line: string;
  /** What went wrong, in a sentence. */
  readonly why: string;
  /** The end of what it printed. */
  readonly output: string;
  /** The files that may be changed, the most likely one first. */
  readonly files: readonly { readonly path: string; readonly code: string; readonly contract: string }[];
  /** Of these files, the one that is a test; empty if none is. */
  readonly test: string;
  /** The test that shows the bug that is to be mended, where that is what failed; it is not to be changed. */
  readonly reproduction?: string;
}

/** Finds the cause of a failure in the code or in its test, and writes that one file anew: path -> text. */
export const debugError = defineAction({
  name: "DebugError",
  reply: (report: FailureReport) => oneOf(report.files.map(({ path }) => path)),
  prompt: (report: FailureReport) => dedent`
    ${report.common}

    # A failure: ${report.line}
    ${report.why}

    ## What it printed
    ${fenced(report.output, "text")}

    ## The files
    ${report.files
      .map(({ path, code, contract }) => `### ${path}\n${contract}\n\n${fenced(code, extension(path))}`)
      .join("\n\n")}

    ${report.reproduction ? `## The test\nIt shows the bug that is to be mended, and is right.\n\n${fenced(report.reproduction)}\n` : ""}
    Find the cause, and write the one file anew that must change to remove it, with everything else in it kept.
    ${report.test === "" ? "" : whoIsWrong(report.test)}
  `,
  spare: ["## What it printed", "# Project:"],
  usual: { calls: ({ runTests }) => (runTests ? 2 : 0), input: 4000, output: 2000 },
});

const whoIsWrong = (test: string) => dedent`
  Contract and task decide who is wrong: if the code breaks them, change the code; if ${test} expects what
  they do not promise, or uses something that does not exist, change the test. Never make a test weaker only to have it
  pass.
`;

/** One of several files, whole: the block that names one of them, or that can be no other. */
function oneOf(paths: readonly string[]): Reply<Record<string, string>> {
  return {
    instruction: dedent`
      Answer with one line that says the path of the file you change, such as
      File: ${paths[0] ?? "src/main.py"}
      and below it the whole file in one fenced code block, complete and ready to run: no placeholders, nothing left out.
      It is one of: ${paths.join(", ")}.
    `,
    read(text, { truncated }) {
      if (truncated) return unread("the file was cut off: it must be complete, so write it shorter");
      const named = readFiles(text);
      const files = Object.entries(named.ok ? named.value : ((named.partial ?? {}) as Record<string, string>));
      const known = files.filter(([path]) => paths.includes(path));
      const [first] = known;
      if (named.ok && first) return { ...named, value: Object.fromEntries([first]) };
      const said = paths.filter((path) => text.includes(path));
      const path = first?.[0] ?? (paths.length === 1 ? paths[0] : said.length === 1 ? said[0] : undefined);
      if (path === undefined) return unread(`say which file it is: one of ${paths.join(", ")}`);
      const one = readCode(text, { path });
      return one.ok ? { ...one, value: { [path]: one.value } } : one;
    },
    join: joinCut,
  };
}

const unread = (message: string) =>
  ({ ok: false, problems: [{ kind: "no-code", path: [], message }], partial: undefined, truncated: false }) as const;
