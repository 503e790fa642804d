import { z } from "zod";
import { CompanyError, ConfigError, exitCodes, UsageError } from "../src/errors.ts";
import { type Reading, type RepairOptions, repair } from "../src/repair/index.ts";
import type { Flags } from "./flags.ts";
import { harmlessJson } from "./harmless-json.ts";
import { createPaint } from "./paint.ts";
import { type ReadText, readTextFile, readTextOf } from "./read-text.ts";
import { repairReport } from "./repair-report.ts";
import { terminalOf } from "./terminal.ts";

type Schema = NonNullable<Parameters<typeof repair>[1]>;

/** Reads the answer of a model from a file or standard input; prints its value and, aside, what was repaired. */
export async function repairAnswer(flags: Flags): Promise<number> {
  const schema = flags.schema === undefined ? undefined : await schemaOf(flags.schema);
  const { text, damaged } = await answerText(flags);
  const reading = repair(text, schema, optionsOf(flags));
  const { stdout, stderr } = process;
  if (damaged) stderr.write("! not all of the text is UTF-8; what is not was read as �\n");
  if (flags.json) stdout.write(`${printed(reading)}\n`);
  else {
    const { color } = terminalOf(stderr, process.env);
    const report = repairReport(reading, text, { paint: await createPaint(color), verbose: flags.verbose ?? false });
    if (reading.ok) stdout.write(`${printed(reading.value)}\n`);
    else if (flags.partial && reading.partial !== undefined) stdout.write(`${printed(reading.partial)}\n`);
    stderr.write(report);
  }
  return reading.ok ? exitCodes.done : exitCodes.llm;
}

const optionsOf = ({ accept, finish }: Flags): RepairOptions => ({
  ...(accept && { accept }),
  ...(finish && { finishReason: finish }),
});

async function answerText({ file = "-" }: Flags): Promise<ReadText> {
  if (file !== "-") return readTextFile(file, "the file");
  if (!process.stdin.isTTY) return readTextOf(process.stdin);
  throw new UsageError("no file was given, and nothing is piped in", {
    hint: "Say which answer to read, such as: metagpt repair answer.txt\nAll options: metagpt repair --help",
  });
}

const documents: Readonly<Record<string, () => Promise<Schema>>> = {
  prd: async () => (await import("../actions/write-prd.ts")).Prd,
  design: async () => (await import("../actions/write-design.ts")).Design,
  tasks: async () => (await import("../actions/write-tasks.ts")).Tasks,
};

/** The schema of one of the company's documents, or that of a file. */
async function schemaOf(name: string): Promise<Schema> {
  const document = Object.hasOwn(documents, name) ? documents[name] : undefined;
  if (document) return document();
  const hint = `It is ${Object.keys(documents).join(", ")}, or a file with a JSON Schema.`;
  const { text } = await readTextFile(name, "the schema").catch((error: unknown) => {
    if (!(error instanceof CompanyError)) throw error;
    throw new UsageError(error.message, { cause: error, hint });
  });
  const schema = parsed(text, name, hint);
  try {
    // what cannot be used shows when it is used
    repair("{}", schema);
    return schema;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`the schema ${name} cannot be used: ${reason}`, { cause: error, hint });
  }
}

function parsed(text: string, name: string, hint: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? `: ${error.message}` : "";
    throw new ConfigError(`the schema ${name} is no JSON${reason}`, { cause: error, hint });
  }
  const object = z.record(z.string(), z.unknown()).safeParse(json);
  if (object.success) return object.data;
  throw new ConfigError(`the schema ${name} is no JSON Schema: it is no object`, { hint });
}

/** JSON for people, in which no character drives a terminal. */
function printed(value: Reading<unknown> | unknown): string {
  try {
    return harmlessJson(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnprintableError("the answer is read, but nested too deeply to be printed as JSON", { cause: error });
  }
}

/** A value that exists and cannot be written down. */
class UnprintableError extends CompanyError {
  readonly exitCode = exitCodes.llm;
}
