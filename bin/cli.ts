import { Command, CommanderError, Option } from "commander";
import { exitCodes, UsageError } from "../src/errors.ts";
import { nearest } from "../src/text.ts";
import { count, dollars, refuseLooseWords } from "./arguments.ts";
import { addCommands, type Work } from "./commands.ts";
import type { Flags } from "./flags.ts";
import { version } from "./version.ts";

/** Reads the arguments and does what they say; gives the exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = describe((work) => async (flags) => {
    exitCode = await work(flags);
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

/** The command line in words: what `--help` prints and what is accepted. `does` runs a piece of work and keeps its exit code. */
function describe(does: (work: Work) => (flags: Flags) => Promise<void>): Command {
  const program = new Command("metagpt")
    .description("A software company in a command: an idea in, a repository out, by any LLMs.")
    .usage('[options] "IDEA"')
    .argument("[idea]")
    .configureHelp({ helpWidth: 80 })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "metagpt: ")) })
    .showHelpAfterError("Run metagpt --help for all options.")
    .helpCommand(false)
    .enablePositionalOptions()
    .allowExcessArguments()
    .exitOverride();

  program
    .optionsGroup("Idea:")
    .option("--idea-file <file>", "read the idea from a file (IDEA -: from stdin)")
    .option("--project-name <name>", "name of the project and its folder")
    .option("--language <language>", "of the documents (default: the idea's)")
    .optionsGroup("Company:")
    .option("--investment <usd>", "stop before more is spent (default: 3)", dollars)
    .option("--n-round <n>", "rounds at most (default: 10; it needs fewer)", count(1))
    .addOption(new Option("--implement", "write code, not only documents (default)").hideHelp())
    .option("--no-implement", "stop after the documents; write no code")
    .addOption(new Option("--code-review", "review every file (default)").hideHelp())
    .option("--no-code-review", "do not review the files")
    .option("--max-auto-summarize-code <n>", "check the whole code (default: 0; -1: till fit)", count(-1))
    .option("--clarify", "answer questions about the idea first")
    .option("--review", "read and correct the documents as they come")
    .option("--run-tests", "write tests, run them and it, in a sandbox")
    .option("--yes", "agree to that beforehand")
    .option("--require-verified", "exit code 7 unless the product is verified")
    .addOption(new Option("--reqa-file <file>", "write the tests of one file anew").hideHelp())
    .optionsGroup("LLMs:")
    .option("--llm <llm>", "a configured name, a kind, or kind/model")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--concurrency <n>", "files written at once (default: 5)", count(1))
    .option("--estimate", "print what a run would cost, and stop")
    .option("--record <dir>", "record the run; --llm recording/<dir> plays it")
    .option("--init-config", "write commented config files into config/")
    .optionsGroup("Existing work:")
    .option("--project-path <dir>", "the repository to change")
    .addOption(new Option("--inc", "change the project that --project-name names").hideHelp())
    .addOption(new Option("--allow-dirty", "although it has changes that are not committed").hideHelp())
    .option("--dry-run", "show plan and diff; write nothing")
    .addOption(new Option("--recover-path <dir>", "go on with a project, as resume does").hideHelp())
    .optionsGroup("Output:")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--json", "one JSON event a line on standard output")
    .option("--quiet", "only errors and the result")
    .option("--verbose", "also repairs, rounds and what models think")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this")
    .action(async (idea: string | undefined, options: Record<string, unknown>) => {
      refuseLooseWords(program.args);
      const flags: Flags = { ...options, ...(idea === undefined ? {} : { idea: properIdea(idea, program) }) };
      if (flags.initConfig) return does((await import("./init-config.ts")).initConfigFiles)(flags);
      (await import("./small-memory.ts")).keepMemorySmall();
      return does((await import("./run.ts")).runCompany)(flags);
    });

  addCommands(program, does);
  // the usual help command would take up a line of the screen
  program
    .command("help [command]", { hidden: true })
    .action((name: string) => (program.commands.find((command) => command.name() === name) ?? program).outputHelp());
  return program;
}

/** A single word close to a command's name is a typo, not an idea. */
function properIdea(idea: string, program: Command): string {
  if (/\s/.test(idea.trim())) return idea;
  const meant = nearest(idea, ["help", ...program.commands.map((command) => command.name())]);
  if (meant === undefined) return idea;
  throw new UsageError(`there is no command ${idea}; did you mean ${meant}?`, {
    hint: `If it is an idea, say more: metagpt "write ${idea}".`,
  });
}
