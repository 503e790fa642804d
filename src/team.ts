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
  /** The profiles of those of the company who work on it; everybody, where absent. */
  readonly roster?: readonly string[];
  /** Documents from before this run, which everybody knows and nobody is called for. */
  readonly history?: readonly Message[];
  /** Documents by kind that an earlier run has made and that need not be asked for again. */
  readonly given?: Readonly<Record<string, Json>>;
  /** `Role/Action` -> the names of the deployments that answer, in the order in which they are asked. */
  readonly lanes: Readonly<Record<string, readonly string[]>>;
}

/** How a run ended. Running out of money or rounds is an outcome, not a crash. */
export interface TeamResult {
  readonly outcome: "done" | "budget" | "rounds" | "incomplete" | "unreachable" | "review" | "stopped";
  readonly missing: readonly Missing[];
  /** Every document by kind and subject, as it stands. */
  readonly documents: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** A company of these roles: a flow that runs rounds until everybody is idle, or the rounds are used up. */
export const hire =
  (company: readonly Role[]): Flow<TeamInput, TeamResult> =>
  async (steps, { requirement, options, roster, history = [], given = {}, lanes }) => {
    const environment = createEnvironment(company.filter(({ profile }) => roster?.includes(profile) ?? true));
    for (const message of history) environment.memory.remember(message);
    const missing: Missing[] = [];
    const counts = new Map<string, number>();
    environment.publish(requirement);

    for (let round = 1; environment.hasNews() && round <= options.rounds; round++) {
      const inboxes = environment.deliver();
      const profiles = [...inboxes.keys()].map(({ profile }) => profile);
      steps.apply(`note/round/${round}`, "note", { type: "round-start", round, roles: profiles } as Json);
      await Promise.all(
        [...inboxes.keys()].map(async (role) => {
          const desk = deskOf(role, { steps, environment, options, given, lanes, missing, counts });
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
  if (kinds.has("review")) return "review";
  if (kinds.size > 0)
    return ["network", "timeout", "server", "rate"].some((kind) => kinds.has(kind)) ? "unreachable" : "incomplete";
  return unfinished ? "rounds" : "done";
}
