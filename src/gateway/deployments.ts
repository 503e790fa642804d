import type { Deployment } from "../llm/deployment.ts";
import { isSecretName } from "../llm/secrets.ts";
import type { DeploymentChange, DeploymentRequest, DeploymentView } from "./deployment-request.ts";
import type { Model, Models } from "./models.ts";
import { Refusal } from "./refusal.ts";

/** Makes a deployment of what was asked for; throws a Refusal that says what is wrong with it. */
export type Deploy = (request: DeploymentRequest) => Promise<{
  readonly deployment: Deployment;
  readonly fallback: readonly string[];
}>;

/** What a server keeps of its deployments: everything but the secrets that were sent. */
export interface KeptDeployment {
  readonly request: DeploymentRequest;
  /** Settings that were sent and are not kept. */
  readonly lacks: readonly string[];
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

interface Placed extends KeptDeployment {
  /** Absent while it lacks something. */
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

/** Opens them with those that were kept; one whose secrets were not kept waits for them. */
export async function openDeployments(
  { configured, deploy, gone, changed }: Surroundings,
  kept: readonly KeptDeployment[],
): Promise<Deployments> {
  const placed = new Map<string, Placed>();
  for (const each of kept) placed.set(each.request.name, { ...each, ...(await again(each)) });

  /** One that cannot be made any more waits too: its change says what is wrong. */
  async function again({ request, lacks }: KeptDeployment): Promise<Pick<Placed, "made">> {
    if (lacks.length > 0) return {};
    return deploy(request).then(
      (made) => ({ made }),
      () => ({}),
    );
  }

  const place = async (request: DeploymentRequest, lacks: readonly string[] = []): Promise<DeploymentView> => {
    const made = lacks.length > 0 ? {} : { made: await deploy(request) };
    const before = placed.get(request.name);
    placed.set(request.name, { request, lacks, ...made });
    if (before?.made) gone(before.made.deployment);
    await changed();
    return viewOf({ request, lacks, ...made });
  };
  const known = (name: string): Placed => {
    const found = placed.get(name);
    if (found) return found;
    throw new Refusal("missing", `there is no deployment ${JSON.stringify(name)}`, { code: "deployment_not_found" });
  };
  const modelOf = (name: string, { made, lacks }: Placed): Model => {
    if (!made) return { name, kind: "deployment", deployments: [], unusable: waiting(name, lacks) };
    const others = made.fallback.flatMap((other) => firstOf(other) ?? []);
    return { name, kind: "deployment", deployments: [...new Set([made.deployment, ...others])] };
  };
  const firstOf = (name: string) => configured.find(name)?.deployments[0] ?? placed.get(name)?.made?.deployment;
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
    async change(name, change) {
      const { request, lacks } = known(name);
      const left = lacks.filter((setting) => !Object.hasOwn(change, setting));
      return place({ ...request, ...change, name } as DeploymentRequest, left);
    },
    async remove(name) {
      const { made } = known(name);
      placed.delete(name);
      if (made) gone(made.deployment);
      await changed();
    },
    kept: () => [...placed.values()].map(keptOf),
  };
}

function waiting(name: string, lacks: readonly string[]): string {
  const settings = lacks.length > 0 ? lacks : ["api_key"];
  const body = JSON.stringify(
    Object.fromEntries(settings.map((setting) => [setting, setting === "headers" ? { NAME: "..." } : "..."])),
  );
  const patch = `PATCH /v1/deployments/${encodeURIComponent(name)} ${body}`;
  return `the deployment ${name} waits for its ${settings.join(" and ")}, not kept by the server: send it again with ${patch}`;
}

function viewOf({ request: { api_key: key, name, api_type, ...rest }, lacks, made }: Placed): DeploymentView {
  const sent = lacks.includes("api_key") ? "missing" : typeof key === "string" ? "sent" : "none";
  const shown = typeof key === "object" ? `env ${key.env}` : sent;
  const harmless = Object.entries(rest).map(([setting, value]) => [setting, isSecret(setting, value) ? "***" : value]);
  return { ...Object.fromEntries(harmless), name, api_type, state: made ? "ready" : "needs_key", key: shown };
}

function keptOf({ request, lacks }: Placed): KeptDeployment {
  const secret = Object.keys(request).filter((setting) => isSecret(setting, request[setting]));
  const kept = Object.entries(request).filter(([setting]) => !secret.includes(setting));
  return { request: Object.fromEntries(kept) as DeploymentRequest, lacks: [...lacks, ...secret] };
}

/** Whether a setting may hold something that is neither shown nor written; the name of a variable is no secret. */
function isSecret(setting: string, value: unknown): boolean {
  if (setting === "api_key") return typeof value === "string";
  if (setting === "proxy") return String(value).includes("@");
  return /headers/i.test(setting) || isSecretName(setting);
}
