import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Deployment } from "../llm/deployment.ts";
import type { Counted } from "./chat-call.ts";
import type { Models } from "./models.ts";

/** What the server counts, as Prometheus reads it. */
export interface Metrics {
  /** The content type of the text and the text. */
  read(): Promise<{ readonly type: string; readonly text: string }>;
  request(route: string, status: number, seconds: number): void;
  /** What came was no request, or no whole one. */
  unreadable(status: number): void;
  answered(caller: string, answer: Counted): void;
  firstToken(llm: string, seconds: number): void;
  failed(model: string, kind: string): void;
}

/** How the deployments are at this moment. */
interface Watched {
  readonly models: Models;
  state(deployment: Deployment): { readonly waiting: number; readonly skipped: string | undefined };
  /** Calls that are being answered. */
  underWay(): number;
}

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Opens the counters of one server. */
export function openMetrics({ models, state, underWay }: Watched): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const requests = new Counter({
    ...{ name: "metagpt_requests_total", help: "Requests, by route and status", registers },
    labelNames: ["route", "status"],
  });
  const latency = new Histogram({
    ...{ name: "metagpt_request_seconds", help: "From a request to the end of its answer", registers },
    ...{ labelNames: ["route"], buckets: seconds },
  });
  const first = new Histogram({
    ...{ name: "metagpt_first_token_seconds", help: "From a question to the first piece of its answer", registers },
    ...{ labelNames: ["llm"], buckets: seconds },
  });
  const tokens = new Counter({
    ...{ name: "metagpt_tokens_total", help: "Tokens, by LLM, caller and direction", registers },
    labelNames: ["llm", "caller", "direction"],
  });
  const cost = new Counter({
    ...{ name: "metagpt_cost_usd_total", help: "What answers cost, in USD", registers },
    labelNames: ["llm", "caller"],
  });
  const errors = new Counter({
    ...{ name: "metagpt_errors_total", help: "Questions without an answer, by kind", registers },
    labelNames: ["model", "kind"],
  });
  const waiting = new Gauge({
    ...{ name: "metagpt_queue_length", help: "Calls that wait for a limit of an LLM", registers },
    labelNames: ["llm"],
  });
  const open = new Gauge({
    ...{ name: "metagpt_breaker_open", help: "1 where an LLM is skipped because it has failed", registers },
    labelNames: ["llm"],
  });
  const calls = new Gauge({ name: "metagpt_calls_under_way", help: "Questions that are being answered", registers });

  return {
    async read() {
      waiting.reset();
      open.reset();
      for (const deployment of new Set(models.list().flatMap(({ deployments }) => deployments))) {
        const now = state(deployment);
        waiting.set({ llm: deployment.name }, now.waiting);
        open.set({ llm: deployment.name }, now.skipped === undefined ? 0 : 1);
      }
      calls.set(underWay());
      return { type: registry.contentType, text: await registry.metrics() };
    },
    request(route, status, took) {
      requests.inc({ route, status });
      latency.observe({ route }, took);
    },
    unreadable: (status) => requests.inc({ route: "protocol", status }),
    answered(caller, { usage, account: { llm, cost: usd } }) {
      tokens.inc({ llm, caller, direction: "in" }, usage.input);
      tokens.inc({ llm, caller, direction: "out" }, usage.output);
      cost.inc({ llm, caller }, usd);
    },
    firstToken: (llm, took) => first.observe({ llm }, took),
    failed: (model, kind) => errors.inc({ model, kind }),
  };
}
