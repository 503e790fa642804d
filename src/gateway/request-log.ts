import type { FastifyReply, FastifyRequest } from "fastify";
import type { Connections } from "./connections.ts";
import type { Log } from "./gateway.ts";
import type { Metrics } from "./metrics.ts";

/** What a request has left behind for its line in the log. */
interface Noted {
  /** Milliseconds. */
  readonly began: number;
  readonly facts: Record<string, unknown>;
  handled?: Promise<unknown>;
}

declare module "fastify" {
  interface FastifyRequest {
    /** For its line in the log. */
    noted?: Noted;
  }
}

/** A request has come: from now on its time counts, and what is noted of it. */
export function expectNotes(request: FastifyRequest): void {
  request.noted = { began: performance.now(), facts: {} };
}

/** Adds facts to the line of a request, in place of those of the same names. */
export function noteOn(request: FastifyRequest, facts: Readonly<Record<string, unknown>>): void {
  if (request.noted) Object.assign(request.noted.facts, facts);
}

/** Once this is settled nothing more is done for a request, whether its caller has waited or not. */
export function noteHandling(request: FastifyRequest, handled: Promise<unknown>): void {
  if (request.noted) request.noted.handled = handled;
}

interface Parts {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly connections: Connections;
}

/** What became of a request, for the log and the counters; 499 is one whose caller did not wait. */
export function tell(request: FastifyRequest, { raw }: FastifyReply, { log, metrics, connections }: Parts): void {
  const { url: route = "unknown" } = request.routeOptions;
  const { method, id } = request;
  const { began = Number.NaN, facts = {}, handled } = request.noted ?? {};
  const ms = Math.round((performance.now() - began) * 10) / 10;
  const broken = connections.brokenOff(raw);
  const status = raw.headersSent ? raw.statusCode : (broken?.status ?? 499);
  metrics.request(`${method} ${route}`, status, ms / 1000);
  const fault = broken && { kind: "protocol", error: broken.kind };
  const told = { id, method, route, status, ms };
  if (raw.writableFinished) {
    // spreading it all into one takes forty times as long
    log.info(Object.assign(told, facts, fault), "request");
    return;
  }
  // work for a caller who has gone ends soon, and only then its cost is known; that it was cut off then is no error
  const { error, reason } = facts;
  const late = () => log.info({ ...told, gone: true, ...facts, error, reason, ...fault }, "request");
  if (handled) void handled.then(late, late);
  else late();
}
