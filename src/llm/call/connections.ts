import { madeOnce } from "../../made-once.ts";
import type { Deployment } from "../deployment.ts";
import type { Llm, Notice } from "../provider.ts";
import type { HeaderText } from "../wire/wire.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createLimits, type Limits } from "./limits.ts";

/** How a deployment is connected; what its server says in the headers of an answer goes to `heard`. */
export type Connect = (
  deployment: Deployment,
  tell: { notify: (notice: Notice) => void; heard: (status: number, headers: HeaderText) => void },
) => Promise<Llm>;

/** What everything that calls one deployment shares: the connection, its limits, and whether it is worth while. */
export interface Connection {
  /** Connects at the first call. */
  llm(): Promise<Llm>;
  readonly limits: Limits;
  readonly breaker: Breaker;
}

/** The connections of a program. */
export interface Connections {
  to(deployment: Deployment): Connection;
  /** Later deployments share nothing with this one any more; those that share with it already go on doing so. */
  forget(deployment: Deployment): void;
}

/** Opens connections. Those with one key, address and model share their limits, whatever names and settings they have. */
export function openConnections(connect: Connect, notify: (notice: Notice) => void): Connections {
  const shared = new Map<string, Pick<Connection, "limits" | "breaker">>();
  const connected = new Map<string, Promise<Llm>>();
  const known = new WeakMap<Deployment, Connection>();

  const open = (deployment: Deployment): Connection => {
    const { limits = {} } = deployment;
    const account = madeOnce(shared, accountOf(deployment), () => ({
      limits: createLimits(limits),
      breaker: createBreaker(),
    }));
    const tell = { notify, heard: account.limits.hear };
    const identity = identityOf(deployment);
    const llm = () => madeOnce(connected, identity, () => connect(deployment, tell));
    return { llm, ...account };
  };

  return {
    to: (deployment) => madeOnce(known, deployment, () => open(deployment)),
    forget(deployment) {
      shared.delete(accountOf(deployment));
      connected.delete(identityOf(deployment));
    },
  };
}

/** Who is asked, and who pays for it. */
function accountOf({ provider, baseUrl, model, settings: { api_key, app_id, access_key } }: Deployment): string {
  return JSON.stringify([provider, baseUrl, model, api_key, app_id, access_key]);
}

const identityOf = ({ provider, settings }: Deployment) => JSON.stringify([provider, settings]);
