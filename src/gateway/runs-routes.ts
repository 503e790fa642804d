import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { openaiError } from "./openai/errors.ts";
import { defineRoute, type Incoming, type Route } from "./route.ts";
import { type Archive, RunRequest, type Runs, RunView } from "./runs.ts";
import { sendEvents } from "./runs-events.ts";

/** /v1/runs: runs of the company, for callers that may name every model. */
export function runsRoutes(runs: Runs): readonly Route[] {
  const common = { tag: "Runs", access: "callers", errors: openaiError } as const;
  const one = "/v1/runs/:id";
  const meant = ({ params: { id = "" }, caller }: Incoming) => runs.find(id, caller);
  return [
    defineRoute({
      ...{ ...common, method: "POST", path: "/v1/runs", access: "operators", status: 202 },
      summary: "Has the company make something of an idea",
      body: RunRequest,
      answer: RunView,
      async handle({ body, caller, note }) {
        const run = await runs.start(body, caller);
        note({ run: run.id });
        return run;
      },
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: "/v1/runs" },
      summary: "The newest runs of this caller; of everybody, for those who may see them",
      answer: z.object({ object: z.literal("list"), data: z.array(RunView) }),
      handle: async ({ caller }) => ({ object: "list", data: await runs.list(caller) }),
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: one },
      summary: "One of them",
      answer: RunView,
      handle: meant,
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: `${one}/events`, stream: "text/event-stream" },
      summary: "What it tells, while it does; goes on after Last-Event-ID, or ?after=",
      handle: async (incoming) => sendEvents(runs, await meant(incoming), incoming),
    }),
    defineRoute({
      ...{ ...common, method: "GET", path: `${one}/archive`, stream: "application/gzip" },
      summary: "What it has made so far, as tar.gz",
      async handle(incoming) {
        const { id } = await meant(incoming);
        const archive = await runs.archive(id, incoming.signal);
        incoming.reply.hijack();
        await send(archive, incoming.reply.raw, incoming.signal);
      },
    }),
    defineRoute({
      ...{ ...common, method: "DELETE", path: one },
      summary: "Cancels it; what it has made stays",
      answer: RunView,
      handle: async (incoming) => runs.cancel((await meant(incoming)).id, incoming.caller),
    }),
  ];
}

/** A client that leaves is no failure. */
async function send({ name, bytes }: Archive, response: ServerResponse, gone: AbortSignal): Promise<void> {
  response.writeHead(200, {
    "content-type": "application/gzip",
    "content-disposition": `attachment; filename="${name}"`,
  });
  try {
    await pipeline(bytes, response);
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}
