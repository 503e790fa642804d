import { CompanyError, exitCodes } from "../src/errors.ts";
import { Unfinished } from "./unfinished.ts";

/** Runs the program with these arguments and gives its exit code. Says every failure in words; a bug keeps its stack. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) return await printVersion();
    const { runCommandLine } = await import("./cli.ts");
    return await runCommandLine(argv);
  } catch (error) {
    return sayWhy(error);
  }
}

/** What happened, what to do next, and the command that goes on where there is a run to go on with. */
function sayWhy(error: unknown): number {
  if (error instanceof Unfinished) {
    const exitCode = sayWhy(error.cause);
    process.stderr.write(`${error.command}\n`);
    return exitCode;
  }
  if (!(error instanceof CompanyError)) {
    process.stderr.write(`metagpt has a bug: ${error instanceof Error ? error.stack : String(error)}\n`);
    return exitCodes.bug;
  }
  process.stderr.write(`metagpt: ${error.message}\n${error.hint ? `${error.hint}\n` : ""}`);
  return error.exitCode;
}

/** Answered before anything else is loaded. */
async function printVersion(): Promise<number> {
  const { version } = await import("./version.ts");
  process.stdout.write(`${version()}\n`);
  return exitCodes.done;
}
