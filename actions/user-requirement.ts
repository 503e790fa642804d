import type { Kind } from "../src/action.ts";

/** What the boss wants. It sets the company going. */
export type UserRequirement = {
  readonly idea: string;
};

export const userRequirement: Kind<UserRequirement> = { name: "UserRequirement" };
