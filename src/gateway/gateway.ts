import type { FastifyInstance } from "fastify";
import { type Llms, openLlms } from "../llm/llms.ts";
import { messagesRoute } from "./anthropic/messages-route.ts";
import { byzerRoutes } from "./byzer/routes.ts";
import { type CacheOptions, openCache } from "./cache.ts";
import { type CallerKey, openCallers } from "./callers.ts";
import { openChat } from "./chat.ts";
import { openConnections, type Patience } from "./connections.ts";
import { type Deploy, type Deployments, openDeployments } from "./deployments.ts";
import { deploymentsRoutes } from "./deployments-routes.ts";
import { openKeeper } from "./keeper.ts";
import { openMetrics } from "./metrics.ts";
import type { Models } from "./models.ts";
import { ollamaRoutes } from "./ollama/routes.ts";
import { chatRoute } from "./openai/chat-route.ts";
import { completionsRoute } from "./openai/completions-route.ts";
import { embeddingsRoute } from "./openai/embeddings-route.ts";
import { modelsRoutes } from "./openai/models-route.ts";
import type { Runs } from "./runs.ts";
import { runsRoutes } from "./runs-routes.ts";
import { openServer } from "./server.ts";
import { serviceRoutes } from "./service-routes.ts";
import { readState, type State } from "./state.ts";

export interface GatewayOptions {
  /** What the configuration lets callers name. */
  readonly models: Models;
  readonly deploy: Deploy;
  readonly callers: readonly CallerKey[];
  /** USD that all callers may spend together. */
  readonly investment: number;
  readonly cache?: CacheOptions | undefined;
  /** Bytes of one request. */
  readonly maxBody: number;
  /** How long clients are waited for. */
  readonly patience?: Patience;
  /** Calls under way at once. */
  readonly maxCalls: number;
  /** The line of the log for one request, and for what went wrong here. */
  readonly log: Log;
  /** Also writes what callers ask. */
  readonly logPrompts: boolean;
  /** Keeps deployments and what was spent. */
  readonly stateFile?: string | undefined;
  readonly version: string;
  /** Only names of this machine are answered to, so that no page of the web can ask through a browser. */
  readonly loopback: boolean;
  /** Present where callers may start runs. */
  readonly runs?: Runs | undefined;
  readonly llms?: Llms;
}

/** Where the server writes what happens; pino fits. */
export interface Log {
  info(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** A server that can be bound to an address. */
export interface Gateway {
  /** Gives the address it listens at. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Takes no more questions and waits until those under way are answered, or the signal ends them. */
  close(abort?: AbortSignal): Promise<void>;
  /** Keeps what was spent before it returns, for a program that ends without closing. */
  keepAtOnce(): void;
  readonly models: Models;
}

/** Milliseconds in which answers that are ended can say so. */
const farewell = 1000;

/**
 * Puts a gateway together: surfaces on top of one chat, with everything that they share. Throws a DiskError or a
 * ConfigError where its state cannot be read or written.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { models: configured, deploy, stateFile, investment, version, runs, log, llms = openLlms({}) } = options;
  const before: State = stateFile === undefined ? { deployments: [], spent: {} } : await readState(stateFile);
  const stop = new AbortController();
  const abort = new AbortController();
  const callers = openCallers(options.callers, { investment, spent: before.spent });
  const state = () => ({ deployments: deployments.kept(), spent: callers.spent() });
  const keeper =
    stateFile === undefined ? undefined : openKeeper(stateFile, { ...{ state, log }, charged: callers.charged });
  const deployments: Deployments = await openDeployments(
    { configured, deploy, gone: llms.forget, changed: async () => keeper?.keep() },
    before.deployments,
  );
  // a place that cannot be written to is better noticed now than at the first change
  await keeper?.keep();
  const metrics = openMetrics({ models: deployments, state: llms.state, underWay: () => chat.underWay });
  const chat = openChat({
    ...{ models: deployments, llms, metrics, maxCalls: options.maxCalls, stop: stop.signal },
    cache: options.cache && openCache(options.cache),
  });
  const connections = openConnections();
  const parts = { ...options, callers, metrics, connections, abort: abort.signal };
  const app: FastifyInstance = await openServer(parts, (describe) => [
    chatRoute(chat),
    completionsRoute(chat),
    embeddingsRoute(chat),
    ...modelsRoutes(deployments),
    messagesRoute(chat),
    ...ollamaRoutes(chat, deployments, { version }),
    ...deploymentsRoutes(deployments),
    ...byzerRoutes(chat, deployments),
    ...(runs ? runsRoutes(runs) : []),
    ...serviceRoutes({ metrics, callers, describe }),
  ]);
  await runs?.begin(callers.all);
  return {
    models: deployments,
    listen: (address) => app.listen(address),
    async close(ended) {
      stop.abort();
      const late = new AbortController();
      const end = () => {
        abort.abort();
        setTimeout(() => late.abort(), farewell).unref();
      };
      ended?.addEventListener("abort", end, { once: true });
      if (ended?.aborted) end();
      const closed = Promise.all([app.close(), runs?.close(abort.signal)]);
      await connections.none(late.signal);
      // connections that are kept for another question would keep the server, also those made at the last moment
      const closing = setInterval(() => app.server.closeAllConnections(), 50);
      await closed.finally(() => clearInterval(closing));
      await keeper?.close();
    },
    keepAtOnce: () => keeper?.keepAtOnce(),
  };
}
