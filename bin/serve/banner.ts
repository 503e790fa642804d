import type { Models } from "../../src/gateway/models.ts";

interface Standing {
  readonly address: string;
  readonly models: Models;
  readonly locked: boolean;
  readonly seconds: number;
}

/** What stands on the screen once the server listens: where, what it serves, and a line to try it with. */
export function banner({ address, models, locked, seconds }: Standing): string {
  const all = models.list();
  const llms = all.filter(({ name, kind }) => name !== "default" && ["configured", "deployment"].includes(kind));
  const rows = llms.map(
    ({ name, deployments: [first] }) => `  ${name}${first && first.model !== name ? `  ${first.model}` : ""}`,
  );
  const others = all.length - llms.length;
  const model = llms[0]?.name ?? "NAME";
  return [
    `metagpt serves ${address}/v1 (up in ${seconds.toFixed(1)} s)`,
    llms.length === 0 ? "no model yet: put one up with POST /v1/deployments" : "models",
    ...rows,
    ...(others > 0 ? [`  and ${others} more, by role and action: GET /v1/models`] : []),
    "try",
    `  curl ${address}/v1/chat/completions -H 'content-type: application/json' ${locked ? "-H 'authorization: Bearer KEY' " : ""}-d '${JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] })}'`,
    "",
  ].join("\n");
}
