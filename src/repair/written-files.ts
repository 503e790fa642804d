import type { Extra, Problem, Repair } from "./reading.ts";

/** The files of an answer as they were written, by path, and what was repaired to see them. */
export interface WrittenFiles {
  readonly files: ReadonlyMap<string, string>;
  /** Whose paths begin with that of the file. */
  readonly problems: readonly Problem[];
  readonly repairs: readonly Repair[];
  readonly extras: readonly Extra[];
  readonly truncated: boolean;
}
