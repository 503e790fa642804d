import type { TeamResult } from "../src/team.ts";
import type { KeptRun } from "./kept-run.ts";
import { shellWord } from "./shell-word.ts";

/** What a run was allowed. */
interface Allowed {
  /** USD. */
  readonly investment: number;
  readonly rounds: number;
}

/** The command with which a run goes on, which allows more of what ran out. */
export function resumeCommand(
  { id, flags, workspace }: Pick<KeptRun, "id" | "flags" | "workspace">,
  outcome?: TeamResult["outcome"],
  allowed?: Allowed,
): string {
  // another config may name another workspace
  const place =
    flags.workspace === undefined && flags.config === undefined ? [] : ["--workspace", shellWord(workspace)];
  const more =
    allowed && outcome === "budget"
      ? ["--investment", String(2 * allowed.investment || 1)]
      : allowed && outcome === "rounds"
        ? ["--n-round", String(2 * allowed.rounds)]
        : [];
  return ["metagpt resume", id, ...place, ...more].join(" ");
}
