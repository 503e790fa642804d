import type { Catalog } from "../../config/catalog.ts";
import type { Model, Models } from "../../src/gateway/models.ts";

/** The action that no configuration names: what answers it is what answers a role by itself. */
export const anyAction = "*";

/**
 * What callers can name: every LLM of the configuration, `default`, and `role:` and `action:` names, which resolve as in
 * a run.
 */
export function modelsOf({ llms, byDefault, table }: Catalog): Models {
  const deployed = new Map(llms.map(({ deployment }) => [deployment.name, deployment]));
  const along = (names: readonly string[]) => names.flatMap((name) => deployed.get(name) ?? []);
  const named: Model[] = llms.map(({ deployment, fallback }) => {
    return { name: deployment.name, kind: "configured", deployments: [deployment, ...along(fallback)] };
  });
  const usual = named.find(({ name }) => name === byDefault);
  const answering = table.map(({ role, action, llm, fallback }): Model => {
    const isRole = action === anyAction;
    const name = isRole ? `role:${role}` : `action:${action}`;
    return { name, kind: isRole ? "role" : "action", deployments: along([llm, ...fallback]) };
  });
  const all = [...named, ...(usual ? [{ ...usual, name: "default" }] : []), ...answering];
  const byName = new Map(all.filter(({ deployments }) => deployments.length > 0).map((model) => [model.name, model]));
  const models = [...byName.values()];
  return { list: () => models, find: (name) => byName.get(name) };
}
