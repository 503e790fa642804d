import type { z } from "zod";
import { parseAlone, parseAndCheck } from "./plain.ts";
import { growthProbes, probeSchema, speedProbes } from "./probes.ts";
import { others, ours } from "./readers.ts";

/** What a valid document takes anyway. */
const plainReaders: Record<string, (text: string, schema?: z.ZodType) => unknown> = {
  [parseAlone]: (text) => JSON.parse(text),
  [parseAndCheck]: (text, schema) => schema?.parse(JSON.parse(text)),
};

/** Milliseconds, the best of up to a number of runs within most of a second: what else the machine does only adds. */
function bestOf(runs: number, run: () => void): number {
  const times: number[] = [];
  for (let total = 0; times.length < runs && total < 700; total += times.at(-1) ?? 0) {
    const start = performance.now();
    try {
      run();
    } catch {
      // A reader that gives up has taken its time all the same.
    }
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

/** Milliseconds after which larger sizes are not tried. */
const hopeless = 5000;

function growth(name: string, withSchema: boolean, sizes: readonly number[]): void {
  const probe = growthProbes.find((one) => one.name === name);
  const schema = withSchema ? probeSchema : undefined;
  if (!probe) throw new Error(`no probe is called ${name}`);
  bestOf(5, () => ours.read(probe.make(4096), schema));
  for (const size of sizes) {
    const text = probe.make(size);
    const time = bestOf(15, () => ours.read(text, schema));
    console.log(JSON.stringify({ size, time }));
    if (time > hopeless) return;
  }
}

function speed(readerName: string, probeName: string, size: number, withSchema: boolean): void {
  const probe = speedProbes.find((one) => one.name === probeName);
  if (!probe) throw new Error(`no probe is called ${probeName}`);
  const reader = [ours, ...others].find((one) => one.name === readerName);
  const schema = withSchema ? probe.schema : undefined;
  const read = reader?.read ?? plainReaders[readerName];
  if (!read) throw new Error(`no reader is called ${readerName}`);
  const small = probe.make(Math.min(size, 16384));
  const text = probe.make(size);
  const answers = attempt(() => read(small, schema));
  bestOf(5, () => read(small, schema));
  console.log(JSON.stringify({ answers, bytes: Buffer.byteLength(text), time: bestOf(7, () => read(text, schema)) }));
}

function attempt(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

/** Measures one thing in a process of its own, which can be stopped when it takes too long; prints a line per figure. */
const [task, ...names] = process.argv.slice(2);
if (task === "growth") growth(names[0] ?? "", names[1] === "schema", JSON.parse(names[2] ?? "[]"));
else if (task === "speed") speed(names[0] ?? "", names[1] ?? "", Number(names[2]), names[3] === "schema");
