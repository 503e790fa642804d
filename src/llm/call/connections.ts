import { madeOnce } from "../../made-once.ts";
import type { Deployment } from "../deployment.ts";
import type { Llm, Notice } from "../provider.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createLimits, type Limits } from "./limits.ts";

/** How a deployment is connected; what its server says in the headers of an answer goes to `heard`. */
export type Connect = (
  deployment: Deployment,
  tell: { notify: (notice: Notice) => void; heard: (status: number, headers: Headers) => void },
) => Promise<Llm>;

/** What everything that calls one deployment shares: the connection, its limits, and whether it is worth while. */
export interface Connection {
  /** Connects at the first call. */
  llm(): Promise<Llm>;
  readonly limits: Limits;
  readonly breaker: Breaker;
}

/** Opens connections. Those with one key, address and model share their limits, whatever names and settings they have. */
export function openConnections(connect: Connect, notify: (notice: Notice) => void): (to: Deployment) => Connection {
  const shared = new Map<string, Pick<Connection, "limits" | "breaker">>();
  const connected = new Map<string, Promise<Llm>>();
  return (deployment) => {
    const { provider, baseUrl, model, settings, limits: allowed = {} } = deployment;
    const { api_key, app_id, access_key } = settings;
    const account = madeOnce(shared, JSON.stringify([provider, baseUrl, model, api_key, app_id, access_key]), () => ({
      limits: createLimits(allowed),
      breaker: createBreaker(),
    }));
    const identity = JSON.stringify([provider, settings]);
    const llm = () => madeOnce(connected, identity, () => connect(deployment, { notify, heard: account.limits.hear }));
    return { llm, ...account };
  };
}
