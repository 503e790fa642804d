import type { Deployment } from "../llm/deployment.ts";
import type { DeploymentChange, DeploymentRequest, DeploymentView } from "./deployment-request.ts";
import type { Model, Models } from "./models.ts";
import { Refusal } from "./refusal.ts";

/** Makes a deployment of what was asked for; throws a Refusal that says what is wrong with it. */
export type Deploy = (request: DeploymentRequest) => Promise<{
  readonly deployment: Deployment;
  readonly fallback: readonly string[];
}>;

/** What a server keeps of its deployments: everything but the keys that were sent. */
export interface KeptDeployment {
  readonly request: DeploymentRequest & { readonly api_key?: { readonly env: string } };
  /** A key was sent that is not kept. */
  readonly needsKey: boolean;
}

/** The models of a server that came while it ran, on top of those of its configuration. */
export interface Deployments extends Models {
  views(): readonly DeploymentView[];
  /** Puts it up, in place of an earlier one of that name. */
  add(request: DeploymentRequest): Promise<DeploymentView>;
  change(name: string, change: DeploymentChange): Promise<DeploymentView>;
  remove(name: string): Promise<void>;
  kept(): readonly KeptDeployment[];
}

interface Placed {
  readonly request: DeploymentRequest;
  /** Absent while it waits for its key. */
  readonly made?: Awaited<ReturnType<Deploy>>;
}

interface Surroundings {
  readonly configured: Models;
  readonly deploy: Deploy;
  /** A deployment is gone or was replaced. */
  readonly gone: (deployment: Deployment) => void;
  /** Keeps what is to survive a restart. */
  readonly changed: () => Promise<void>;
}

/** Opens them with those that were kept; one whose key was not kept waits for it. */
export async function openDeployments(
  { configured, deploy, gone, changed }: Surroundings,
  kept: readonly KeptDeployment[],
): Promise<Deployments> {
  const placed = new Map<string, Placed>();
  for (const { request, needsKey } of kept) placed.set(request.name, { request, ...(await again(request, needsKey)) });

  /** One that cannot be made any more waits too: its change says what is wrong. */
  async function again(request: DeploymentRequest, needsKey: boolean): Promise<Pick<Placed, "made">> {
    if (needsKey) return {};
    return deploy(request).then(
      (made) => ({ made }),
      () => ({}),
    );
  }

  const place = async (request: DeploymentRequest): Promise<DeploymentView> => {
    const made = await deploy(request);
    const before = placed.get(request.name);
    placed.set(request.name, { request, made });
    if (before?.made) gone(before.made.deployment);
    await changed();
    return viewOf({ request, made });
  };
  const known = (name: string): Placed => {
    const found = placed.get(name);
    if (found) return found;
    throw new Refusal("missing", `there is no deployment ${JSON.stringify(name)}`, { code: "deployment_not_found" });
  };
  const modelOf = (name: string, { made }: Placed): Model => {
    if (!made) return { name, kind: "deployment", deployments: [], unusable: needsKey(name) };
    const others = made.fallback.flatMap((other) => find(other)?.deployments[0] ?? []);
    return { name, kind: "deployment", deployments: [made.deployment, ...others] };
  };
  const find = (name: string): Model | undefined => {
    const own = placed.get(name);
    return configured.find(name) ?? (own && modelOf(name, own));
  };

  return {
    list: () => [...configured.list(), ...[...placed].map(([name, each]) => modelOf(name, each))],
    find,
    views: () => [...placed.values()].map(viewOf),
    async add(request) {
      if (configured.find(request.name)) {
        throw new Refusal("request", `${request.name} is a model of the configuration`, { status: 409, param: "name" });
      }
      return place(request);
    },
    change: async (name, change) => place({ ...known(name).request, ...change, name } as DeploymentRequest),
    async remove(name) {
      const { made } = known(name);
      placed.delete(name);
      if (made) gone(made.deployment);
      await changed();
    },
    kept: () =>
      [...placed.values()].map(({ request: { api_key: key, ...request }, made }) => ({
        request: { ...request, ...(typeof key === "object" && { api_key: key }) } as KeptDeployment["request"],
        needsKey: typeof key === "string" || (!made && key === undefined),
      })),
  };
}

const needsKey = (name: string) =>
  `the deployment ${name} waits for its api_key, which is not kept: send it again with PATCH /v1/deployments/${encodeURIComponent(name)} {"api_key": "..."}`;

function viewOf({ request: { api_key: key, name, api_type, ...rest }, made }: Placed): DeploymentView {
  const shown = typeof key === "object" ? `env ${key.env}` : key === undefined && made ? "none" : "sent";
  return { ...harmless(rest), name, api_type, state: made ? "ready" : "needs_key", key: shown };
}

/** Settings of a kind may hold secrets of their own. */
const harmless = (settings: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      /key|secret|token|headers|password/i.test(name) && name !== "max_token" ? "***" : value,
    ]),
  );
