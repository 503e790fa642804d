import type { Command } from "commander";
import { UsageError } from "../src/errors.ts";
import { nearest } from "../src/text.ts";
import { count, dollars } from "./arguments.ts";
import type { Does } from "./commands.ts";
import type { Flags } from "./flags.ts";

/** Adds what one does with runs that were begun. */
export function addRunCommands(program: Command, does: Does): void {
  addResume(program, does);
  addRuns(program, does);
}

function addResume(program: Command, does: Does): void {
  program
    .command("resume")
    .description("go on with a run that did not end well")
    .argument("[run]", "its id, or its project (default: the newest unfinished run)")
    .option("--investment <usd>", "stop before more is spent in all (default: as before)", dollars)
    .option("--n-round <n>", "rounds at most (default: as before)", count(1))
    .option("--llm <llm>", "a configured name, a kind, or kind/model")
    .option("--config <path>", "config file or folder (default: as before)")
    .option("--concurrency <n>", "files written at once (default: as before)", count(1))
    .option("--yes", "agree beforehand to what the run wants to do")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--json", "one JSON event a line on standard output")
    .option("--quiet", "only errors and the result")
    .option("--verbose", "also repairs, rounds and what models think")
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this")
    .action(async (run: string | undefined, own: Flags) => {
      const flags = { ...program.opts(), ...own, ...(run === undefined ? {} : { run }) };
      (await import("./small-memory.ts")).keepMemorySmall();
      return does((await import("./resume.ts")).resumeRun)(flags);
    });
}

function addRuns(program: Command, does: Does): void {
  const runs = program
    .command("runs")
    .description("list all runs; show or remove some")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--json", "as JSON on standard output")
    .helpCommand(false)
    .helpOption("-h, --help", "print this")
    .allowExcessArguments()
    .action(async (own: Flags, { args }: Command) => {
      refuseUnknown(args, runs);
      return does((await import("./runs.ts")).showRuns)({ ...program.opts(), ...own });
    });

  runs
    .command("show")
    .description("show what one run did, what it cost, and where it is kept")
    .argument("[run]", "its id, or its project (default: the newest run)")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--json", "as JSON on standard output")
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this")
    .action(async (run: string | undefined, own: Flags) => {
      const flags = { ...program.opts(), ...runs.opts(), ...own, ...(run === undefined ? {} : { run }) };
      return does((await import("./runs.ts")).showRun)(flags);
    });

  runs
    .command("rm")
    .description("remove what is kept of runs; their projects stay")
    .argument("[run...]", "their ids")
    .option("--finished", "all that are done")
    .option("--force", "although they could go on")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--config <path>", "config file or folder (default: config/)")
    .helpOption("-h, --help", "print this")
    .action(async (ids: string[], own: Flags) => {
      const flags = { ...program.opts(), ...runs.opts(), ...own, runs: ids };
      return does((await import("./runs.ts")).removeRuns)(flags);
    });
}

function refuseUnknown([word]: readonly string[], { commands }: Command): void {
  if (word === undefined) return;
  const meant = nearest(
    word,
    commands.map((command) => command.name()),
  );
  throw new UsageError(`there is no command runs ${word}${meant ? `; did you mean runs ${meant}?` : ""}`, {
    hint: meant ? "Run metagpt runs --help for all of them." : `One run is shown with: metagpt runs show ${word}`,
  });
}
