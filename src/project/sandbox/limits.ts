import { readFileSync } from "node:fs";
import { availableParallelism, release } from "node:os";
import type { Command } from "./sandbox.ts";
import { processLimit } from "./watch.ts";

const megabyte = 1024 ** 2;

/** The words of a command, a line of shell made into some. */
export function wordsOf(line: Command["line"]): readonly string[] {
  return typeof line === "string" ? ["sh", "-c", line] : line;
}

/** The same command under limits that the system keeps: data, file size, processor time, open files, no core dumps. */
export function limited(
  words: readonly string[],
  { memory = 1024, fileSize = 64, seconds = 60 }: Command,
  { prlimit, ownUsers }: { prlimit: boolean; ownUsers: boolean },
): readonly string[] {
  // only a safety net for when nobody is left to look at the clock
  const processorTime = Math.ceil(seconds * availableParallelism() + 10);
  if (!prlimit) {
    const script = [
      "ulimit -c 0",
      `ulimit -t ${processorTime}`,
      `ulimit -f ${fileSize * 2048}`,
      ...(memory > 0 ? [`ulimit -d ${memory * 1024}`] : []),
      'exec "$@"',
    ];
    return ["sh", "-c", script.join("\n"), "sh", ...words];
  }
  return [
    "prlimit",
    "--core=0",
    `--cpu=${atMost("cpu time", processorTime)}`,
    `--fsize=${atMost("file size", fileSize * megabyte)}`,
    ...(memory > 0 ? [`--data=${atMost("data size", memory * megabyte)}`] : []),
    // counts threads too, and before Linux 5.14 those of the same user elsewhere
    ...(ownUsers && countsByNamespace() ? [`--nproc=${atMost("processes", 4 * processLimit)}`] : []),
    "--",
    ...words,
  ];
}

/** A limit that is not above the one we live under ourselves, which could not be set. */
function atMost(name: string, wanted: number): number {
  knownLimits ??= readFileSync("/proc/self/limits", "latin1");
  const hard = new RegExp(`^Max ${name} +\\S+ +(\\d+)`, "m").exec(knownLimits)?.[1];
  return hard === undefined ? wanted : Math.min(wanted, Number(hard));
}

let knownLimits: string | undefined;

function countsByNamespace(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}
