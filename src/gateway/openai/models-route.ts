import { z } from "zod";
import type { Models } from "../models.ts";
import { Refusal } from "../refusal.ts";
import { defineRoute, type Incoming, type Route } from "../route.ts";
import { openaiError } from "./errors.ts";

const ModelShape = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.int(),
  owned_by: z.string().describe("what it is: configured, a role, an action, or a deployment"),
});

/** GET /v1/models and /v1/models/:model: what this caller may name. */
export function modelsRoutes(models: Models): readonly Route[] {
  const listed = ({ caller }: Incoming) =>
    models
      .list()
      .filter(({ name }) => caller.may(name))
      .map(({ name, kind }) => ({ id: name, object: "model" as const, created: 0, owned_by: kind }));
  const common = { method: "GET", tag: "OpenAI", access: "callers", errors: openaiError } as const;
  return [
    defineRoute({
      ...common,
      path: "/v1/models",
      summary: "The models that there are for this key",
      answer: z.object({ object: z.literal("list"), data: z.array(ModelShape) }),
      handle: async (incoming) => ({ object: "list", data: listed(incoming) }),
    }),
    defineRoute({
      ...common,
      path: "/v1/models/:model",
      summary: "One of them",
      answer: ModelShape,
      async handle(incoming) {
        const { model = "" } = incoming.params;
        const found = listed(incoming).find(({ id }) => id === model);
        if (found) return found;
        throw new Refusal("missing", "there is no such model", { code: "model_not_found", param: "model" });
      },
    }),
  ];
}
