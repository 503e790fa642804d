import type { Action, Kind } from "./action.ts";
import type { Desk } from "./desk.ts";
import type { Json } from "./engine/steps.ts";
import { dedent } from "./text.ts";

/** Somebody in the company: who it is, what it waits for, what it does with it. A value; adding one touches no other. */
export interface Role {
  /** What it is, and its name in the configuration, such as ProductManager. */
  readonly profile: string;
  readonly name: string;
  readonly goal: string;
  readonly constraints: string;
  /** The kinds of document that make it act. */
  readonly watch: readonly Kind<Json>[];
  /** The actions it may ask of a model: what the configuration may map and the estimate counts. */
  readonly actions: readonly Action<never, Json>[];
  /** Called once a round in which something it watches has arrived. */
  act(desk: Desk): Promise<unknown>;
}

/** Gives a role its types. */
export const defineRole = (role: Role): Role => role;

/** The system prompt of a role: the same words in every call it makes. */
export function persona({ profile, name, goal, constraints }: Role): string {
  const title = profile.replace(/(?<=[a-z])(?=[A-Z])/g, " ");
  return dedent`
    You are ${name}, the ${title} of a software company.
    Goal: ${goal}
    Constraints: ${constraints}
  `;
}
