import { z } from "zod";
import { defineAction } from "../src/action.ts";
import { bulletList, code, fenced, inline, prose, table } from "../src/project/markdown.ts";
import { classDiagram, sequenceDiagram } from "../src/project/mermaid.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { type Words, wordsIn } from "./document-words.ts";
import { withOtherNames } from "./field-names.ts";
import { settleDesign } from "./settle-design.ts";
import { type Prd, prdBrief } from "./write-prd.ts";

export const Design = withOtherNames(
  z.object({
    implementation_approach: z
      .string()
      .describe("how it will be built, what is difficult, which libraries help and why"),
    files: z
      .array(
        z.object({
          path: z
            .string()
            .describe("relative to the project, such as src/game.js; ASCII, forward slashes")
            .meta({ exact: true }),
          purpose: z.string().describe("what this file is responsible for, in one or two sentences"),
          depends_on: z.array(z.string()).describe("paths of files in this list that it imports, loads or calls"),
          exports: z
            .array(
              z.object({
                name: z
                  .string()
                  .describe("as other files use it, such as loadScores, or Game.start for a method")
                  .meta({ exact: true }),
                kind: z.string().describe("class, function, constant, component, ..."),
                signature: z.string().describe("parameters and result, in the language of the file"),
                description: z.string().describe("what it does, gives back and may fail with"),
              }),
            )
            .describe("everything other files use from it; empty if nothing"),
        }),
      )
      .describe("every source file there will be, as few as the work needs; no documentation or package files"),
    classes: z
      .array(
        z.object({
          name: z.string(),
          attributes: z.array(z.string()).describe("each as name: type"),
          methods: z.array(z.string()).describe("each as name(parameters): type"),
        }),
      )
      .describe("the main data types and classes"),
    relations: z
      .array(
        z.object({
          from: z.string(),
          to: z.string(),
          kind: z.enum(["inheritance", "composition", "aggregation", "association", "dependency"]),
          label: z.string().describe("a verb such as owns or draws"),
        }),
      )
      .describe("how these classes are related"),
    call_flow: z
      .array(
        z.object({
          from: z.string().describe("a user, file or class"),
          to: z.string(),
          message: z.string().describe("the call or event"),
        }),
      )
      .describe("the main use from start to end, in order"),
    entry_point: z.string().describe("the path of the file that starts the program or opens in the browser"),
    run_command: z
      .string()
      .describe(
        "shell command that starts it from the project folder, without arguments if it can do without; empty if a page is opened",
      ),
    build_command: z.string().describe("shell command that builds it; empty if nothing is built"),
    test_command: z.string().describe("shell command that runs the tests among these files; empty if there are none"),
    anything_unclear: z.string().describe("open questions and what you assume; empty if none"),
  }),
);
export type Design = z.infer<typeof Design>;
export type DesignedFile = Design["files"][number];

/** Answers the requirements with a system design: the files, what each exports, and how they work together. */
export const writeDesign = defineAction({
  name: "WriteDesign",
  reply: json("design", Design),
  prompt: ({ prd }: { prd: Prd }) => dedent`
    Design the system for the product below. Keep it simple: as few files as the work needs, each with one
    responsibility and up to about 200 lines, and proven libraries only where they save real work.

    ${prdBrief(prd)}

    ## Rules
    - List source files only. The README, .gitignore, package files and documents are written by others; tests come
      later.
    - depends_on and exports are the contract between the people who write the files, each without seeing the others' work:
      name everything that one file uses of another, and exactly how it is called. Dependencies must not form a circle.
    - Paths and names in code are ASCII. Texts are in the language of the documents.
    - A browser page without a server must work when its HTML file is opened from disk: ordinary script tags in the order of dependency,
      no ES modules, no build step, no loading of local files by script. What a script exports is a global name. The HTML
      file depends on its scripts and styles; a style exports nothing. Element ids and class names are agreed on with
      the tasks, after the design.
    - A program for the command line must run with the standard tools of its language.
  `,
  settle: (design) => settleDesign(design),
  write: (design, _subject, { prd }) => ({
    "docs/system_design.json": `${JSON.stringify(design, null, 2)}\n`,
    "docs/system_design.md": designMarkdown(design, wordsIn(prd.language)),
    "resources/data_api_design.mmd": classDiagram(design),
    "resources/seq_flow.mmd": sequenceDiagram(design.call_flow),
  }),
  usual: { calls: ({ change }) => (change ? 0 : 1), input: 1800, output: 2500 },
});

/** What a file offers to others, as they see it in their prompts. */
export function contract({ path, purpose, exports }: DesignedFile): string {
  const offers = exports.map(({ name, kind, signature, description }) => {
    const form = signature && signature !== name ? `: ${code(signature)}` : "";
    return `${name} (${kind})${form}. ${description}`;
  });
  return `${path}: ${purpose}${offers.length > 0 ? `\n${bulletList(offers)}` : ""}`;
}

function designMarkdown(design: Design, say: Words): string {
  const command = (text: string) => (text ? code(text) : say("none"));
  return `${dedent`
    # ${say("System design")}

    ## ${say("Implementation approach")}

    ${prose(design.implementation_approach)}

    ## ${say("Files")}

    ${table(
      [say("File"), say("Purpose"), say("Depends on")],
      design.files.map(({ path, purpose, depends_on }) => [path, purpose, depends_on.join(", ")]),
    )}

    ${design.files.map((file) => fileMarkdown(file, say)).join("\n\n")}

    ## ${say("Data structures and interfaces")}

    ${fenced(classDiagram(design), "mermaid")}

    ## ${say("Call flow")}

    ${fenced(sequenceDiagram(design.call_flow), "mermaid")}

    ## ${say("Commands")}

    - ${say("Entry point")}: ${command(design.entry_point)}
    - ${say("Run")}: ${command(design.run_command)}
    - ${say("Build")}: ${command(design.build_command)}
    - ${say("Test")}: ${command(design.test_command)}

    ## ${say("Open questions")}

    ${prose(design.anything_unclear) || say("None.")}
  `}\n`;
}

const fileMarkdown = ({ path, exports }: DesignedFile, say: Words) => dedent`
  ### ${inline(path)}

  ${
    exports.length === 0
      ? say("Exports nothing.")
      : table(
          [say("Export"), say("Kind"), say("Signature"), say("Description")],
          exports.map(({ name, kind, signature, description }) => [name, kind, signature, description]),
        )
  }
`;
