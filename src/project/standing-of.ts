import { stat } from "node:fs/promises";
import { trailerField } from "./committed-steps.ts";
import { installed, projectGit } from "./history.ts";

interface Standing {
  /** The texts that the run has written: path -> text, as its newest commit that changed the path has it. */
  readonly written: Readonly<Record<string, string>>;
  /** Another run that committed after the last commit of this one. */
  readonly laterRun: string | undefined;
}

/** What a run has left in a project, by its history; what a person changed while the run was stopped is none of it. */
export async function standingOf(folder: string, run: string, paths: readonly string[]): Promise<Standing> {
  const none: Standing = { written: {}, laterRun: undefined };
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) return none;
  const git = projectGit(folder);
  if (!(await installed(git))) return none;
  const head = await git(["rev-parse", "--verify", "--quiet", "HEAD"]).catch(() => "");
  if (head.trim() === "") return none;

  const format = `--format=%H%x00${trailerField("Metagpt-Run")}%x00${trailerField("Metagpt-Step")}`;
  const log = async (...more: readonly string[]) =>
    (await git(["log", "--first-parent", format, ...more]))
      .split("\n")
      .map((line) => line.split("\0").map((field) => field.trim()));

  const runs = (await log("-n", "5000")).map(([, of = ""]) => of);
  const last = runs.indexOf(run);
  if (run === "" || last < 0) return none;
  const written: [string, string][] = [];
  for (const path of paths) {
    const [commit] = (await log("--", path)).find(([, of, step]) => of === run && step !== "") ?? [];
    // a commit that deleted the file has no text of it
    const text = commit && (await git(["cat-file", "--filters", `${commit}:${path}`]).catch(() => undefined));
    if (text !== undefined) written.push([path, text]);
  }
  return { written: Object.fromEntries(written), laterRun: runs.slice(0, last).find((of) => of !== "" && of !== run) };
}
