import { randomUUID } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { eitherSignal } from "../either-signal.ts";
import { anthropicError } from "./anthropic/errors.ts";
import type { Caller, Callers } from "./callers.ts";
import { checked } from "./checked.ts";
import { openConnections, usualPatience } from "./connections.ts";
import type { GatewayOptions, Log } from "./gateway.ts";
import { guardBody } from "./guard.ts";
import type { Metrics } from "./metrics.ts";
import { ollamaError } from "./ollama/errors.ts";
import type { OpenAnswers } from "./open-answers.ts";
import { openaiError } from "./openai/errors.ts";
import { describeRoutes } from "./openapi.ts";
import { Refusal } from "./refusal.ts";
import type { ErrorShape, Route } from "./route.ts";

interface Parts extends Pick<GatewayOptions, "maxBody" | "loopback" | "logPrompts" | "version" | "patience"> {
  readonly log: Log;
  readonly callers: Callers;
  readonly metrics: Metrics;
  readonly open: OpenAnswers;
  /** Ends what is under way. */
  readonly abort: AbortSignal;
}

/** What a request has left behind for its line in the log. */
const noted = new WeakMap<FastifyRequest, Record<string, unknown>>();

function noteOn(request: FastifyRequest, facts: Readonly<Record<string, unknown>>): void {
  Object.assign(noted.get(request) ?? {}, facts);
}

/** Headers of one request; more are refused. */
const mostHeaders = 100;

const admitted = new WeakMap<FastifyRequest, Caller>();

/** Binds routes to HTTP: their checks, their errors, their limits, and one line of the log for each request. */
export async function openServer(
  parts: Parts,
  routesOf: (describe: () => object) => readonly Route[],
): Promise<FastifyInstance> {
  const { maxBody, version, open, patience = usualPatience } = parts;
  const connections = openConnections(patience);
  const app = fastify({
    logger: false,
    bodyLimit: maxBody,
    genReqId: () => randomUUID().replaceAll("-", ""),
    // a client that sends slowly, or says it will send and does not
    requestTimeout: patience.request,
    keepAliveTimeout: 65_000,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    http: {
      ...{ maxHeaderSize: 16_384, headersTimeout: patience.headers },
      connectionsCheckingInterval: Math.ceil(patience.headers / 5),
    },
    clientErrorHandler: (error, socket) => connections.refuse(error, socket),
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply, parts, shapeFor(request.url)),
  });
  // Node leaves out what is more: one of those is enough to know
  app.server.maxHeadersCount = mostHeaders + 1;
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (_request: FastifyRequest, body: Buffer) =>
    guardBody(body),
  );
  app.addHook("onRequest", async (request, reply) => {
    noted.set(request, {});
    open.add(reply.raw);
    connections.expect(reply.raw);
    // a caller may go before it is answered: that has its line, too
    reply.raw.once("close", () => tell(request, reply, parts));
    reply.header("x-request-id", request.id);
    if (request.raw.rawHeaders.length > mostHeaders * 2)
      throw new Refusal("too-large", `a request may have ${mostHeaders} headers`, { status: 431 });
    if (parts.loopback) refuseForeignHost(request.headers.host);
  });
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, parts, shapeFor(request.url)));
  app.setNotFoundHandler((request, reply) => {
    const missing = new Refusal("missing", `there is no ${request.method} ${request.url.slice(0, 200)} here`);
    return refuse(missing, request, reply, parts, shapeFor(request.url));
  });
  // anybody may ask for it, and it takes a while to make
  let description: object | undefined;
  const routes = routesOf(() => {
    description ??= describeRoutes(routes, { version });
    return description;
  });
  for (const route of routes) bind(app, route, parts);
  return app;
}

/** What became of a request, for the log and the counters; 499 is one whose caller did not wait. */
function tell(request: FastifyRequest, { raw, elapsedTime }: FastifyReply, { log, metrics }: Parts): void {
  const { url: route = "unknown" } = request.routeOptions;
  const { method, id } = request;
  const ms = Math.round(elapsedTime * 10) / 10;
  const status = raw.headersSent ? raw.statusCode : 499;
  metrics.request(`${method} ${route}`, status, ms / 1000);
  const gone = raw.writableFinished ? {} : { gone: true };
  log.info({ id, method, route, status, ms, ...gone, ...noted.get(request) }, "request");
}

