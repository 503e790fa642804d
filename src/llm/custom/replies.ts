import { z } from "zod";
import { usage } from "../../events.ts";
import type { Delta, Embedding, Finish } from "../provider.ts";

/** The models of its server, as a module may list them. */
export const Served = z.array(z.object({ id: z.string(), context: z.int().positive().exactOptional() }));

/** Vectors as a module may give them. */
export const Embedded = z
  .object({
    vectors: z.array(z.array(z.number()).min(1)),
    model: z.string().default(""),
    usage: usage.extend({ source: usage.shape.source.default("reported") }).optional(),
  })
  .transform(({ usage: used, ...answer }): Embedding => ({ ...answer, usage: used }));

/** What a module may yield: a piece of the answer as it is, or one of the usual kinds. */
export const Piece = z.union([
  z.string().transform((text): Delta => ({ type: "text", text })),
  z.object({ type: z.enum(["text", "reasoning"]), text: z.string() }),
  z.object({
    type: z.literal("tool-call"),
    index: z.int().nonnegative(),
    id: z.string().exactOptional(),
    name: z.string().exactOptional(),
    arguments: z.string(),
  }),
]);

/** How a module's stream may end: nothing at all means that the answer is whole. */
export const Ended = z
  .object({
    finish: z.enum(["stop", "length", "tool_calls", "content_filter"]).default("stop"),
    model: z.string().default(""),
    usage: usage.extend({ source: usage.shape.source.default("reported") }).optional(),
    cost: z.number().nonnegative().exactOptional(),
  })
  .default({ finish: "stop", model: "", usage: undefined })
  .transform(({ usage: used, ...finish }): Finish => ({ ...finish, usage: used }));
