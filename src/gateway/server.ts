import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Caller, Callers } from "./callers.ts";
import { checked } from "./checked.ts";
import { type Connections, usualPatience } from "./connections.ts";
import { errorShapeFor } from "./error-shape.ts";
import type { GatewayOptions, Log } from "./gateway.ts";
import { guardBody } from "./guard.ts";
import { mostHeaders, refusalFor, refuseUnfit } from "./http-refusal.ts";
import type { Metrics } from "./metrics.ts";
import { describeRoutes } from "./openapi.ts";
import { Refusal } from "./refusal.ts";
import { expectNotes, noteHandling, noteOn, tell } from "./request-log.ts";
import type { ErrorShape, Route } from "./route.ts";

interface Parts extends Pick<GatewayOptions, "maxBody" | "loopback" | "logPrompts" | "version" | "patience"> {
  readonly log: Log;
  readonly callers: Callers;
  readonly metrics: Metrics;
  readonly connections: Connections;
  /** Ends what is under way. */
  readonly abort: AbortSignal;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; known before the body is read. */
    caller?: Caller;
  }
}

/** Binds routes to HTTP: their checks, their errors, their limits, and one line of the log for each request. */
export async function openServer(
  parts: Parts,
  routesOf: (describe: () => object) => readonly Route[],
): Promise<FastifyInstance> {
  const { maxBody, version, connections, log, metrics, patience = usualPatience } = parts;
  const begin = (request: FastifyRequest, reply: FastifyReply) => {
    expectNotes(request);
    connections.expect(reply.raw);
    // an archive that is sent is listened to by a dozen
    reply.raw.setMaxListeners(20);
    // a caller may go before it is answered: that has its line, too
    reply.raw.once("close", () => tell(request, reply, parts));
    reply.header("x-request-id", request.id);
  };
  const refuseConnection = (fault: { readonly code?: string | undefined }, socket: Duplex) => {
    const refusal = connections.refuse(fault, socket);
    if (!refusal) return;
    metrics.unreadable(refusal.status);
    log.info({ status: refusal.status, kind: "protocol", error: fault.code ?? refusal.kind }, "request");
  };
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: maxBody,
    genReqId: () => randomUUID().replaceAll("-", ""),
    // a client that sends slowly, or says it will send and does not
    requestTimeout: patience.request,
    // headers that stop are refused in words before
    connectionTimeout: Math.max(patience.unread, 2 * patience.headers),
    keepAliveTimeout: 65_000,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    http: {
      ...{ maxHeaderSize: 16_384, headersTimeout: patience.headers },
      connectionsCheckingInterval: Math.ceil(patience.headers / 5),
      // Node's own refusal has no words
      requireHostHeader: false,
    },
    clientErrorHandler: refuseConnection,
    frameworkErrors(error, request, reply) {
      begin(request, reply);
      void refuse(error, request, reply, parts, errorShapeFor(request.url));
    },
  });
  app.server.on("timeout", connections.still);
  app.server.on("connect", (_request, socket) => {
    socket.on("error", () => {});
    refuseConnection({ code: "CONNECT" }, socket);
  });
  // what else a client expects is not refused either
  app.server.on("checkExpectation", (request, response) => app.routing(request, response));
  // Node leaves out what is more: one of those is enough to know
  app.server.maxHeadersCount = mostHeaders + 1;
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (_request: FastifyRequest, body: Buffer) =>
    guardBody(body),
  );
  app.addHook("onRequest", (request, reply, done) => {
    begin(request, reply);
    refuseUnfit(request, parts);
    done();
  });
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, parts, errorShapeFor(request.url)));
  app.setNotFoundHandler((request, reply) => {
    const missing = new Refusal("missing", `there is no ${request.method} ${request.url.slice(0, 200)} here`);
    return refuse(missing, request, reply, parts, errorShapeFor(request.url));
  });
  // anybody may ask for it, and it takes a while to make
  let description: object | undefined;
  // so that all requests are of one shape
  app.decorateRequest("noted").decorateRequest("caller");
  const routes = routesOf(() => {
    description ??= describeRoutes(routes, { version });
    return description;
  });
  const gone = openLeaving(parts.abort);
  for (const route of routes) bind(app, route, { ...parts, gone });
  return app;
}

function bind(app: FastifyInstance, route: Route, parts: Parts & { readonly gone: Leaving }): void {
  app.route({
    method: route.method,
    url: route.path,
    exposeHeadRoute: false,
    // before the body is read
    async onRequest(request) {
      const caller = await parts.callers.admit(route.access, keyIn(request.headers), request.ip);
      request.caller = caller;
      if (caller.name !== "") noteOn(request, { caller: caller.name });
    },
    errorHandler: (error, request, reply) => refuse(error, request, reply, parts, route.errors),
    handler(request, reply) {
      const handled = handle(request, reply);
      noteHandling(request, handled);
      return handled;
    },
  });

  /** Gives what is to be sent; undefined where that has been done. */
  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    const caller = request.caller as Caller;
    const note = (facts: Readonly<Record<string, unknown>>) => noteOn(request, facts);
    const body = route.body ? checked(route.body, request.body) : undefined;
    // who may change what is served sends keys
    if (parts.logPrompts && route.access === "callers" && body !== undefined) note({ body });
    const answer = await route.handle({
      id: request.id,
      caller,
      body,
      note,
      reply,
      headers: request.headers,
      params: request.params as Record<string, string>,
      query: request.query as Record<string, unknown>,
      signal: parts.gone(reply),
    });
    if (answer !== undefined) {
      // a bare text would be sent as it is
      reply.code(route.status ?? 200).type("application/json; charset=utf-8");
      return JSON.stringify(answer);
    }
    if (!reply.sent && !reply.raw.headersSent) reply.code(204).send();
    return undefined;
  }
}

/** Gives signals that end when a client has gone before it was answered, or the server is ended. */
type Leaving = (reply: FastifyReply) => AbortSignal;

function openLeaving(abort: AbortSignal): Leaving {
  const open = new Set<AbortController>();
  // one listener for all: to let go of one among thousands takes long
  abort.addEventListener("abort", () => {
    for (const each of open) each.abort();
  });
  return ({ raw }) => {
    const gone = new AbortController();
    open.add(gone);
    raw.once("close", () => {
      open.delete(gone);
      if (!raw.writableFinished) gone.abort();
    });
    if (raw.destroyed || abort.aborted) gone.abort();
    return gone.signal;
  };
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
