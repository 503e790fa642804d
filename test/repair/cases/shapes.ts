import { z } from "zod";

/** The smallest answer: one text. */
export const Text = z.object({ text: z.string() });

/** Two texts, so that the end of one may be mistaken. */
export const Note = z.object({ title: z.string(), body: z.string() });

/** A text and a number. */
export const Item = z.object({ name: z.string(), count: z.number() });

/** A list and a number. */
export const Listing = z.object({ files: z.array(z.string()), count: z.number() });

/** Every kind of scalar. */
export const Review = z.object({ approved: z.boolean(), score: z.number(), comment: z.string() });

/** A piece of code and its name. */
export const Source = z.object({ path: z.string(), code: z.string() });

/** Only the title is needed. */
export const Loose = z.object({
  title: z.string(),
  count: z.number().optional(),
  done: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
});

/** A choice among three. */
export const Ticket = z.object({ title: z.string(), level: z.enum(["P0", "P1", "P2"]) });

/** One object in another. */
export const Owned = z.object({ title: z.string(), owner: z.object({ name: z.string(), mail: z.string() }) });

/** A document with all of it. */
export const Prd = z.object({
  project_name: z.string(),
  product_goals: z.array(z.string()),
  requirement_pool: z.array(z.object({ priority: z.enum(["P0", "P1", "P2"]), text: z.string() })),
  anything_unclear: z.string(),
});

/** A breakdown of work with pairs, as designs have it. */
export const Tasks = z.object({
  packages: z.array(z.string()),
  logic_analysis: z.array(z.tuple([z.string(), z.string()])),
});

/** A document whose keys are Chinese. */
export const ChinesePrd = z.object({
  项目名称: z.string(),
  产品目标: z.array(z.string()),
  优先级: z.enum(["高", "中", "低"]),
});

/** A document whose keys have names in two languages. */
export const Aliased = z.object({
  project_name: z.string().meta({ aliases: ["项目名称", "name of the project"] }),
  product_goals: z.array(z.string()).meta({ aliases: ["产品目标"] }),
});

/** A choice whose synonyms are declared. */
export const Synonyms = z.object({
  title: z.string(),
  level: z.enum(["P0", "P1"]).meta({ synonyms: { P0: ["must", "必须"], P1: ["should", "应该"] } }),
});

/** A whole document, as it should have been written. */
export const prd: z.infer<typeof Prd> = {
  project_name: "snake_game",
  product_goals: ["好玩的经典玩法", "fast on old phones"],
  requirement_pool: [
    { priority: "P0", text: "蛇可以上下左右移动" },
    { priority: "P1", text: "it grows when it eats" },
  ],
  anything_unclear: "",
};

/** A small one. */
export const note: z.infer<typeof Note> = { title: "贪吃蛇", body: "The snake grows when it eats." };
