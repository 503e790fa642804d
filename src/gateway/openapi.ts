import { z } from "zod";
import type { Route } from "./route.ts";

/** The description of all routes, in the words of OpenAPI 3.1, made of the schemas that check the requests. */
export function describeRoutes(routes: readonly Route[], { version }: { readonly version: string }): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "metagpt", version, description: "One door to every model: LLMs of any kind under three APIs." },
    paths,
    components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
  };
}

function operationOf({ method, path, summary, tag, access, body, answer, stream, status = 200 }: Route): object {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: "path", required: true, schema: { type: "string" } },
  }));
  return {
    operationId: `${method.toLowerCase()}${path.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...{ summary, tags: [tag] },
    ...(access !== "everybody" && { security: [{ key: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
    }),
    responses: {
      [status]: {
        description: "the answer",
        content: {
          ...(answer && { "application/json": { schema: schemaOf(answer, "output") } }),
          ...(stream && { [stream]: { schema: { type: "string" } } }),
        },
      },
      default: { description: "an error in the shape of this API" },
    },
  };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
