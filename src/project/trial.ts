import type { ProbeRequest } from "./probe/answers.ts";

/** One thing to do with a product to see whether it works. */
export interface TrialStep {
  readonly what: "install" | "build" | "test" | "start";
  /** As a person would type it in the project's folder. */
  readonly line: string;
  /** The test file, of a test. */
  readonly subject?: string;
  /** How a start is looked at. */
  readonly probe?: ProbeRequest;
}

/** What became of a step: whether it works is decided by exit codes and what was seen, never by a model. */
export type TriedStep = {
  readonly what: TrialStep["what"];
  readonly line: string;
  readonly subject: string;
  readonly works: "yes" | "no" | "unclear" | "not tried";
  /** One sentence for people. */
  readonly why: string;
  readonly output: string;
  readonly seconds: number;
};

/** A trial run of a product. */
export type Trial = {
  /** What held it, in one line. */
  readonly sandbox: string;
  /** What the product could have done nevertheless. */
  readonly gaps: readonly string[];
  /** Why nothing was run; empty if something was. */
  readonly refused: string;
  readonly steps: readonly TriedStep[];
};
