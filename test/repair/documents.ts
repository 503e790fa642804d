import { z } from "zod";

/** A document like the product's own, with every type a reader has to bring about. */
export const Plan = z.object({
  project_name: z.string().describe("snake_case, such as snake_game"),
  product_goals: z.array(z.string()).describe("up to 3"),
  requirement_pool: z
    .array(z.object({ priority: z.enum(["P0", "P1", "P2"]).describe("P0 must"), text: z.string() }))
    .describe("most important first"),
  competitors: z.array(z.object({ name: z.string(), x: z.number().describe("reach") })),
  anything_unclear: z.string(),
});
export type Plan = z.infer<typeof Plan>;

export const plan: Plan = {
  project_name: "snake_game",
  product_goals: ["fun", "fast"],
  requirement_pool: [
    { priority: "P0", text: "the snake moves" },
    { priority: "P1", text: "it grows" },
  ],
  competitors: [{ name: "Nokia Snake", x: 0.9 }],
  anything_unclear: "",
};

/** Texts that look like the wrapping of an answer, as values. */
export const nasty: Plan = {
  project_name: "x",
  product_goals: [
    '```json\n{"project_name": "no"}\n```',
    "[CONTENT]{}[/CONTENT]",
    "<think>never</think>",
    "see http://a.b/c // not a comment # nor this",
    '"quoted", "twice": {"a": 1}',
    "C:\\temp\\new \\d+ \\_",
    "全角：，“引号”；｛｝",
    "  spaces kept  \n\n",
    "`back-ticks` 'single' &quot;",
    "😀\u2028\u0000",
  ],
  requirement_pool: [{ priority: "P2", text: "}]" }],
  competitors: [],
  anything_unclear: '", "product_goals": [',
};
