import { setTimeout as pause } from "node:timers/promises";
import { clipped, limits, type ProgramAnswer } from "./answers.ts";
import { judgeProgram } from "./judge.ts";
import { readSigns } from "./signs.ts";
import { start } from "./started.ts";

/** Calls a program of the command line, and ends it when its time is over. */
export async function probeProgram({ line, inputs, seconds }: ProgramRequest): Promise<ProgramAnswer> {
  const program = start(line, { inputs });
  const clock = new AbortController();
  const ending = await Promise.race([program.ended, pause(seconds * 1000, undefined, { signal: clock.signal })]);
  clock.abort();
  if (ending === undefined) await program.stop();

  const output = program.output();
  const signs = readSigns(output);
  const { code = null, signal = null, flood = false } = ending ?? {};
  return {
    does: "program",
    ...judgeProgram({ code, signal, flood, running: ending === undefined, output, signs }),
    code,
    running: ending === undefined,
    wantsInput: signs.wantsInput,
    wants: signs.wants,
    trace: clipped(signs.trace, limits.note),
    output: clipped(output, limits.output),
  };
}

interface ProgramRequest {
  readonly line: string;
  readonly inputs: string;
  readonly seconds: number;
}
