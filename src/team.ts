import { deskOf, type Missing } from "./desk.ts";
import type { Flow, Json } from "./engine/steps.ts";
import { createEnvironment } from "./environment.ts";
import type { Message } from "./message.ts";
import type { RunOptions } from "./options.ts";
import type { Role } from "./role.ts";

/** What a team is given: the message that sets it going, and who answers which question. */
export interface TeamInput {
  readonly requirement: Message;
  readonly options: RunOptions;
  /** `Role/Action` -> the names of the deployments that answer, in the order in which they are asked. */
  readonly lanes: Readonly<Record<string, readonly string[]>>;
}

/** How a run ended. Running out of money or rounds is an outcome, not a crash. */
export interface TeamResult {
  readonly outcome: "done" | "budget" | "rounds" | "incomplete" | "unreachable" | "stopped";
  readonly missing: readonly Missing[];
  /** Every document by kind and subject, as it stands. */
  readonly documents: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** A team of these roles: a flow that runs rounds until everybody is idle, or the rounds are used up. */
export const hire =
  (roles: readonly Role[]): Flow<TeamInput, TeamResult> =>
  async (steps, { requirement, options, lanes }) => {
    const environment = createEnvironment(roles);
    const missing: Missing[] = [];
    const counts = new Map<string, number>();
    environment.publish(requirement);

    for (let round = 1; environment.hasNews() && round <= options.rounds; round++) {
      const inboxes = environment.deliver();
      const profiles = [...inboxes.keys()].map(({ profile }) => profile);
      steps.apply(`note/round/${round}`, "note", { type: "round-start", round, roles: profiles } as Json);
      await Promise.all(
        [...inboxes.keys()].map(async (role) => {
          const desk = deskOf(role, { steps, environment, options, lanes, missing, counts });
          await role.act(desk).catch((error: unknown) => desk.missing(error));
        }),
      );
    }
    const unfinished = environment.hasNews();
    environment.deliver();
    return { outcome: outcomeOf(missing, unfinished), missing, documents: environment.memory.everything() };
  };

/** The one word for a run: what the user must act on first. */
function outcomeOf(missing: readonly Missing[], unfinished: boolean): TeamResult["outcome"] {
  const kinds = new Set(missing.map(({ kind }) => kind));
  if (kinds.has("stopped") || kinds.has("aborted")) return "stopped";
  if (kinds.has("budget")) return "budget";
  if (kinds.size > 0)
    return ["network", "timeout", "server", "rate"].some((kind) => kinds.has(kind)) ? "unreachable" : "incomplete";
  return unfinished ? "rounds" : "done";
}
