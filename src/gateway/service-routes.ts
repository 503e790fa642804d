import { z } from "zod";
import type { Callers } from "./callers.ts";
import type { Metrics } from "./metrics.ts";
import { openaiError } from "./openai/errors.ts";
import { defineRoute, type Route } from "./route.ts";

interface Parts {
  readonly metrics: Metrics;
  readonly callers: Callers;
  /** The description of all routes. */
  readonly describe: () => object;
}

/** What those ask who look after the server. */
export function serviceRoutes({ metrics, callers, describe }: Parts): readonly Route[] {
  const common = { method: "GET", tag: "Service", errors: openaiError } as const;
  return [
    defineRoute({
      ...{ ...common, path: "/health", access: "everybody" },
      summary: "Whether it is up",
      answer: z.object({ status: z.literal("ok") }),
      handle: async () => ({ status: "ok" }),
    }),
    defineRoute({
      ...{ ...common, path: "/metrics", access: "operators", stream: "text/plain" },
      summary: "What Prometheus reads",
      async handle({ reply }) {
        const { type, text } = await metrics.read();
        await reply.header("content-type", type).send(text);
      },
    }),
    defineRoute({
      ...{ ...common, path: "/v1/usage", access: "callers" },
      summary: "What this caller has spent; all callers, for those who may see it",
      answer: z.object({
        data: z.array(z.object({ caller: z.string(), usd: z.number(), budget: z.number().nullable() })),
      }),
      handle: async ({ caller }) => ({
        data: (caller.operator ? callers.all : [caller]).map(({ name, budget }) => ({
          ...{ caller: name, usd: budget.spent },
          budget: Number.isFinite(budget.investment) ? budget.investment : null,
        })),
      }),
    }),
    defineRoute({
      ...{ ...common, path: "/openapi.json", access: "everybody" },
      summary: "This description",
      answer: z.looseObject({ openapi: z.string() }),
      handle: async () => describe(),
    }),
  ];
}
