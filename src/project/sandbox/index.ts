import { trySandboxes } from "./find.ts";
import type { Sandbox, SandboxChoice } from "./sandbox.ts";

export type { Command, Ran, Sandbox, SandboxChoice } from "./sandbox.ts";

const found = new Map<SandboxChoice, Promise<Sandbox>>();

/**
 * The sandbox for a choice, found out by a trial run, once per process. `require` and `docker` throw a ConfigError that
 * says what to install where there is none. The trial is made in the folder, if one is given. Only Linux was tried; elsewhere it is Docker, or limits and process groups.
 */
export function findSandbox(choice: SandboxChoice, { folder }: { folder?: string } = {}): Promise<Sandbox> {
  const known = found.get(choice) ?? trySandboxes(choice, folder);
  found.set(choice, known);
  known.catch(() => found.delete(choice));
  return known;
}
