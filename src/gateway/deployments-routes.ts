import { z } from "zod";
import { DeploymentChange, DeploymentRequest, DeploymentView } from "./deployment-request.ts";
import type { Deployments } from "./deployments.ts";
import { openaiError } from "./openai/errors.ts";
import { Refusal } from "./refusal.ts";
import { defineRoute, type Route } from "./route.ts";

/** /v1/deployments: models that are put up, changed and taken down while the server runs. */
export function deploymentsRoutes(deployments: Deployments): readonly Route[] {
  const common = { tag: "Deployments", access: "operators", errors: openaiError } as const;
  const one = "/v1/deployments/:name";
  return [
    defineRoute({
      ...{ ...common, method: "POST", path: "/v1/deployments", status: 201 },
      summary: "Puts up a model under a name; one of that name is replaced",
      body: DeploymentRequest,
      answer: DeploymentView,
      handle: ({ body }) => deployments.add(body),
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: "/v1/deployments" },
      summary: "Those that were put up",
      answer: z.object({ object: z.literal("list"), data: z.array(DeploymentView) }),
      handle: async () => ({ object: "list", data: deployments.views() }),
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: one },
      summary: "One of them",
      answer: DeploymentView,
      async handle({ params: { name = "" } }) {
        const found = deployments.views().find((view) => view.name === name);
        if (found) return found;
        throw new Refusal("missing", "there is no such deployment", { code: "deployment_not_found" });
      },
    }),
    defineRoute({
      ...{ ...common, method: "PATCH", path: one },
      summary: "Changes one, such as its key",
      body: DeploymentChange,
      answer: DeploymentView,
      handle: ({ params: { name = "" }, body }) => deployments.change(name, body),
    }),
    defineRoute({
      ...{ ...common, method: "DELETE", path: one },
      summary: "Takes it down; calls under way end as they would",
      answer: z.object({ name: z.string(), deleted: z.literal(true) }),
      async handle({ params: { name = "" } }) {
        await deployments.remove(name);
        return { name, deleted: true };
      },
    }),
  ];
}
