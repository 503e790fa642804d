import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseAlone, parseAndCheck } from "./plain.ts";
import { growthProbes, speedProbes } from "./probes.ts";
import { others, ours } from "./readers.ts";

const loader = fileURLToPath(new URL("../../node_modules/jiti/lib/jiti-cli.mjs", import.meta.url));
const script = fileURLToPath(new URL("measure.ts", import.meta.url));
const megabyte = 1024 * 1024;
const sizes = [64, 128, 256, 512, 1024].map((kilobytes) => kilobytes * 1024);

/** Runs a measurement in a process of its own and gives back the lines it printed before the time was over. */
function measure(args: readonly string[], seconds: number): unknown[] {
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [loader, script, ...args], {
    encoding: "utf8",
    timeout: seconds * 1000,
    maxBuffer: 64 * megabyte,
  });
  const stopped = error && "code" in error && error.code === "ETIMEDOUT";
  if (status !== 0 && !stopped) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr.slice(0, 2000)}`);
  return stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
}

/** How fast a reader is on one document. */
export interface Pace {
  readonly reader: string;
  readonly probe: string;
  readonly withSchema: boolean;
  readonly size: number;
  /** Undefined when even the smallest size took too long. */
  readonly megabytesPerSecond: number | undefined;
  /** It threw. */
  readonly refused: boolean;
}

/** Each reader on each document; one that takes too long is measured on less. */
export function paces(readerNames: readonly string[]): Pace[] {
  return readerNames.flatMap((reader) =>
    speedProbes.flatMap((probe) => schemasFor(reader).map((withSchema) => pace(reader, probe.name, withSchema))),
  );
}

const schemasFor = (reader: string) => (reader === ours.name ? [false, true] : [reader === parseAndCheck]);

function pace(reader: string, probe: string, withSchema: boolean): Pace {
  for (const size of [megabyte, megabyte / 4, megabyte / 16]) {
    const [line] = measure(["speed", reader, probe, String(size), withSchema ? "schema" : ""], 25) as Measured[];
    if (line)
      return {
        reader,
        probe,
        withSchema,
        size,
        megabytesPerSecond: line.bytes / megabyte / (line.time / 1000),
        refused: !line.answers,
      };
  }
  return { reader, probe, withSchema, size: 0, megabytesPerSecond: undefined, refused: false };
}

interface Measured {
  readonly answers: boolean;
  readonly bytes: number;
  readonly time: number;
}

/** The times of one probe at growing sizes; fewer when it was stopped. */
export interface Growth {
  readonly probe: string;
  readonly withSchema: boolean;
  readonly times: readonly number[];
  /** The worst growth from one size to the next, where times are long enough to compare. */
  readonly ratio: number;
}

/** This project's reader on every probe, with a schema and without. */
export function growths(report: (probe: string) => void): Growth[] {
  return growthProbes.flatMap(({ name }) => {
    report(name);
    return [false, true].map((withSchema) => growth(name, withSchema));
  });
}

function growth(probe: string, withSchema: boolean): Growth {
  const once = () => {
    const lines = measure(["growth", probe, withSchema ? "schema" : "", JSON.stringify(sizes)], 60);
    return (lines as { time: number }[]).map(({ time }) => time);
  };
  let times = once();
  for (let again = 0; again < 2 && times.length === sizes.length && worstRatio(times) > limits.growth; again++)
    times = once().map((time, index) => Math.min(time, times[index] ?? time));
  return { probe, withSchema, times, ratio: worstRatio(times) };
}

/** What growth and time may be at most. */
export const limits = { growth: 2.6, longest: 2000, shortest: 5 } as const;

/** Sizes that were never reached count as endless; what else the machine does is why a bad ratio is measured again. */
function worstRatio(times: readonly number[]): number {
  if (times.length < sizes.length) return Number.POSITIVE_INFINITY;
  const ratios = times.slice(1).flatMap((time, index) => {
    const before = Math.max(times[index] ?? 0, limits.shortest);
    return time > limits.shortest ? [time / before] : [];
  });
  return Math.max(0, ...ratios);
}

/** All that is measured for speed. */
export const readerNames = [parseAlone, parseAndCheck, ours.name, ...others.map(({ name }) => name)];