function bind(app: FastifyInstance, route: Route, parts: Parts): void {
  app.route({
    method: route.method,
    url: route.path,
    exposeHeadRoute: false,
    // before the body is read
    async onRequest(request) {
      const caller = await parts.callers.admit(route.access, keyIn(request.headers), request.ip);
      admitted.set(request, caller);
      if (caller.name !== "") noteOn(request, { caller: caller.name });
    },
    errorHandler: (error, request, reply) => refuse(error, request, reply, parts, route.errors),
    async handler(request, reply) {
      const caller = admitted.get(request) as Caller;
      const note = (facts: Readonly<Record<string, unknown>>) => noteOn(request, facts);
      const body = route.body ? checked(route.body, request.body) : undefined;
      // who may change what is served sends keys
      if (parts.logPrompts && route.access === "callers" && body !== undefined) note({ body });
      const answer = await route.handle({
        ...{ id: request.id, caller, body, note, reply, headers: request.headers },
        params: request.params as Record<string, string>,
        query: request.query as Record<string, unknown>,
        signal: goneOf(reply, parts.abort),
      });
      // a bare text would be sent as it is
      const type = "application/json; charset=utf-8";
      if (answer !== undefined)
        await reply
          .code(route.status ?? 200)
          .type(type)
          .send(JSON.stringify(answer));
      else if (!reply.sent && !reply.raw.headersSent) await reply.code(204).send();
      return reply;
    },
  });
}

/** A signal that ends when the client has gone before it was answered, or the server is ended. */
function goneOf({ raw }: FastifyReply, abort: AbortSignal): AbortSignal {
  const { signal, end, release } = eitherSignal(abort);
  raw.once("close", () => {
    if (!raw.writableFinished) end();
    release();
  });
  if (raw.destroyed) end();
  return signal;
}

/** The key of a request, in any of the places that clients of these APIs have for it. */
function keyIn({ authorization = "", "x-api-key": other }: FastifyRequest["headers"]): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  return bearer ?? (typeof other === "string" ? other : undefined);
}

/** Answers with what is wrong, in the words of the surface. */
async function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { log }: Pick<Parts, "log">,
  shape: ErrorShape,
) {
  const refusal = refusalFor(error);
  noteOn(request, { error: refusal.code ?? refusal.kind });
  if (refusal.kind === "bug") log.error({ id: request.id, err: error }, "a fault of the server");
  if (reply.raw.headersSent || reply.raw.destroyed) return void reply.raw.destroy();
  if (refusal.retryAfter !== undefined) reply.header("retry-after", String(refusal.retryAfter));
  await reply.code(refusal.status).send(shape(refusal));
}

function refusalFor(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = z.object({ code: z.string(), statusCode: z.int().optional() }).safeParse(error).data;
  if (code?.code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new Refusal("too-large", "the body is larger than this server takes");
  if (code?.statusCode === 415) return new Refusal("request", "the body has to be application/json", { status: 415 });
  if (code?.statusCode !== undefined && code.statusCode < 500) {
    const message = error instanceof Error ? error.message.slice(0, 300) : "the request cannot be read";
    return new Refusal("request", message, { status: code.statusCode });
  }
  return new Refusal("bug", "something went wrong in this server; its log says more", { cause: error });
}

/** The words for what no route has answered. */
function shapeFor(url: string): ErrorShape {
  if (url.startsWith("/api/")) return ollamaError;
  return url.startsWith("/v1/messages") ? anthropicError : openaiError;
}

/** A page of the web can have a browser ask this machine under a name of its own. */
function refuseForeignHost(host = ""): void {
  const name = host.replace(/:\d+$/, "");
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/i.test(name)) return;
  throw new Refusal("forbidden", "this server answers to names of its own machine only", { code: "foreign_host" });
}
