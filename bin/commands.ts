import type { Command } from "commander";
import { dollars, oneOf, refuseLooseWords } from "./arguments.ts";
import type { Flags } from "./flags.ts";
import { addRunCommands } from "./run-commands.ts";

/** A piece of work that a command does; gives the exit code. */
export type Work = (flags: Flags) => Promise<number>;

/** Does a piece of work and keeps its exit code. */
export type Does = (work: Work) => (flags: Flags) => Promise<void>;

/** Adds everything besides making software. Options may stand before a command too. */
export function addCommands(program: Command, does: Does): void {
  addRunCommands(program, does);

  program
    .command("llms")
    .description("show which LLM answers what, and why")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--llm <llm>", "a configured name, a kind, or kind/model")
    .option("--json", "as JSON on standard output")
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this")
    .action(async (own: Flags) => {
      const flags = { ...program.opts(), ...own };
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
      refuseLooseWords(args, "a prompt", "metagpt ask");
      return does((await import("./ask.ts")).askLlms)(flags);
    });

  program
    .command("serve")
    .description("one door to every model, for any program")
    .option("--host <address>", "where it listens (default: 127.0.0.1)")
    .option("--port <n>", "and at which port (default: 8888; 0: any free one)")
    .option("--state <file>", "keep deployments and what was spent over a restart")
    .option("--new-key <name>", "make a key for a caller, and stop")
    .option("--config <path>", "config file or folder (default: config/)")
    .option("--llm <llm>", "the model called default: a configured name, a kind, or kind/model")
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this")
    .action(async (own: Flags) => does((await import("./serve.ts")).serve)({ ...program.opts(), ...own }));

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
      return does((await import("./repair.ts")).repairAnswer)(flags);
    });

  program
    .command("undo")
    .description("take back what the last run committed")
    .option("--project-path <dir>", "the repository (default: the newest of the workspace)")
    .option("--workspace <dir>", "where projects are made (default: workspace/)")
    .option("--config <path>", "config file or folder (default: config/)")
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this")
    .action(async (own: Flags) => does((await import("./undo.ts")).undoRun)({ ...program.opts(), ...own }));
}
