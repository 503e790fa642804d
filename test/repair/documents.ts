import { z } from "zod";

/** A document like the product's own. */
export const Plan = z.object({
  project_name: z.string().describe("snake_case, such as snake_game"),
  product_goals: z.array(z.string()).describe("up to 3"),
  requirement_pool: z
    .array(z.object({ priority: z.enum(["P0", "P1", "P2"]).describe("P0 must"), text: z.string() }))
    .describe("most important first"),
  competitors: z.array(z.object({ name: z.string(), x: z.number().describe("reach") })),
  anything_unclear: z.string(),
});
