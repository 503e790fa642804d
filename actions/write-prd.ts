import { z } from "zod";
import { defineAction } from "../src/action.ts";
import { bulletList, inline, prose, table } from "../src/project/markdown.ts";
import { quadrantChart } from "../src/project/mermaid.ts";
import { projectName } from "../src/project/path.ts";
import { json } from "../src/reply.ts";
import { dedent } from "../src/text.ts";
import { wordsIn } from "./document-words.ts";
import { withOtherNames } from "./field-names.ts";

export const Prd = withOtherNames(
  z.object({
    language: z.string().describe("the human language of this document, such as English or 中文"),
    programming_language: z
      .string()
      .describe("as the request says; otherwise HTML/CSS/JavaScript for a browser game or page, else what suits best"),
    original_requirements: z.string().describe("the request, word for word"),
    project_name: z.string().describe("snake_case, ASCII letters and digits, such as snake_game"),
    product_goals: z.array(z.string()).describe("up to 3 clear goals that do not overlap"),
    user_stories: z.array(z.string()).describe("3 to 5, each one sentence: As a ..., I want ... so that ..."),
    competitors: z
      .array(
        z.object({
          name: z.string(),
          strengths: z.string(),
          weaknesses: z.string(),
          x: z.number().describe("reach, from 0 (few users) to 1 (many users)"),
          y: z.number().describe("quality, from 0 (poor) to 1 (excellent)"),
        }),
      )
      .describe("3 to 5 real products, then this product as the last one; x and y are your estimates"),
    requirement_analysis: z.string().describe("what matters most and what is hard about it"),
    requirement_pool: z
      .array(
        z.object({
          priority: z.enum(["P0", "P1", "P2"]).describe("P0 must, P1 should, P2 may"),
          text: z.string().describe("one requirement that can be checked"),
        }),
      )
      .describe("3 to 7, most important first"),
    ui_design: z
      .string()
      .describe(
        "what the user sees and does: elements, layout, controls, style; for a command line its commands and messages; plain text",
      ),
    anything_unclear: z.string().describe("open questions and what you assume; empty if none"),
  }),
);
export type Prd = z.infer<typeof Prd>;

export interface PrdRequest {
  readonly idea: string;
  /** Of the document; empty for the language of the idea. */
  readonly language: string;
  /** Fixed by the user; empty for a name of the model's own. */
  readonly projectName: string;
}

/** Turns the user's idea into a product requirement document. */
export const writePrd = defineAction({
  name: "WritePRD",
  reply: json("prd", Prd),
  prompt: ({ idea, language }: PrdRequest) => dedent`
    Write the product requirements for the request below. Say what the user gets, not how it is built. Stay with
    what the request asks for: a small request makes a small product. ${writtenIn(language)}

    ## Request
    ${idea}
  `,
  settle: (prd, request) => ({
    document: { ...prd, project_name: projectName(request.projectName || prd.project_name) },
  }),
  write: (prd) => ({
    "docs/prd.json": `${JSON.stringify(prd, null, 2)}\n`,
    "docs/prd.md": prdMarkdown(prd),
    "resources/competitive_analysis.mmd": positions(prd),
  }),
  spare: ["## Request"],
  usual: { calls: ({ change }) => (change ? 0 : 1), input: 900, output: 1500 },
});

const writtenIn = (language: string) =>
  language
    ? `Write every text in ${language}, and the field names as they are given.`
    : "Write every text in the language of the request, and the field names as they are given.";

function positions({ project_name, competitors, language }: Prd): string {
  const say = wordsIn(language);
  return quadrantChart({
    title: project_name,
    xAxis: [say("Few users"), say("Many users")],
    yAxis: [say("Low quality"), say("High quality")],
    points: competitors,
  });
}

/** What the next roles need of the requirements, for their prompts. */
export const prdBrief = (prd: Prd) => dedent`
  Product: ${prd.project_name}
  Request: ${prd.original_requirements}
  Language of documents and of text on the screen: ${prd.language}
  Programming language: ${prd.programming_language}

  Goals:
  ${bulletList(prd.product_goals)}

  User stories:
  ${bulletList(prd.user_stories)}

  Requirements:
  ${bulletList(prd.requirement_pool.map(({ priority, text }) => `${priority} ${text}`))}

  User interface: ${prd.ui_design}

  What is difficult: ${prd.requirement_analysis}

  Assumptions: ${prd.anything_unclear || "none"}
`;

function prdMarkdown(prd: Prd): string {
  const say = wordsIn(prd.language);
  return `${dedent`
    # ${inline(prd.project_name)}: ${say("product requirements")}

    | | |
    | --- | --- |
    | ${say("Language")} | ${inline(prd.language)} |
    | ${say("Programming language")} | ${inline(prd.programming_language)} |

    ## ${say("Original request")}

    ${prose(prd.original_requirements)}

    ## ${say("Product goals")}

    ${bulletList(prd.product_goals.map(inline))}

    ## ${say("User stories")}

    ${bulletList(prd.user_stories.map(inline))}

    ## ${say("Competitors")}

    ${table(
      [say("Product"), say("Strengths"), say("Weaknesses")],
      prd.competitors.map(({ name, strengths, weaknesses }) => [name, strengths, weaknesses]),
    )}

    ## ${say("Requirement analysis")}

    ${prose(prd.requirement_analysis)}

    ## ${say("Requirement pool")}

    ${table(
      [say("Priority"), say("Requirement")],
      prd.requirement_pool.map(({ priority, text }) => [priority, text]),
    )}

    ## ${say("User interface")}

    ${prose(prd.ui_design)}

    ## ${say("Open questions")}

    ${prose(prd.anything_unclear) || say("None.")}
  `}\n`;
}
