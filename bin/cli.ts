import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitCodes, UsageError } from "../src/errors.ts";
import { nearest } from "../src/text.ts";
import type { Flags } from "./flags.ts";
import { version } from "./version.ts";

/** Options that MetaGPT has and this version cannot honour. They are refused rather than ignored. */
const notYet = ["runTests", "reqaFile", "inc", "projectPath", "recoverPath"] as const;

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

type Work = (flags: Flags) => Promise<number>;

/** The command line in words: what `--help` prints and what is accepted. `does` runs a piece of work and keeps its exit code. */
function describe(does: (work: Work) => (flags: Flags) => Promise<void>): Command {
  const program = new Command("metagpt")
    .description("A software company in a command: an idea in, a repository out, by any LLMs.")
    .usage('[options] "IDEA"')
    .argument("[idea]", "what to build; - reads it from standard input")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this")
    .configureHelp({ helpWidth: 80 })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "metagpt: ")) })
    .showHelpAfterError("Run metagpt --help for all options.")
    .helpCommand("help [command]", "print the help of a command")
    .enablePositionalOptions()
    .allowExcessArguments()
    .exitOverride();

  program
    .optionsGroup("Idea:")
    .option("--idea-file <file>", "read the idea from a file")
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
    .option("--run-tests", "not in this version yet")
    .option("--reqa-file <file>", "not in this version yet")
    .optionsGroup("LLMs:")
    .option("--llm <llm>", "a configured name, a kind, or kind/model")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--concurrency <n>", "files written at once (default: 5)", count(1))
    .option("--estimate", "print what a run would cost, and stop")
    .option("--record <dir>", "record the run; --llm recording/<dir> plays it")
    .option("--init-config", "write commented config files into config/")
    .optionsGroup("Existing work:")
    .option("--inc", "not in this version yet")
    .option("--project-path <dir>", "not in this version yet")
    .option("--recover-path <dir>", "not in this version yet")
    .optionsGroup("Output:")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--json", "one JSON event a line on standard output")
    .option("--quiet", "only errors and the result")
    .option("--verbose", "also repairs, rounds and what models think")
    .action(async (idea: string | undefined, options: Record<string, unknown>) => {
      refuseWhatIsMissing(options);
      refuseLooseWords(program.args);
      const flags: Flags = { ...options, ...(idea === undefined ? {} : { idea: properIdea(idea, program) }) };
      if (flags.initConfig) return does((await import("./init-config.ts")).initConfigFiles)(flags);
      return does((await import("./run.ts")).runCompany)(flags);
    });

  program
    .command("llms")
    .description("show which LLM answers what, and why")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--llm <llm>", "a configured name, a kind, or kind/model")
    .option("--json", "as JSON on standard output")
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this")
    .action(async (own: Flags) => {
      // options may stand before the command too
      const flags = { ...program.opts(), ...own };
      refuseWhatIsMissing(flags);
      return does((await import("./llms.ts")).showLlms)(flags);
    });

  program
    .command("doctor")
    .description("say whether each LLM works, and why not")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--llm <llm>", "a configured name, a kind, or kind/model")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--json", "as JSON on standard output")
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this")
    .action(async (own: Flags) => {
      const flags = { ...program.opts(), ...own };
      refuseWhatIsMissing(flags);
      return does((await import("./doctor.ts")).examine)(flags);
    });

  program
    .command("ask")
    .description("put one question to several LLMs at once")
    .usage('[options] "PROMPT"')
    .argument("[prompt]", "what to ask; - reads it from standard input, and what is piped in goes below it")
    .option("--llm <a,b,c>", "names, kinds, or kind/model (default: the one of the config)")
    .option("--system <text>", "what the LLMs are told before the prompt")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--investment <usd>", "ask nobody who could cost more than this in all (default: 3)", dollars)
    .option("--json", "one JSON object for each answer, as it is finished")
    .option("--verbose", "also what the LLMs think before they answer")
    .helpOption("-h, --help", "print this")
    .allowExcessArguments()
    .action(async (prompt: string | undefined, own: Flags, { args }: Command) => {
      const flags = { ...program.opts(), ...own, ...(prompt === undefined ? {} : { prompt }) };
      refuseWhatIsMissing(flags);
      refuseLooseWords(args, "a prompt", "metagpt ask");
      return does((await import("./ask.ts")).askLlms)(flags);
    });

  program
    .command("repair")
    .description("read what a model answered, however broken")
    .usage("[options] [FILE]")
    .argument("[file]", "the answer; - or none reads it from standard input")
    .option("--schema <schema>", "prd, design, tasks, or a file with a JSON Schema (default: any JSON)")
    .option(
      "--accept <which>",
      "any, exact, lossless or clean answers (default: any)",
      oneOf("any", "exact", "lossless", "clean"),
    )
    .option("--finish <reason>", "length if the output limit stopped the model", oneOf("stop", "length"))
    .option("--partial", "print what could be read although it cannot be used")
    .option("--json", "the value with its repairs, or the problems, as one object")
    .option("--verbose", "every repair, not only those that lost something")
    .helpOption("-h, --help", "print this")
    .allowExcessArguments(false)
    .action(async (file: string | undefined, own: Flags) => {
      const flags = { ...program.opts(), ...own, ...(file === undefined ? {} : { file }) };
      refuseWhatIsMissing(flags);
      return does((await import("./repair.ts")).repairAnswer)(flags);
    });
  return program;
}

function refuseWhatIsMissing(options: Record<string, unknown>): void {
  const wanted = notYet.find((name) => options[name] !== undefined);
  if (wanted === undefined) return;
  const flag = wanted.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${flag} is not in this version yet`, { hint: "Run the same command without it." });
}

/** An idea without quotes arrives as several arguments. */
function refuseLooseWords(words: readonly string[], what = "an idea", command = "metagpt"): void {
  if (words.length < 2) return;
  throw new UsageError(`${what} of several words goes into quotes`, { hint: `Try: ${command} "${words.join(" ")}"` });
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

const dollars = (text: string): number => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be an amount in USD.");
  return value;
};

const oneOf =
  (...words: readonly string[]) =>
  (text: string): string => {
    if (!words.includes(text)) throw new InvalidArgumentError(`It must be ${words.join(" or ")}.`);
    return text;
  };

const count =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text.trim()) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
    }
    return value;
  };
