import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { exitCodes, UsageError } from "../src/errors.ts";
import { undoLastRun } from "../src/project/repository/undo.ts";
import type { Flags } from "./flags.ts";
import { readSettings } from "./plan.ts";
import { oneLine } from "./width.ts";

/** Takes back what the last run committed in a repository. */
export async function undoRun(flags: Flags): Promise<number> {
  const folder = flags.projectPath ?? (await newestProject(resolve((await readSettings(flags)).options.workspace)));
  const { run, reverted } = await undoLastRun(folder);
  const lines = reverted.map(({ hash, subject }) => `- ${hash} ${oneLine(subject)}`);
  process.stderr.write(`the run ${run} was taken back in ${folder}:\n${lines.join("\n")}\n`);
  process.stdout.write(`${resolve(folder)}\n`);
  return exitCodes.done;
}

/** The project that changed last. */
async function newestProject(workspace: string): Promise<string> {
  const names = await readdir(workspace).catch((): string[] => []);
  const projects = await Promise.all(
    names.map(async (name) => {
      const folder = join(workspace, name);
      const found = await stat(join(folder, ".git")).catch(() => undefined);
      return { folder, time: found?.mtimeMs ?? 0 };
    }),
  );
  const [newest] = projects.filter(({ time }) => time > 0).sort((a, b) => b.time - a.time);
  if (newest) return newest.folder;
  throw new UsageError(`there is no project in ${workspace}`, { hint: "Name the repository with --project-path DIR." });
}
