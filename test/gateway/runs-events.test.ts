import { expect, it, onTestFinished } from "vitest";
import { openCallers } from "../../src/gateway/callers.ts";
import { openConnections } from "../../src/gateway/connections.ts";
import { openMetrics } from "../../src/gateway/metrics.ts";
import { openaiError } from "../../src/gateway/openai/errors.ts";
import { defineRoute } from "../../src/gateway/route.ts";
import type { KeptEvent } from "../../src/gateway/runs.ts";
import { sendEvents } from "../../src/gateway/runs-events.ts";
import { openServer } from "../../src/gateway/server.ts";
import { signal } from "../helpers/upstream.ts";

/** A server that tells of one run, with a sign of life every so many milliseconds. */
async function telling(events: () => AsyncGenerator<KeptEvent>, beat: number) {
  const route = defineRoute({
    ...{ method: "GET", path: "/events", summary: "", tag: "", access: "everybody", errors: openaiError },
    handle: (incoming) => sendEvents({ events }, { id: "one", state: "running" }, incoming, beat),
  });
  const parts = {
    ...{ maxBody: 1000, loopback: true, logPrompts: false, version: "1.2.3" },
    log: { info: () => {}, error: () => {} },
    callers: openCallers([], { investment: 0 }),
    metrics: openMetrics({
      models: { list: () => [], find: () => undefined },
      state: () => ({ waiting: 0, skipped: undefined }),
      underWay: () => 0,
    }),
    connections: openConnections(),
    abort: new AbortController().signal,
  };
  const app = await openServer(parts, () => [route]);
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  return `${await app.listen({ host: "127.0.0.1", port: 0 })}/events`;
}

it("gives signs of life while a run tells nothing, and none within what it tells", async () => {
  const next = signal<void>();
  const ended = signal<void>();
  const url = await telling(async function* () {
    await next.came;
    yield { seq: 1, type: "round-start", text: '{"seq":1}' };
    await ended.came;
  }, 5);
  const { body } = await fetch(url);
  let said = "";
  for await (const piece of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    said += piece;
    if (/^(:\n\n){4}/.test(said)) next.give();
    if (/data: .*\n\n(:\n\n){3}$/.test(said)) ended.give();
  }
  expect(said).toMatch(/^(:\n\n){4,}id: 1\nevent: round-start\ndata: \{"seq":1\}\n\n(:\n\n){3,}$/);
});
