import { setFlagsFromString } from "node:v8";

/**
 * For a run, most of which is waiting. What it makes is short-lived: with the memory for that kept small from the
 * beginning it takes a fifth less in all, and little time; later V8 has taken it already. And what it has of WebAssembly
 * runs so briefly that to optimise it costs a tenth of the run's processor time, and memory.
 */
export function keepMemorySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--liftoff-only");
}
