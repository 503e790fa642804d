import type { Deployment } from "../llm/deployment.ts";

/** Something that callers can name as a model. */
export interface Model {
  readonly name: string;
  /** Who answers, and who takes its place, in this order. */
  readonly deployments: readonly Deployment[];
  /** What it is, such as `configured` or `role`. */
  readonly kind: string;
  /** Why it cannot answer now, for callers. */
  readonly unusable?: string | undefined;
}

/** Everything that callers can name. */
export interface Models {
  list(): readonly Model[];
  find(name: string): Model | undefined;
}

/** What answers are asked to be repaired JSON are named with: `repair:qwen`. */
const repairPrefix = "repair:";

/** The name of a model, and whether its answers are to be repaired JSON. */
export const namedModel = (name: string): { readonly plain: string; readonly repaired: boolean } =>
  name.startsWith(repairPrefix)
    ? { plain: name.slice(repairPrefix.length), repaired: true }
    : { plain: name, repaired: false };
